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
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from pathlib import Path

from earmark.datasets.chunk import Built, prepare, store_chunk
from earmark.datasets.shard import clear_leftovers
from earmark.datasets.store import Kind, Store, room
from earmark.errors import OutputError, SoundError
from earmark.processes import start_pool

STRETCH = 4096  # files looked at together
CHUNK = 256  # files that a worker gets at once, at most
SHARES = 4  # chunks a worker gets of a stretch, at least


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

    crew = _Crew(folder, kind, jobs, count)
    try:
        crew.work(files)
    finally:
        crew.dismiss()
    return total


class _Crew:
    """Worker processes and what they have under way."""

    def __init__(
        self,
        folder: str | os.PathLike,
        kind: Kind,
        jobs: int,
        count: Callable[[Built], None],
    ) -> None:
        self._store, self._jobs, self._count = Store(folder, kind), jobs, count
        self._pool: ProcessPoolExecutor | None = None
        self._stop = None
        self._under_way: dict[Future, list[str]] = {}

    def work(self, files: Iterable[str]) -> None:
        """Store what is missing of some files."""
        for chunk in self._chunks(iter(files)):
            self._submit(chunk)
            while len(self._under_way) > self._jobs:
                self._collect()
        while self._under_way:
            self._collect()

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

    def _submit(self, chunk: list[str]) -> Future:
        if self._pool is None:
            self._stop = multiprocessing.get_context("spawn").RawValue("b", 0)
            self._pool = start_pool(self._jobs, partial(prepare, self._stop))
        try:
            future = self._pool.submit(store_chunk, chunk, self._store.folder, self._store.kind)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        self._under_way[future] = chunk
        return future

    def _collect(self) -> None:
        """Count at least one chunk; where a process died, do again what that took along."""
        ended, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
        if not (lost := self._lost(ended)):
            return
        lost += self._lost(wait(self._under_way).done)  # which ends at once in a broken pool
        self.dismiss()
        for chunk in lost:
            self._again(chunk)

    def _lost(self, ended: Iterable[Future]) -> list[list[str]]:
        """Count what ended well; the other chunks."""
        lost = []
        for future in ended:
            chunk = self._under_way.pop(future)
            try:
                self._count(future.result())
            except BrokenProcessPool:
                lost.append(chunk)
        return lost

    def _again(self, chunk: list[str]) -> None:
        """Do a chunk alone, in halves where a decoder takes its process along."""
        if not (chunk := self._missing(chunk)):
            return
        if not self._lost(wait([self._submit(chunk)]).done):
            return
        self.dismiss()
        if len(chunk) == 1:
            error = SoundError(f"{chunk[0]}: its decoder crashed", chunk[0])
            self._count(Built(failed=[error]))
            return
        for half in (chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]):
            self._again(half)

    def dismiss(self) -> None:
        """Let the workers go; who is in the middle of a chunk keeps what is whole of it."""
        if self._pool is not None:
            self._stop.value = 1
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
