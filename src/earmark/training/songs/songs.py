"""Songs to learn from: a manifest's rows, what is known of them, and where their sound lies.

In: a data set with tags of any words, and a store. Out: train and valid songs over one vocabulary.
The store is built where sound is missing; frames are read from it through memory maps, never whole.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from earmark.datasets import Row, open_dataset
from earmark.datasets.build import Built, build
from earmark.datasets.manifest import manifest_vocabulary
from earmark.datasets.source import dataset_folder
from earmark.datasets.store import Entry, Store
from earmark.errors import TrainingError
from earmark.fingerprint import fingerprint
from earmark.messages import progress
from earmark.sound.melspectrogram import FrontEnd
from earmark.vocabulary import Vocabulary, official_vocabulary

TRAIN, VALID = "train", "valid"
LEAST_SONGS = 2
NAMED = 5  # tags that are named
Say = Callable[[str], None]


@dataclass(frozen=True)
class Songs:
    """Songs of one split.

    Attributes
    ----------
    vocabulary : Vocabulary
    rows : list of Row
    store : Store
    entries : list of Entry, where each song's frames lie
    labels : np.ndarray [shape=(songs, tags), float32], 1 there, 0 absent, NaN unknown
    targets : np.ndarray [shape=(songs, tags), float32], labels, or shares where the row has some
    """

    vocabulary: Vocabulary
    rows: list[Row]
    store: Store
    entries: list[Entry]
    labels: np.ndarray
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def cut(self, song: int, place: float, frames: int) -> np.ndarray:
        """A stretch of a song; a short song is repeated to fill it.

        Parameters
        ----------
        song : int, its number
        place : float in [0, 1), 0 for the beginning
        frames : int > 0

        Returns
        -------
        np.ndarray [shape=(frames, bands), float32]
        """
        entry = self.entries[song]
        start = int(place * (max(0, entry.length - frames) + 1))
        piece = self.store.read(entry, start, min(frames, entry.length - start))
        return np.resize(piece, (frames, piece.shape[1])).astype(np.float32)


@dataclass(frozen=True)
class Split:
    """Rows to learn from and rows to judge by, before any sound was read.

    Attributes
    ----------
    vocabulary : Vocabulary, tags that a train row has
    train, valid : list of Row
    """

    vocabulary: Vocabulary
    train: list[Row]
    valid: list[Row]

    def fingerprint(self) -> str:
        """Hex digest that changes with any file, label or split."""
        rows = [[fingerprint(row.facts()) for row in rows] for rows in (self.train, self.valid)]
        return fingerprint(self.vocabulary.names, *rows)


def split_rows(data: str | os.PathLike, held_out: float, seed: int, say: Say) -> Split:
    """Read a data set and part it.

    Rows whose split is 'train' are learned from and those of 'valid' judge; where no row has a
    split, all but a held-out share are learned from. Songs of one group (an artist) stay together.

    Parameters
    ----------
    data : str or path, as in :func:`earmark.datasets.open_dataset`, with tags of any words
    held_out : float in (0, 1), share of the train songs that judge where no row is 'valid'
    seed : int, another one holds out other groups
    say : callable, gets sentences for people

    Raises
    ------
    DataError
        The data set cannot be read.
    TrainingError
        There is nothing to learn.
    """
    folder = dataset_folder(data)
    own_words = folder is None and os.path.exists(data)
    words = manifest_vocabulary(data) if own_words else official_vocabulary()
    dataset = open_dataset(data, words)
    rows = [row for row in dataset.rows() if not dataset.partial or os.path.exists(row.file)]
    splits = {row.split for row in rows}
    train = [row for row in rows if row.split == (TRAIN if splits - {""} else "")]
    valid = [row for row in rows if row.split == VALID]
    if unused := len(rows) - len(train) - len(valid):
        say(f"{data}: {unused} songs whose split is neither train nor valid are left aside")
    if not valid:
        train, valid = hold_out(train, held_out, seed)
        say(
            f"{data}: no valid split, so {len(valid)} of {len(train) + len(valid)} songs are held "
            f"out, {_whole(train, valid)}"
        )
    tags = _learnable(str(data), train, words, say if own_words else lambda _: None)
    say(f"{data}: {len(train)} songs to learn {len(tags)} tags from, {len(valid)} to judge by")
    return Split(words.ordered(tags), train, valid)


def _whole(train: list[Row], valid: list[Row]) -> str:
    """What the held-out rows are, for people."""
    shared = {row.group for row in train} & {row.group for row in valid if row.group}
    if shared:
        return "single ones, for a tag has all its songs from one group"
    return f"whole {'groups' if any(row.group for row in train) else 'songs'}"


def _learnable(data: str, train: list[Row], words: Vocabulary, say: Say) -> list[str]:
    """The tags that some train rows have and others are known to lack.

    Raises
    ------
    TrainingError
        There is no such tag, or hardly a row.
    """
    there = {tag for row in train for tag in (*row.tags, *(t for t, v in row.soft.items() if v))}
    tags = [tag for tag in words if tag in there]
    if len(train) < LEAST_SONGS or not tags:
        count = f"{len(train)} train songs with {len(tags)} tags"
        raise TrainingError(f"{data}: {count} are too few to learn from")
    lacking: set[str] = set()
    for row in train:
        lacking |= {tag for tag, share in row.soft.items() if share < 1}
        lacking |= set(row.not_tags or ())
        if row.not_tags is None:
            lacking |= set(tags) - set(row.tags) - row.soft.keys()
    if not lacking.intersection(tags):
        raise TrainingError(
            f"{data}: no train song is known to lack a tag, so all that could be learned is to say "
            "everything of everything; name absent tags in not_tags, with * for all others, as "
            "earmark data manifest --others absent does"
        )
    for lack, dropped in (
        ("no train song has them", [tag for tag in words if tag not in there]),
        ("no train song is known to lack them", [tag for tag in tags if tag not in lacking]),
    ):
        if dropped:
            some = ", ".join(map(repr, dropped[:NAMED]))
            say(f"{data}: not learned, as {lack}: {len(dropped)} tags ({some})")
    return [tag for tag in tags if tag in lacking]


def hold_out(rows: list[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Part rows in two by group, the same way each time and wherever the folder of songs lies.

    Returns
    -------
    kept, held : lists of Row
        Held are whole groups, about `share` of the rows and never more than half; a row without a
        group is its own. A tag that is held is kept, too: where no group can go without taking one
        along (folders of tags that were given as groups), single rows are held.
    """
    alone = _names_apart(rows)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.group or alone[row.file], []).append(row)
    held = _held_groups(groups, share * len(rows), seed)
    if not held and len(groups) > 1:
        groups = {alone[row.file]: [row] for row in rows}
        held = _held_groups(groups, share * len(rows), seed)
    chosen = {id(row) for group in held for row in groups[group]}
    return [r for r in rows if id(r) not in chosen], [r for r in rows if id(r) in chosen]


