"""One task many times over in the package's pool: results in order; the first error ends all."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from earmark.errors import EarmarkError
from earmark.pool import work_in_processes
from earmark.worker import attempt

T = TypeVar("T")
R = TypeVar("R")


def done_in_processes(work: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[R]:
    """What `work` makes of each item, in the order of the items.

    Parameters
    ----------
    work : callable, and items : iterable, of what can be pickled
    jobs : int > 0, processes; one is this process itself

    Raises
    ------
    EarmarkError
        That of the first item which has one; a crash of its process is one, too.
    """
    alone = ((item, attempt(work, item)) for item in items)
    together = work_in_processes(partial(_itself, work), items, jobs)
    for _, found in alone if jobs == 1 else together:
        if isinstance(found, EarmarkError):
            raise found
        yield found


def _itself(work: Callable[[T], R]) -> Callable[[T], R]:
    return work
