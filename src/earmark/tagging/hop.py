"""A timeline finer than the network's window: overlapping stretches, one a hop, each centred on it.

Row ``k`` covers the seconds from ``k * hop`` to ``(k + 1) * hop``. For it the network hears half a
window of sound twice in a row (of an odd number of frames the last comes once): the stretch whose
centre is the row's own. That blurs what changes half as much as a whole window would (docs/time.md
has the measurement, and of other alignments). The first and last rows of a sound, whose stretches
would reach beyond it, get the first and last whole stretch; a sound shorter than that is repeated
until it fills a window.

:class:`RowScorer` is fed frames and hands back rows as soon as their windows are whole;
:func:`rows_of` does so for a stream of samples. A file and what is playing go the same way, so they
agree but for rounding.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import ModelError
from earmark.sound.features import features_stream
from earmark.tagging.result import Timeline
from earmark.zoo.card import Card

if TYPE_CHECKING:
    from earmark.tagging.tagger import Tagger

LEAST_SHARE = 0.05  # a rest shorter than this share of a hop is not worth a row of its own
AT_ONCE = 10  # windows that the network gets together


@dataclass(frozen=True)
class Row:
    """What is heard from one second to another.

    Attributes
    ----------
    start, end : float, seconds
    scores : np.ndarray [shape=(tags,), float32, in [0, 1]], calibrated
        Of voices, what the model's head says, if it has one (:mod:`earmark.tagging.voices`).
    """

    start: float
    end: float
    scores: np.ndarray


def stretch_frames(card: Card) -> int:
    """Frames that a row hears: half a window, rounded up."""
    return -(-card.window_frames // 2)


def require_hop(card: Card, hop: float) -> None:
    """ModelError unless the hop is at least a frame and at most half a window of the model."""
    least, most = card.front_end.seconds(1), card.front_end.seconds(stretch_frames(card))
    if not least <= hop <= most:
        raise ModelError(
            f"model {card.name!r}: a hop must be {least:g} to {most:g} seconds, not {hop:g}"
        )


class HopWindows:
    """Frames in, the windows of the rows out, each once and with its number of rows.

    Parameters
    ----------
    length : int > 0, frames of a window; a sound that is shorter is a window of its own
    hop : float >= 1, frames from one row to the next; need not be whole
    """

    def __init__(self, length: int, hop: float) -> None:
        self._length, self._hop = length, hop
        self._kept = np.zeros((0, 0), np.float32)
        self._first = 0  # place of the first kept frame in the sound
        self._rows = 0  # rows that have their window

    def feed(self, frames: np.ndarray) -> list[tuple[np.ndarray, int]]:
        """Windows [shape=(length, bands)] that are now whole, each with how many rows it serves."""
        self._kept = np.concatenate([self._kept, frames]) if self._kept.size else frames
        end, ready = self._first + len(self._kept), []
        while self._place(self._rows) + self._length <= end:
            place, rows = self._place(self._rows), 1
            while self._place(self._rows + rows) == place:
                rows += 1
            self._rows += rows
            at = place - self._first
            ready.append((self._kept[at : at + self._length], rows))
        # The last rows of a sound hear its last whole window.
        spare = min(self._place(self._rows) - self._first, len(self._kept) - self._length)
        if spare > 0:
            self._kept, self._first = self._kept[spare:], self._first + spare
        return ready

    def end(self) -> list[tuple[np.ndarray, int]]:
        """What is left when the sound is over: the last window, for the rows that have none."""
        frames = self._first + len(self._kept)
        if not frames:
            return []
        total = max(1, int(np.ceil((frames - 1) / self._hop - LEAST_SHARE)))
        rows = total - self._rows
        if rows <= 0:
            return []
        self._rows = total
        return [(self._kept[-self._length :], rows)]

    def _place(self, row: int) -> int:
        """The frame at which a row's window begins: both have the same centre."""
        centre = (row + 0.5) * self._hop - (self._length - 1) / 2
        return max(0, int(np.floor(centre + 0.5)))