def _names_apart(rows: list[Row]) -> dict[str, str]:
    """A name for each file, no group's and the same when the folder of all files has moved."""
    folders = {os.path.dirname(row.file) for row in rows}
    shared = len(os.path.commonpath(folders)) if folders else 0
    return {row.file: f"\0{row.file[shared:].lstrip(os.sep)}" for row in rows}


def _held_groups(groups: dict[str, list[Row]], wanted: float, seed: int) -> set[str]:
    """Groups of `wanted` rows in all that leave each of their tags in another group."""
    left = Counter(tag for rows in groups.values() for tag in _tags(rows))

    def place(group: str) -> bytes:
        return blake2b(f"{seed}\0{group}".encode("utf-8", "surrogateescape")).digest()

    def can_go(group: str) -> bool:
        return all(left[tag] > 1 for tag in _tags(groups[group]))

    held = set()
    for group in sorted(groups, key=place):
        if len(groups[group]) <= wanted and can_go(group):
            held.add(group)
            wanted -= len(groups[group])
            left -= Counter(_tags(groups[group]))
    if not held:  # few groups, all of them large
        half = sum(map(len, groups.values())) / 2
        small = [group for group in groups if len(groups[group]) <= half and can_go(group)]
        by_size = sorted(small, key=lambda group: (len(groups[group]), place(group)))
        held = set(by_size[:1])
    return held


def _tags(rows: list[Row]) -> set[str]:
    return {tag for row in rows for tag in row.tags}


def build_store(split: Split, folder: Path, front_end: FrontEnd, jobs: int) -> None:
    """Decode what the store lacks of a split's sounds; a bad file is told and left out."""
    files = [row.file for row in (*split.train, *split.valid)]
    store = Store(folder, front_end)
    if all(store.find_all(files)):
        return
    with progress("storing", len(files)) as messages:

        def report(step: Built) -> None:
            for error in step.failed:
                messages.say(str(error))
            messages.advance(step.stored + step.kept + len(step.failed))

        build(files, folder, front_end, jobs, report)


def open_songs(rows: list[Row], vocabulary: Vocabulary, folder: Path, front_end: FrontEnd) -> Songs:
    """The songs of rows whose sound is in the store.

    Raises
    ------
    DataError
        The store is damaged.
    """
    store = Store(folder, front_end)
    found = [(row, store.find(row.file)) for row in rows]
    pairs = [(row, entry) for row, entry in found if entry is not None and entry.length]
    labels = np.empty((len(pairs), len(vocabulary)), np.float32)
    targets = np.empty_like(labels)
    for i, (row, _) in enumerate(pairs):
        labels[i] = targets[i] = row.labels(vocabulary)
        for tag, share in row.soft.items():
            if tag in vocabulary:
                targets[i, vocabulary.index(tag)] = share
    return Songs(
        vocabulary, [row for row, _ in pairs], store, [e for _, e in pairs], labels, targets
    )
