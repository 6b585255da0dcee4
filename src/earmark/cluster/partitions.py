"""Divide a list of sounds by a hash of their paths, on disk, so that any number of them fits."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from earmark.cluster.places import Place

MOST = 10_000  # partitions
SIZE = 1_000  # sounds of a partition at most, where nobody says how many partitions there are
FEW, LEAST = 16, 50  # partitions of a short list, so that there is work for many; and their sounds
OPEN = 64 << 10  # paths that are held before they are written to their lists
INSIDE = "_earmark"  # folder of OUT that holds what is not data


@dataclass(frozen=True)
class Spool:
    """All paths in one temporary file: how many there are, and which local ones are missing.

    Attributes
    ----------
    path : Path
    count, missing : int
    first_missing : str
    """

    path: Path
    count: int
    missing: int
    first_missing: str


def spool(paths: Iterable[str], folder: Path, exists) -> Spool:
    """Write paths to a file, a line each; `exists` tells whether one is there."""
    count = missing = 0
    first = ""
    with open(folder / "paths", "wb") as file:
        for path in paths:
            count += 1
            if not exists(path):
                missing += 1
                first = first or path
            file.write(_line(path))
    return Spool(folder / "paths", count, missing, first)


def how_many(sounds: int) -> int:
    """Partitions for this many sounds: at most a thousand in one, a few where the list is short."""
    return max(1, min(FEW, sounds // LEAST), min(MOST, -(-sounds // SIZE)))


def partition_of(path: str, partitions: int) -> int:
    """The partition of a path, the same on every machine."""
    digest = blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % partitions


def write_lists(spooled: Spool, partitions: int, out: Place) -> None:
    """Put the list of each partition into OUT, every path once."""
    with tempfile.TemporaryDirectory(prefix="earmark-batch-") as temporary:
        folder = Path(temporary)
        held: dict[int, list[bytes]] = {}
        waiting = 0
        with open(spooled.path, "rb") as file:
            for line in file:
                number = partition_of(_path(line), partitions)
                held.setdefault(number, []).append(line)
                waiting += 1
                if waiting == OPEN:
                    _append(folder, held)
                    held, waiting = {}, 0
        _append(folder, held)
        out.system.create_dir((out / INSIDE).path, recursive=True)
        for number in range(partitions):
            part = folder / str(number)
            lines = dict.fromkeys(part.read_bytes().splitlines(True)) if part.exists() else {}
            content = b"".join(lines)
            place = list_place(out, number)
            if place.read() != content:
                place.write(content)


def list_place(out: Place, number: int) -> Place:
    """Where the list of a partition lies."""
    return out / INSIDE / f"list-{number:05d}.txt"


def read_list(out: Place, number: int) -> tuple[list[str], str]:
    """Paths of a partition, and a digest of the list."""
    content = list_place(out, number).read() or b""
    digest = blake2b(content, digest_size=16).hexdigest()
    return [_path(line) for line in content.splitlines(True)], digest


def _append(folder: Path, held: dict[int, list[bytes]]) -> None:
    for number, lines in held.items():
        with open(folder / str(number), "ab") as file:
            file.writelines(lines)


def _line(path: str) -> bytes:
    """A line without line breaks of its own; the same escapes as in a URL."""
    text = path.encode("utf-8", "surrogateescape")
    return text.replace(b"%", b"%25").replace(b"\n", b"%0A").replace(b"\r", b"%0D") + b"\n"


def _path(line: bytes) -> str:
    text = line[:-1].replace(b"%0A", b"\n").replace(b"%0D", b"\r").replace(b"%25", b"%")
    return text.decode("utf-8", "surrogateescape")