class RowScorer:
    """Frames in, rows of calibrated scores out, in order and as early as can be.

    Parameters
    ----------
    card : Card, of the model
    score : callable, windows [shape=(n, frames, bands)] -> calibrated scores [shape=(n, tags)]
    hop : float, in seconds
    at_once : int > 0
        Windows that are collected before the network hears them: 1 while the sound is playing.

    Raises
    ------
    ModelError
        The hop is shorter than a frame or longer than half a window.
    """

    def __init__(
        self,
        card: Card,
        score: Callable[[np.ndarray], np.ndarray],
        hop: float,
        at_once: int = AT_ONCE,
    ) -> None:
        require_hop(card, hop)
        self._score, self._hop, self._at_once = score, hop, at_once
        self._front_end = card.front_end
        self._length = card.window_frames
        self._windows = HopWindows(stretch_frames(card), hop / card.front_end.seconds(1))
        self._waiting: list[tuple[np.ndarray, int]] = []
        self._count = self._frames = 0

    def feed(self, frames: np.ndarray) -> list[Row]:
        """The rows that these frames complete.

        Parameters
        ----------
        frames : np.ndarray [shape=(t, bands), float32], what follows the frames before
        """
        self._frames += len(frames)
        self._waiting += self._windows.feed(frames)
        rows = []
        while len(self._waiting) >= self._at_once:
            rows += self._scored(self._waiting[: self._at_once])
            self._waiting = self._waiting[self._at_once :]
        return rows

    def end(self, seconds: float | None = None) -> list[Row]:
        """The last rows.

        Parameters
        ----------
        seconds : float or None
            Where the sound ends; None for the last frame's second.
        """
        self._waiting += self._windows.end()
        rows = self._scored(self._waiting) if self._waiting else []
        self._waiting = []
        if rows:
            last = rows[-1]
            end = self._front_end.seconds(self._frames - 1) if seconds is None else seconds
            rows[-1] = Row(last.start, max(end, last.start), last.scores)
        return rows

    def _scored(self, waiting: list[tuple[np.ndarray, int]]) -> list[Row]:
        shape = (self._length, waiting[0][0].shape[1])
        scores = self._score(np.stack([np.resize(window, shape) for window, _ in waiting]))
        rows = []
        for (_, count), row in zip(waiting, scores, strict=True):
            for _ in range(count):
                rows.append(Row(self._count * self._hop, (self._count + 1) * self._hop, row))
                self._count += 1
        return rows


def rows_of(
    blocks: Iterable[np.ndarray], tagger: "Tagger", hop: float, at_once: int = 1
) -> Iterator[Row]:
    """Rows of a stream of samples, each as soon as its window has been heard.

    A row comes a quarter of a window less half a hop after its end, and the first ones together
    when the first half window is whole. Memory does not grow with the stream.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``tagger.card.front_end.sample_rate``; may wait for a source.
    tagger : Tagger
    hop : float, in seconds
    at_once : int > 0, windows that the network gets together

    Yields
    ------
    Row
    """
    scorer = RowScorer(tagger.card, tagger.score_rows, hop, at_once)
    rate, samples = tagger.card.front_end.sample_rate, 0

    def counted() -> Iterator[np.ndarray]:
        nonlocal samples
        for block in blocks:
            samples += len(block)
            yield block

    for frames in features_stream(counted(), tagger.card.front_end):
        yield from scorer.feed(frames)
    yield from scorer.end(samples / rate)


class HopTimeline:
    """Watches a song's frames go by and makes its fine timeline.

    A row of 188 scores takes 752 bytes: ten hours at a hop of .5 s are 54 MB, all else is bounded.
    """

    def __init__(self, scorer: RowScorer) -> None:
        self._scorer = scorer
        self._ends: list[float] = []
        self._scores: list[np.ndarray] = []

    def watch(self, chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The very chunks of frames that come in."""
        for chunk in chunks:
            self._keep(self._scorer.feed(chunk))
            yield chunk

    def timeline(self, seconds: float) -> Timeline:
        """All rows, when the sound is over."""
        self._keep(self._scorer.end(seconds))
        ends = np.array(self._ends)
        return Timeline(np.concatenate([[0.0], ends[:-1]]), ends, np.concatenate(self._scores))

    def _keep(self, rows: list[Row]) -> None:
        if rows:
            self._ends += [row.end for row in rows]
            self._scores.append(np.stack([row.scores for row in rows]))
