"""Everything that is wrong with a manifest, as sentences with the number of the row.

A million rows are checked in bounded memory: of each file and group only a 64-bit hash is kept, and
what looks the same is compared as text when the manifest is read a second time, so that two names
with one hash are never taken for one.
"""

import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from earmark.datasets.manifest import parse_manifest
from earmark.datasets.row import Row
from earmark.vocabulary import Vocabulary


@dataclass(frozen=True)
class Problem:
    """A sentence about one row.

    Attributes
    ----------
    row : int > 0
    sentence : str, without the row's number
    severity : 'error' or 'warning'
    """

    row: int
    sentence: str
    severity: str = "error"

    def __str__(self) -> str:
        head = "warning: " if self.severity == "warning" else ""
        return f"{head}row {self.row}: {self.sentence}"


def check_manifest(
    path: str | os.PathLike, vocabulary: Vocabulary | None = None
) -> Iterator[Problem]:
    """All problems of a manifest: first those of single rows, then those between rows.

    Errors are wrong tag names (with the nearest right one), values that make no sense, a tag in
    both columns, sound that is not there, and a file that is named twice; a group that is in two
    splits is a warning.

    Parameters
    ----------
    path : path, of the manifest
    vocabulary : Vocabulary or None
        Tags that may be used; None for the 188 official ones.

    Raises
    ------
    DataError
        The manifest as such cannot be read.
    """
    files, groups, splits = array("Q"), array("Q"), array("Q")
    for parsed in parse_manifest(path, vocabulary):
        row = parsed.row
        for fault in parsed.faults:
            yield Problem(row.number, fault)
        if row.file:
            files.append(_hash(_identity(row)))
            if not os.path.exists(row.file):
                yield Problem(row.number, f"{row.file}: no such file")
        if row.group and row.split:
            groups.append(_hash(row.group))
            splits.append(_hash(row.split))
    repeated = _repeated(np.frombuffer(files, np.uint64))
    spread = _spread(np.frombuffer(groups, np.uint64), np.frombuffer(splits, np.uint64))
    if repeated or spread:
        yield from _between_rows(path, vocabulary, repeated, spread)


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _identity(row: Row) -> str:
    return os.path.normpath(row.file)


def _repeated(hashes: np.ndarray) -> set[int]:
    """Hashes that are there more than once."""
    values, counts = np.unique(hashes, return_counts=True)
    return set(values[counts > 1].tolist())


def _spread(groups: np.ndarray, splits: np.ndarray) -> set[int]:
    """Hashes of groups with more than one split."""
    pairs = np.unique(np.stack([groups, splits], 1), axis=0) if len(groups) else groups[:, None]
    return _repeated(pairs[:, 0])


def _between_rows(
    path: str | os.PathLike, vocabulary: Vocabulary | None, repeated: set[int], spread: set[int]
) -> Iterator[Problem]:
    first: dict[str, int] = {}
    homes: dict[str, tuple[str, int]] = {}
    told: set[str] = set()
    for parsed in parse_manifest(path, vocabulary):
        row = parsed.row
        file = _identity(row)
        if row.file and _hash(file) in repeated:
            if file in first:
                yield Problem(row.number, f"{row.file} is in row {first[file]} already")
            else:
                first[file] = row.number
        if row.group and row.split and _hash(row.group) in spread and row.group not in told:
            split, number = homes.setdefault(row.group, (row.split, row.number))
            if split != row.split:
                told.add(row.group)
                text = f"the group {row.group!r} is in the split {row.split!r} here"
                yield Problem(row.number, f"{text} and in {split!r} in row {number}", "warning")
