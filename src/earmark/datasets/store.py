"""The store: features on disk, read through memory maps, so that random crops cost what they weigh.

A store is a folder with a room for each kind of feature: frames of a front end (log-mel, or what it
names) as float16, or waveforms as int16. A room holds shards, each of which is a pair of files:
``NAME.data``, all features one after the other, and ``NAME.index.npy``, where each sound lies in
it. The index is written last, so a shard is complete or absent, and no two builders write to one. A
sound is known by its path, size and time of change; what has changed since counts as absent.
"""

import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from earmark.errors import DataError
from earmark.sound.melspectrogram import MEL_ONLY, FrontEnd

DATA, INDEX = ".data", ".index.npy"
OPEN = 128  # shards mapped at once; each holds a file handle, of which some systems give 256
INDEX_TYPE = np.dtype([("key", "<u8"), ("start", "<i8"), ("length", "<i8")])


@dataclass(frozen=True)
class Waveform:
    """Mono samples as they are decoded, int16.

    Attributes
    ----------
    sample_rate : int > 0, in Hz
    """

    sample_rate: int


Kind = FrontEnd | Waveform


def room(kind: Kind) -> str:
    """Name of the folder in which a kind of feature is kept."""
    if isinstance(kind, Waveform):
        return f"waveform-{kind.sample_rate}"
    mel = f"mel-{kind.sample_rate}-{kind.n_fft}-{kind.hop_length}-{kind.n_mels}"
    return mel if kind.features == MEL_ONLY else "-".join([mel, *kind.features])


def width(kind: Kind) -> int:
    """Numbers a step: bands of a frame, or 1 of a sample."""
    return 1 if isinstance(kind, Waveform) else kind.bands


def number_type(kind: Kind) -> np.dtype:
    """Type of the stored numbers, little-endian."""
    return np.dtype("<i2" if isinstance(kind, Waveform) else "<f2")


def identity(file: str | os.PathLike) -> int:
    """Key of a file as it is now: 64 bits of the hash of its path, size and time of change.

    Raises
    ------
    OSError
        The file is not there.
    """
    facts = os.stat(file)
    text = f"{os.path.abspath(file)}\0{facts.st_size}\0{facts.st_mtime_ns}"
    digest = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


@dataclass(frozen=True)
class Entry:
    """Where a sound lies: its shard, its first step there, and its length in frames or samples."""

    shard: int
    start: int
    length: int


