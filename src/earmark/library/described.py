"""Groups of a library with names, typical and odd songs: what people are told of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.library.distinct import naming_tags
from earmark.library.groups import Groups, find_groups
from earmark.library.rows import Track
from earmark.library.songs import Songs, title_of
from earmark.messages import printable

SHOWN = 5  # typical songs, and odd ones
SURE, DOUBTFUL = 0.75, 0.5  # stability, after Hennig


@dataclass(frozen=True)
class Group:
    """One group.

    Attributes
    ----------
    number : int, from 1 on
    tags : tuple of str, of which it has more than the rest; most telling first
    songs : int
    stability : float in [0, 1]
    typical, odd : list of Track, those nearest to its middle and farthest from it
    """

    number: int
    tags: tuple[str, ...]
    songs: int
    stability: float
    typical: list[Track]
    odd: list[Track]

    @property
    def name(self) -> str:
        """Its tags, or that it has none of its own."""
        return ", ".join(self.tags) or "no tag of its own"

    @property
    def surety(self) -> str:
        """How sure it is, in a word."""
        if self.stability >= SURE:
            return "sure"
        return "likely" if self.stability >= DOUBTFUL else "doubtful"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "number": self.number,
            "name": self.name,
            "tags": list(self.tags),
            "songs": self.songs,
            "stability": round(self.stability, 3),
            "surety": self.surety,
            "typical": [printable(track.path) for track in self.typical],
            "odd": [printable(track.path) for track in self.odd],
        }

    def text(self) -> str:
        """The same for people, in three lines."""
        lines = [
            f"{self.number:3}  {self.name}",
            f"     {self.songs:,} songs, {self.surety} ({self.stability:.0%} found again)",
            f"     typical: {'; '.join(map(_title, self.typical[:3]))}",
            f"     odd: {'; '.join(map(_title, self.odd[:2]))}",
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Grouping:
    """A library in groups.

    Attributes
    ----------
    songs : Songs
    found : Groups; group 0 there is number 1 here
    groups : list of Group
    """

    songs: Songs
    found: Groups
    groups: list[Group]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the groups, and the number of every song in one."""
        numbers = self.found.numbers
        tracks = self.songs.tracks(np.flatnonzero(numbers >= 0))
        rows = (self.songs.row(track.id) for track in tracks)
        return {
            "songs": len(self.songs),
            "in_groups": int((numbers >= 0).sum()),
            "groups": [group.to_dict() for group in self.groups],
            "members": {
                printable(track.path): int(numbers[row]) + 1
                for track, row in zip(tracks, rows, strict=True)
            },
        }

    def text(self) -> str:
        """The same for people, without the members."""
        inside = int((self.found.numbers >= 0).sum())
        end = f"{inside:,} of {len(self.songs):,} songs are in {len(self.groups)} groups"
        return "\n".join([*(group.text() for group in self.groups), end])

    def names(self) -> dict[int, str]:
        """Number and name of each group, as a library keeps them."""
        return {group.number: group.name for group in self.groups}

    def members(self) -> list[tuple[int, int]]:
        """Track id and number of each song in a group."""
        inside = np.flatnonzero(self.found.numbers >= 0)
        return list(
            zip(
                self.songs.ids[inside].tolist(),
                (self.found.numbers[inside] + 1).tolist(),
                strict=True,
            )
        )


def group_songs(songs: Songs, least: int | None = None, seed: int = 0) -> Grouping:
    """Find the groups of a library and describe them.

    Parameters
    ----------
    songs : Songs
    least : int > 1 or None, songs that a group has at least
    seed : int, the same one gives the same groups

    Raises
    ------
    LibraryError
        scikit-learn is not installed.
    """
    found = find_groups(songs.vectors, least, seed)
    there = songs.scores >= songs.hearing.thresholds
    groups = []
    for number in range(len(found)):
        members = found.members(number)
        middle = songs.vectors[members].mean(0)
        order = members[np.argsort(-songs.vectors[members] @ middle, kind="stable")]
        tags = naming_tags(there, found.numbers == number, songs.hearing.vocabulary)
        groups.append(
            Group(
                number + 1,
                tuple(tags),
                len(members),
                float(found.stability[number]),
                songs.tracks(order[:SHOWN]),
                songs.tracks(order[::-1][: min(SHOWN, len(order) - SHOWN)]),
            )
        )
    return Grouping(songs, found, groups)


def _title(track: Track) -> str:
    return printable(" ".join(title_of(track).split()))
