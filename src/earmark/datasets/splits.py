"""The splits of MagnaTagATune as rules: what is trained on, chosen by, and measured on.

Published results follow two protocols that share their folders (0-b train, c valid, d-f test) and
must not be compared with each other: A, "full", is every clip that can be decoded (Pons et al.
2018, musicnn); B, "clean", leaves out clips without one of the top 50 tags or shorter than 29.1 s
(SampleCNN, Lee et al. 2017; Won et al. 2020). Their artists occur in train and test alike. In the
artist split, which is ours, nobody does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from earmark.datasets.row import Row
from earmark.vocabulary.top50 import TOP_50

EMPTY_CLIPS = frozenset({35644, 55753, 57881})  # mp3s of the release without a byte
SHORT_CLIPS = frozenset({29, 11268, 11269})  # shorter than 29.1 s
PARTS = {"train": 12, "valid": 1, "test": 3}  # sixteenths of the clips
Clips = Iterable[tuple[int, Row]]
Assigned = Iterator[tuple[int, Row, str]]


def folder_split(folder: str) -> str:
    """Split of one of the sixteen folders '0' to 'f'; '' of any other."""
    place = "0123456789abcdef".find(folder)
    if place < 0 or len(folder) != 1:
        return ""
    return "train" if place < PARTS["train"] else "valid" if folder == "c" else "test"


def by_folder(clips: Clips) -> Assigned:
    """Every clip, 12:1:3 by folder; the three empty ones as well."""
    return ((clip, row, folder_split(row.folder)) for clip, row in clips)


def protocol_a(clips: Clips) -> Assigned:
    """Every clip that can be decoded: 18,706 / 1,825 / 5,329."""
    return (item for item in by_folder(clips) if item[0] not in EMPTY_CLIPS)


def protocol_b(clips: Clips) -> Assigned:
    """Clips of full length with at least one of the top 50 tags: 15,244 / 1,529 / 4,332."""
    top = frozenset(TOP_50)
    return (
        item
        for item in protocol_a(clips)
        if item[0] not in SHORT_CLIPS and not top.isdisjoint(item[1].tags)
    )


def by_artist(clips: Clips) -> Assigned:
    """Every clip that can be decoded, each artist in one split only: 19,542 / 1,552 / 4,766.

    Artists come in the order of the sha-256 of their names, and each goes to the split that is
    furthest from its share of 12:1:3; so the split follows from the artists' names and numbers of
    clips, however the clips are ordered. 129 / 31 / 70 artists; all 188 tags occur in train and
    test, 168 in valid.
    """
    kept = [(clip, row) for clip, row in clips if clip not in EMPTY_CLIPS]
    sizes = Counter(row.group for _, row in kept)
    filled = dict.fromkeys(PARTS, 0)
    homes = {}
    for artist in sorted(sizes, key=lambda name: sha256(name.encode()).digest()):
        emptiest = min(PARTS, key=lambda split: (filled[split] + sizes[artist]) / PARTS[split])
        homes[artist] = emptiest
        filled[emptiest] += sizes[artist]
    return ((clip, row, homes[row.group]) for clip, row in kept)


SPLITS = {"folder": by_folder, "A": protocol_a, "B": protocol_b, "artist": by_artist}
