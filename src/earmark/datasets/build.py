"""Build a store: decode every sound once, in parallel, so that a stop at any moment loses little.

Files come as a stream and are taken in stretches, so a list of any length fits. A worker process
gets a chunk of files and writes one shard. The chunks of a stretch are shuffled, and what another
builder has finished meanwhile is left out: two builders of one store share the work.
"""

import os
import random
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from earmark.datasets.shard import ShardWriter, clear_leftovers
from earmark.datasets.store import Kind, Store, Waveform, identity, room
from earmark.errors import EarmarkError, OutputError, SoundError
from earmark.processes import start_pool
from earmark.sound import decode, melspectrogram_stream

STRETCH = 4096  # files looked at together
CHUNK = 256  # files of a shard, at most
SHARES = 4  # chunks a worker gets of a stretch, at least
SMALLEST = float(np.finfo(np.float16).smallest_normal)


@dataclass
class Built:
    """What became of files.

    Attributes
    ----------
    stored : int, done now
    kept : int, that were in the store already
    failed : list of SoundError, one sentence each
    warnings : list of str, about sounds that are stored but have a reservation
    """

    stored: int = 0
    kept: int = 0
    failed: list[SoundError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, other: "Built") -> None:
        """Count what another has done."""
        self.stored += other.stored
        self.kept += other.kept
        self.failed += other.failed
        self.warnings += other.warnings


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
    """
    place = Path(folder) / room(kind)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{place}: cannot be made ({error.strerror})") from error
    clear_leftovers(place)
    total, rest = Built(), iter(files)

    def count(step: Built) -> None:
        total.add(step)
        report(step)

    crew = _Crew(folder, kind, jobs)
    try:
        for stretch in iter(lambda: list(islice(rest, STRETCH)), []):
            crew.work(stretch, count)
    finally:
        crew.dismiss()
    return total


class _Crew:
    """Worker processes and what they have under way."""

    def __init__(self, folder: str | os.PathLike, kind: Kind, jobs: int) -> None:
        self._store, self._jobs = Store(folder, kind), jobs
        self._pool: ProcessPoolExecutor | None = None
        self._random = random.Random(os.getpid())

    def work(self, files: list[str], count: Callable[[Built], None]) -> None:
        """Store what is missing of some files."""
        self._store.refresh()
        missing, done = self._missing(files)
        count(done)
        size = min(CHUNK, -(-len(missing) // (self._jobs * SHARES))) or 1
        chunks = [missing[i : i + size] for i in range(0, len(missing), size)]
        self._random.shuffle(chunks)
        waiting: deque[tuple[list[str], Future]] = deque()
        while chunks or waiting:
            while chunks and len(waiting) < self._jobs + 1:
                chunk, done = self._missing(chunks.pop())
                count(done)
                if chunk:
                    waiting.append((chunk, self._submit(chunk)))
            if not waiting:
                continue
            chunk, future = waiting[0]
            try:
                count(future.result())
                waiting.popleft()
            except BrokenProcessPool:
                self.dismiss()
                for chunk, _ in waiting:
                    self._one_by_one(chunk, count)
                waiting.clear()
            self._store.refresh()

    def _missing(self, files: list[str]) -> tuple[list[str], Built]:
        """Files that the store lacks, and a count of those that it has."""
        missing = {os.path.abspath(file): file for file in files if not self._store.find(file)}
        return list(missing.values()), Built(kept=len(files) - len(missing))

    def _submit(self, chunk: list[str]) -> Future:
        if self._pool is None:
            self._pool = start_pool(self._jobs, _prepare)
        return self._pool.submit(store_chunk, chunk, self._store.folder, self._store.kind)

    def _one_by_one(self, chunk: list[str], count: Callable[[Built], None]) -> None:
        """Do a chunk again, in halves where a decoder takes its process along."""
        with start_pool(1, _prepare) as pool:
            try:
                task = (store_chunk, chunk, self._store.folder, self._store.kind)
                count(pool.submit(*task).result())
                return
            except BrokenProcessPool:
                pass
        if len(chunk) == 1:
            count(Built(failed=[SoundError(f"{chunk[0]}: its decoder crashed", chunk[0])]))
            return
        for half in (chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]):
            self._one_by_one(half, count)

    def dismiss(self) -> None:
        """Let the workers go."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _prepare() -> None:
    """Nothing to make before the first chunk."""


def store_chunk(files: list[str], folder: Path, kind: Kind) -> Built:
    """Write one shard with the features of some files; a bad file is told and left out."""
    done, writer = Built(), ShardWriter(folder, kind)
    try:
        for file in files:
            try:
                warnings = _store_one(file, kind, writer)
                done.stored += 1
                done.warnings += [f"{file}: {warning}" for warning in warnings]
            except OutputError:
                raise
            except EarmarkError as error:
                writer.drop()
                done.failed.append(SoundError(str(error), file))
            except OSError as error:
                writer.drop()
                done.failed.append(SoundError(f"{file}: cannot be read ({error.strerror})", file))
            except Exception as error:
                writer.drop()
                reason = f"failed unexpectedly ({type(error).__name__}: {error})"
                done.failed.append(SoundError(f"{file}: {reason}", file))
        writer.close()
    finally:
        writer.discard()
    return done


def _store_one(file: str, kind: Kind, writer: ShardWriter) -> list[str]:
    stream = decode(file, kind.sample_rate)
    key = identity(file)
    if isinstance(kind, Waveform):
        for block in stream:
            writer.write(np.clip(np.rint(block * 32767), -32768, 32767).astype(np.int16))
    else:
        for frames in melspectrogram_stream(stream, kind):
            writer.write(as_half(frames))
    writer.end(key)
    return list(stream.warnings)


def as_half(frames: np.ndarray) -> np.ndarray:
    """Log-mel frames as float16; what float16 cannot hold with all its digits becomes 0.

    Such numbers, below 2**-14 as in the empty upper bands of an mp3, take numpy ten times as long
    to convert as others, and mean silence.
    """
    return np.where(frames < SMALLEST, np.float32(0), frames).astype(np.float16)
