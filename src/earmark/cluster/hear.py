"""Hear one sound of a cluster, wherever it lies; its decoder takes no worker along."""

from collections.abc import Iterable, Iterator
from functools import partial

from earmark.cluster.places import local_copy
from earmark.errors import EarmarkError
from earmark.pool import work_in_processes
from earmark.sound import decode
from earmark.tagging import Tagger, Tagging


class HearPlace:
    """A tagger for paths and addresses alike."""

    def __init__(self, model: str) -> None:
        self._tagger = Tagger(model)

    def __call__(self, path: str) -> Tagging:
        """Hear one; EarmarkError with a sentence that names it."""
        with local_copy(path) as local:
            stream = decode(local, self._tagger.card.front_end.sample_rate)
            stream.name = path
            return self._tagger.tag_stream(stream)


def hear_places(
    paths: Iterable[str], model: str, jobs: int = 1
) -> Iterator[tuple[str, Tagging | EarmarkError]]:
    """Hear many in processes of their own, in order; what kills its process twice is an error."""
    return work_in_processes(partial(HearPlace, model), paths, jobs)
