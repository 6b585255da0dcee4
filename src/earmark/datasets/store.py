"""The store: features on disk, read through memory maps, so that random crops cost what they weigh.

A store is a folder with a room for each kind of feature: log-mel frames of a front end as float16,
or waveforms as int16. A room holds shards, each of which is a pair of files: ``NAME.data``, all
features one after the other, and ``NAME.index.npy``, where each sound lies in it. The index is
written last, so a shard is complete or absent, and no two builders write to one. A sound is known
by its path, size and time of change; what has changed since counts as absent.
"""

import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from earmark.errors import DataError
from earmark.sound.melspectrogram import FrontEnd

DATA, INDEX = ".data", ".index.npy"
OPEN = 512  # shards mapped at once; each holds a file handle
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
    return f"mel-{kind.sample_rate}-{kind.n_fft}-{kind.hop_length}-{kind.n_mels}"


def width(kind: Kind) -> int:
    """Numbers a step: mel bands of a frame, or 1 of a sample."""
    return 1 if isinstance(kind, Waveform) else kind.n_mels


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
    """

    def __init__(self, folder: str | os.PathLike, kind: Kind) -> None:
        self.folder, self.kind = Path(folder) / room(kind), kind
        self.refresh()

    def refresh(self) -> None:
        """See what builders have added since."""
        self._paths = sorted(self.folder.glob(f"*{INDEX}"))
        self._maps: OrderedDict[int, np.ndarray] = OrderedDict()
        parts = [_read_index(path) for path in self._paths]
        joined = np.concatenate(parts) if parts else np.empty(0, INDEX_TYPE)
        shards = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
        order = np.argsort(joined["key"], kind="stable")
        self._index, self._shards = joined[order], shards[order]

    def __len__(self) -> int:
        return len(np.unique(self._index["key"]))

    def find(self, file: str | os.PathLike) -> Entry | None:
        """Where a file's features lie; None if they are not there or it has changed or gone."""
        try:
            return self.find_key(identity(file))
        except OSError:
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
            Log-mel frames [shape=(length, n_mels), float16] or samples [shape=(length,), int16].
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
        np.ndarray [shape=(length, n_mels), float16] or [shape=(length,), int16]
        """
        if entry.length < length:
            whole = self.read(entry)
            return np.concatenate([whole] * -(-length // max(1, entry.length)))[:length]
        return self.read(entry, int(rng.integers(entry.length - length + 1)), length)

    def _map(self, shard: int) -> np.ndarray:
        if shard not in self._maps:
            path = self._paths[shard].with_name(self._paths[shard].name.removesuffix(INDEX) + DATA)
            try:
                numbers = np.memmap(path, number_type(self.kind), "r")
            except (OSError, ValueError) as error:
                raise DataError(f"{path}: the store's data cannot be read ({error})") from error
            columns = width(self.kind)
            self._maps[shard] = numbers.reshape(-1, columns) if columns > 1 else numbers
            if len(self._maps) > OPEN:
                self._maps.popitem(last=False)
        return self._maps[shard]


def _read_index(path: Path) -> np.ndarray:
    try:
        index = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: damaged index of a store; delete it to build it again") from error
    if index.dtype != INDEX_TYPE:
        raise DataError(f"{path}: not an index of a store; delete it to build it again")
    return index
