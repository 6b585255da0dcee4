"""What a data set holds: clips, labels, how common each tag is, and which tags go together.

Rows go in, once and one after the other; a `Statistics` comes out, as a table or as plain types.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from earmark.datasets.row import Row
from earmark.vocabulary import Vocabulary
from earmark.wording import counted

COMMON = 25  # tags that people are shown
PAIRS = 50  # most frequent pairs of tags that programs get; people see a fifth
NO_SPLIT = "none"


@dataclass
class Statistics:
    """Counts over rows.

    Attributes
    ----------
    names : tuple of str, the tags
    clips, labels, untagged : int
        Rows, positive labels, rows without one.
    per_clip : Counter, number of tags -> rows
    counts : np.ndarray [shape=(tags,), int64], rows with each tag
    together : np.ndarray [shape=(tags, tags), int64], rows with both tags, symmetric; its
        diagonal is `counts`
    splits : dict, split -> Counter of clips, labels, untagged
    """

    names: tuple[str, ...]
    clips: int = 0
    labels: int = 0
    untagged: int = 0
    per_clip: Counter = field(default_factory=Counter)
    counts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    together: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    splits: dict[str, Counter] = field(default_factory=dict)

    def common(self) -> list[tuple[str, int]]:
        """Tags that any row has, the most common first."""
        pairs = [(name, int(n)) for name, n in zip(self.names, self.counts, strict=True) if n]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def pairs(self, most: int = PAIRS) -> list[tuple[str, str, int]]:
        """Pairs of tags with the number of rows that have both, most frequent first."""
        first, second = np.triu_indices(len(self.names), 1)
        counts = self.together[first, second]
        best = np.argsort(-counts, kind="stable")[:most]
        return [
            (self.names[first[i]], self.names[second[i]], int(counts[i])) for i in best if counts[i]
        ]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain types, for JSON."""
        return {
            "clips": self.clips,
            "labels": self.labels,
            "untagged": self.untagged,
            "tags": dict(self.common()),
            "tags_per_clip": {str(n): self.per_clip[n] for n in sorted(self.per_clip)},
            "splits": {split: dict(counts) for split, counts in sorted(self.splits.items())},
            "together": [list(pair) for pair in self.pairs()],
        }

    def table(self, limit: int = COMMON) -> str:
        """The same for people.

        Parameters
        ----------
        limit : int >= 0, tags that are shown, the most common first
        """
        if not self.clips:
            return "no clips"
        mean, used = self.labels / self.clips, int((self.counts > 0).sum())
        lines = [
            f"{counted(self.clips, 'clip')}, {counted(self.labels, 'label')}, {mean:.2f} a clip",
            f"{counted(self.untagged, 'clip')} without a tag;"
            f" {used} of {len(self.names)} tags used",
            "",
            f"{'split':<12} {'clips':>8} {'labels':>8} {'without a tag':>14}",
        ]
        for split, counts in sorted(self.splits.items()):
            row = f"{split:<12} {counts['clips']:8,} {counts['labels']:8,}"
            lines.append(f"{row} {counts['untagged']:14,}")
        lines += ["", f"{'tag':<18} {'clips':>8}   share"]
        for name, count in self.common()[:limit]:
            lines.append(f"{name:<18} {count:8,} {count / self.clips:7.1%}")
        lines += ["", f"{'tags a clip':<12} {'clips':>8}"]
        for number in sorted(self.per_clip):
            lines.append(f"{number:<12} {self.per_clip[number]:8,}")
        if pairs := self.pairs(PAIRS // 5):
            lines += ["", f"{'most often together':<38} {'clips':>8}"]
            lines += [f"{f'{a}, {b}':<38} {count:8,}" for a, b, count in pairs]
        return "\n".join(lines)


def statistics(rows: Iterable[Row], vocabulary: Vocabulary) -> Statistics:
    """Count in one pass, without holding the rows.

    Parameters
    ----------
    rows : iterable of Row, of any length
    vocabulary : Vocabulary, the tags to count; a row's other tags are left out

    Returns
    -------
    Statistics
    """
    found = Statistics(vocabulary.names)
    found.counts = np.zeros(len(vocabulary), np.int64)
    found.together = np.zeros((len(vocabulary), len(vocabulary)), np.int64)
    for row in rows:
        places = [vocabulary.index(tag) for tag in dict.fromkeys(row.tags) if tag in vocabulary]
        step = {"clips": 1, "labels": len(places), "untagged": int(not places)}
        found.clips += 1
        found.labels += len(places)
        found.untagged += not places
        found.per_clip[len(places)] += 1
        found.splits.setdefault(row.split or NO_SPLIT, Counter()).update(step)
        found.counts[places] += 1
        found.together[np.ix_(places, places)] += 1
    return found
