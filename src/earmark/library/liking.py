"""What a collection of a library's songs likes, told to people."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from earmark.errors import LibraryError
from earmark.library.collection import collection
from earmark.library.rows import Track
from earmark.library.songs import Songs, title_of
from earmark.library.taste import MOST, Difference, differences, recommended
from earmark.library.where import where
from earmark.messages import printable

SHOWN = 12  # tags


@dataclass(frozen=True)
class Liking:
    """What was found.

    Attributes
    ----------
    songs, others : int, how many were compared
    differences : list of Difference, what there is most more of first
    recommended : list of (Track, float), songs that fit, and how well (a cosine)
    """

    songs: int
    others: int
    differences: list[Difference]
    recommended: list[tuple[Track, float]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "songs": self.songs,
            "others": self.others,
            "tags": [
                {
                    "tag": one.tag,
                    "share": round(one.share, 4),
                    "elsewhere": round(one.elsewhere, 4),
                    "low": round(one.low, 4),
                    "high": round(one.high, 4),
                    "sure": one.sure,
                }
                for one in self.differences
            ],
            "recommended": [
                {"file": printable(track.path), "title": track.title, "fit": round(fit, 4)}
                for track, fit in self.recommended
            ],
        }

    def text(self) -> str:
        """The same for people: what is surely more frequent here, and the songs."""
        lines = [f"{self.songs:,} songs against {self.others:,}"]
        sure = [one for one in self.differences if one.low > 0][:SHOWN]
        if sure:
            lines.append(f"{'more of':<20} {'here':>5} {'there':>5}  difference (95 %)")
        for one in sure:
            interval = f"{one.low:+.0%} to {one.high:+.0%}"
            lines.append(f"{one.tag:<20} {one.share:5.0%} {one.elsewhere:5.0%}  {interval}")
        if not sure:
            lines.append("no tag is surely more frequent here")
        if self.recommended:
            lines.append("what fits and is not among them:")
        for track, fit in self.recommended:
            lines.append(f"{fit:6.3f}  {printable(' '.join(title_of(track).split()))}")
        return "\n".join(lines)


def liking(
    songs: Songs,
    chosen: str | os.PathLike,
    against: str | os.PathLike | None = None,
    n: int = 10,
    *,
    among: str | None = None,
    seed: int = 0,
) -> Liking:
    """Compare a folder or playlist with another, or with the rest of the library.

    Parameters
    ----------
    songs : Songs
    chosen, against : path of a folder or an M3U8; None for the rest
    n : int > 0, songs to recommend
    among : str or None, an expression that must be true of these
    seed : int, of the intervals

    Raises
    ------
    LibraryError
        The library has heard nothing of one of them, or there is no rest.
    """
    mine = collection(songs, chosen)
    rest = np.setdiff1d(np.arange(len(songs)), mine, assume_unique=True)
    others = rest if against is None else collection(songs, against)
    if not len(others):
        raise LibraryError(f"{chosen}: all of the library, so there is no rest to compare it with")
    compared = np.sort(np.random.default_rng(seed).permutation(others)[:MOST])
    there = songs.scores >= songs.hearing.thresholds
    artists = [songs.artist(place) for place in (*mine, *compared)]
    found = differences(there, mine, compared, artists, songs.hearing.vocabulary, seed)
    allowed = None if among is None else where(songs, among)
    places, fits = recommended(songs.vectors, mine, n, songs.recordings, songs.artist, allowed)
    pairs = list(zip(songs.tracks(places), fits.tolist(), strict=True))
    return Liking(len(mine), len(others), found, pairs)
