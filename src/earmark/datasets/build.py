"""Build a store: decode every sound once, in parallel, so that a stop at any moment loses little.

Files come as a stream and are taken in stretches, so a list of any length fits. A worker process
gets a chunk of files and writes them to shards of its own. The chunks of a stretch are shuffled,
and what another builder has finished meanwhile is left out: two builders of one store share the
work. Who stops a build, as by Ctrl-C, gets what its workers have finished, file by file.
"""

import multiprocessing
import os
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from earmark.datasets.chunk import Built, storer
from earmark.datasets.shard import clear_leftovers
from earmark.datasets.store import Kind, Store, room
from earmark.errors import CrashError, OutputError
from earmark.pool import work_in_processes

STRETCH = 4096  # files looked at together
CHUNK = 256  # files that a worker gets at once, at most
SHARES = 4  # chunks a worker gets of a stretch, at least
WAITING = 2  # chunks a worker: the one it is at and the next, since another builder may do the rest


def build(
    files: Iterable[str],
    folder: str | os.PathLike,
    kind: Kind,
    jobs: int,
    report: Callable[[Built], None] = lambda step: None,
) -> Built:
    """Bring the features of files into a store.

    Parameters
    ----------
    files : iterable of path, of any length
    folder : path, of the store
    kind : FrontEnd or Waveform
    jobs : int > 0, processes
    report : callable, gets what became of some more files

    Returns
    -------
    Built
        Its ``failed`` and ``warnings`` are as long as there were such files.

    Raises
    ------
    OutputError
        The store cannot be written; what is complete stays.
    DataError
        The store holds a damaged shard; the text names the file to delete.
    """
    place = Path(folder) / room(kind)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{place}: cannot be made ({error.strerror})") from error
    clear_leftovers(place)
    total = Built()

    def count(step: Built) -> None:
        total.add(step)
        report(step)

    _Building(Store(folder, kind), jobs, count).work(files)
    return total


class _Building:
    """A store, and who is told of what is done."""

    def __init__(self, store: Store, jobs: int, count: Callable[[Built], None]) -> None:
        self._store, self._jobs, self._count = store, jobs, count

    def work(self, files: Iterable[str]) -> None:
        """Store what is missing of some files."""
        lost = self._store_chunks(self._chunks(iter(files)))
        while lost:  # a decoder takes its process along: again in halves, until it is known which
            halves = [half for chunk in lost for half in (chunk[::2], chunk[1::2]) if half]
            lost = self._store_chunks(filter(None, map(self._missing, halves)))

    def _chunks(self, files: Iterator[str]) -> Iterator[list[str]]:
        """What to do next, as long as there are files; looks again before each chunk."""
        order = random.Random()
        for stretch in iter(lambda: list(islice(files, STRETCH)), []):
            missing = self._missing(stretch)
            size = min(CHUNK, -(-len(missing) // (self._jobs * SHARES))) or 1
            chunks = [missing[i : i + size] for i in range(0, len(missing), size)]
            order.shuffle(chunks)
            yield from filter(None, map(self._missing, chunks))

    def _missing(self, files: list[str]) -> list[str]:
        """Files that the store lacks; counts those that it has."""
        self._store.refresh()
        missing = {os.path.abspath(file): file for file in files if not self._store.find(file)}
        self._count(Built(kept=len(files) - len(missing)))
        return list(missing.values())

    def _store_chunks(self, chunks: Iterable[list[str]]) -> list[list[str]]:
        """Store chunks and count what became of them; those that took a process along."""
        flag = multiprocessing.get_context("spawn").RawValue("b", 0)
        lost = []

        def call_off() -> None:
            flag.value = 1

        results = work_in_processes(
            partial(storer, flag, self._store.folder, self._store.kind),
            chunks,
            self._jobs,
            ordered=False,
            pending_per_job=WAITING,
            call_off=call_off,
        )
        with closing(results):
            for chunk, result in results:
                if isinstance(result, Built):
                    self._count(result)
                elif not isinstance(result, CrashError):
                    raise result
                elif len(chunk) == 1:
                    self._count(Built(failed=[CrashError(chunk[0], result.reason)]))
                else:
                    lost.append(chunk)
        return lost