class Store:
    """The features of one kind.

    Parameters
    ----------
    folder : path, of the store
    kind : FrontEnd or Waveform

    Raises
    ------
    DataError
        A shard is damaged; the text names the file to delete.

    Notes
    -----
    At most ``OPEN`` shards are mapped at once, those used last. The index takes 28 bytes a sound.
    """

    def __init__(self, folder: str | os.PathLike, kind: Kind) -> None:
        self.folder, self.kind = Path(folder) / room(kind), kind
        self._names: list[str] = []  # of shards; an entry keeps its meaning, so none ever moves
        self._maps: OrderedDict[int, np.ndarray] = OrderedDict()
        self._index, self._shards = np.empty(0, INDEX_TYPE), np.empty(0, np.int32)
        self.refresh()

    def refresh(self) -> None:
        """See what has been added or deleted since; entries found before stay what they are."""
        there = {path.name.removesuffix(INDEX) for path in self.folder.glob(f"*{INDEX}")}
        gone = [number for number, name in enumerate(self._names) if name not in there]
        if gone:
            stay = ~np.isin(self._shards, gone)
            self._index, self._shards = self._index[stay], self._shards[stay]
        new = sorted(there.difference(self._names))
        if not new:
            return
        parts = [_read_index(self.folder, name, self.kind) for name in new]
        numbers = np.arange(len(self._names), len(self._names) + len(new), dtype=np.int32)
        joined, shards = np.concatenate(parts), np.repeat(numbers, [len(part) for part in parts])
        order = np.argsort(joined["key"], kind="stable")
        joined, shards = joined[order], shards[order]
        # Only what is new is sorted: a builder refreshes often, and its store may be large.
        places = np.searchsorted(self._index["key"], joined["key"])
        self._index = np.insert(self._index, places, joined)
        self._shards = np.insert(self._shards, places, shards)
        self._names += new

    def __len__(self) -> int:
        return len(np.unique(self._index["key"]))

    def find(self, file: str | os.PathLike) -> Entry | None:
        """Where a file's features lie; None if they are not there or it has changed or gone."""
        try:
            return self.find_key(identity(file))
        except (OSError, ValueError):  # not there, or a name that no file can have
            return None

    def find_key(self, key: int) -> Entry | None:
        """Where the features of a file with this `identity` lie, or None."""
        place = int(np.searchsorted(self._index["key"], np.uint64(key)))
        if place == len(self._index) or int(self._index["key"][place]) != key:
            return None
        _, start, length = self._index[place].item()
        return Entry(int(self._shards[place]), start, length)

    def find_all(self, files: Iterable[str | os.PathLike]) -> list[Entry | None]:
        """`find` for many files."""
        return [self.find(file) for file in files]

    def read(self, entry: Entry, start: int = 0, length: int | None = None) -> np.ndarray:
        """Features of a sound, or a stretch of them, without reading the rest.

        Parameters
        ----------
        entry : Entry
        start : int >= 0, first frame or sample
        length : int or None, how many; None for all that follow

        Returns
        -------
        np.ndarray, a read-only view of the file
            Log-mel frames [shape=(length, bands), float16] or samples [shape=(length,), int16].
        """
        length = entry.length - start if length is None else length
        if start < 0 or length < 0 or start + length > entry.length:
            raise IndexError(f"no {length} steps from {start} on in a sound of {entry.length}")
        first = entry.start + start
        return self._map(entry.shard)[first : first + length]

    def crop(self, entry: Entry, length: int, rng: np.random.Generator) -> np.ndarray:
        """A random stretch of a sound; one that is too short is repeated until it fills it.

        Returns
        -------
        np.ndarray [shape=(length, bands), float16] or [shape=(length,), int16]
        """
        if entry.length < length:
            whole = self.read(entry)
            return np.concatenate([whole] * -(-length // max(1, entry.length)))[:length]
        return self.read(entry, int(rng.integers(entry.length - length + 1)), length)

    def _map(self, shard: int) -> np.ndarray:
        if shard in self._maps:
            self._maps.move_to_end(shard)
            return self._maps[shard]
        path = self.folder / f"{self._names[shard]}{DATA}"
        try:
            numbers = np.memmap(path, number_type(self.kind), "r")
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: the store's data cannot be read ({error})") from error
        columns = width(self.kind)
        self._maps[shard] = numbers.reshape(-1, columns) if columns > 1 else numbers
        if len(self._maps) > OPEN:
            self._maps.popitem(last=False)
        return self._maps[shard]


def _read_index(folder: Path, name: str, kind: Kind) -> np.ndarray:
    path, data = folder / f"{name}{INDEX}", folder / f"{name}{DATA}"
    try:
        with open(path, "rb") as file:
            index = np.lib.format.read_array(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: damaged index of a store; delete it to build it again") from error
    if index.dtype != INDEX_TYPE or index.ndim != 1:
        raise DataError(f"{path}: not an index of a store; delete it to build it again")
    try:
        steps = data.stat().st_size / (width(kind) * number_type(kind).itemsize)
    except OSError as error:
        reason = f"the store's data cannot be read ({error.strerror})"
        raise DataError(f"{data}: {reason}; delete {path.name} to build it again") from error
    if len(index) and steps != (index["start"] + index["length"]).max():
        reason = "the store's data is not as long as its index says"
        raise DataError(f"{data}: {reason}; delete {path.name} to build it again")
    return index
