"""A worker's share of a build: a chunk of files in, whole shards and what became of them out.

A bad file is told and left out. The worker looks up often whether its parent has called it off, and
then keeps what is whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from earmark.datasets.shard import ShardWriter
from earmark.datasets.store import Kind, Waveform, identity
from earmark.errors import EarmarkError, OutputError, SoundError
from earmark.sound import decode
from earmark.sound.decode import SoundStream
from earmark.sound.features import features_stream

SHARD_BYTES = 1 << 28  # bytes from which on a shard gets no more files
SMALLEST = float(np.finfo(np.float16).smallest_normal)

_stop = None  # this process' view of the shared flag by which its parent calls it off


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


class _Stopped(Exception):
    """The parent wants no more."""


def storer(stop: Any, folder: Path, kind: Kind) -> Callable[[list[str]], Built]:
    """The work of a process that can be called off: :func:`store_chunk`.

    Parameters
    ----------
    stop : shared number, not 0 when the parent calls this worker off
    folder, kind
    """
    global _stop
    _stop = stop
    return partial(store_chunk, folder=folder, kind=kind)


def _go_on() -> None:
    if _stop is not None and _stop.value:
        raise _Stopped


def store_chunk(files: list[str], folder: Path, kind: Kind) -> Built:
    """Write the features of some files to new shards; a bad file is told and left out.

    Parameters
    ----------
    files : list of path
    folder : Path, the room of the kind in a store
    kind : FrontEnd or Waveform

    Raises
    ------
    OutputError
        A shard cannot be written; it leaves nothing.
    """
    done, rest = Built(), iter(files)
    while not _write_shard(rest, folder, kind, done):
        pass
    return done


def _write_shard(files: Iterator[str], folder: Path, kind: Kind, done: Built) -> bool:
    """Fill one shard from a stream of files; whether that was all of them."""
    writer = ShardWriter(folder, kind)
    try:
        for file in files:
            try:
                warnings = _store_one(file, kind, writer)
                done.stored += 1
                done.warnings += [f"{file}: {warning}" for warning in warnings]
            except OutputError:
                raise
            except _Stopped:
                writer.drop()
                break
            except Exception as error:
                writer.drop()
                done.failed.append(SoundError(_reason(file, error), file))
            if writer.bytes >= SHARD_BYTES:
                writer.close()
                return False
        writer.close()
        return True
    finally:
        writer.discard()


def _reason(file: str, error: Exception) -> str:
    if isinstance(error, EarmarkError):
        return str(error)
    if isinstance(error, OSError):
        return f"{file}: cannot be read ({error.strerror or error})"
    return f"{file}: failed unexpectedly ({type(error).__name__}: {error})"


def _store_one(file: str, kind: Kind, writer: ShardWriter) -> list[str]:
    _go_on()
    stream = decode(file, kind.sample_rate)
    key = identity(file)
    for features in _features(stream, kind):
        _go_on()
        writer.write(features)
    writer.end(key)
    return list(stream.warnings)


def _features(stream: SoundStream, kind: Kind) -> Iterator[np.ndarray]:
    if isinstance(kind, Waveform):
        for block in stream:
            yield np.clip(np.rint(block * 32767), -32768, 32767).astype(np.int16)
    else:
        yield from map(as_half, features_stream(stream, kind))


def as_half(frames: np.ndarray) -> np.ndarray:
    """Log-mel frames as float16; what float16 cannot hold with all its digits becomes 0.

    Such numbers, below 2**-14 as in the empty upper bands of an mp3, take numpy ten times as long
    to convert as others, and mean silence.
    """
    return np.where(frames < SMALLEST, np.float32(0), frames).astype(np.float16)
