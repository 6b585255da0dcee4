"""What is heard when in one audio stream of a file, on the file's own clock."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from earmark.errors import MediaError
from earmark.media.encoder import samples_of
from earmark.media.opened import audio_stream, decoded, opened, start_of
from earmark.sound.mix import Mixer
from earmark.tagging import Tagger
from earmark.tagging.hop import AT_ONCE, rows_of
from earmark.tagging.result import Timeline

HOP = 0.5
BLOCK_SECONDS = 2.0


@dataclass(frozen=True)
class StreamTimeline:
    """A stream's timeline.

    Attributes
    ----------
    timeline : Timeline
        Seconds since the file's start, as players show them.
    start, end : float, seconds; where the stream begins and ends
    """

    timeline: Timeline
    start: float
    end: float


def hear(
    tagger: Tagger, path: str | os.PathLike, stream: int = 0, hop: float = HOP
) -> StreamTimeline:
    """Tag one audio stream of a file, in memory that grows only with the timeline.

    Raises
    ------
    MediaError
        The file has no such stream, or it cannot be decoded.
    """
    rate = tagger.card.front_end.sample_rate
    with opened(path) as container:
        clock = _Clock()
        blocks = _blocks(container, audio_stream(container, path, stream), path, clock)
        rows = list(rows_of(_resampled(blocks, rate), tagger, hop, AT_ONCE))
        if not rows:
            raise MediaError(f"{path}: no sound could be decoded")
        start = (clock.start or 0.0) - start_of(container)
    timeline = Timeline(
        np.array([row.start for row in rows]) + start,
        np.array([row.end for row in rows]) + start,
        np.stack([row.scores for row in rows]),
    )
    return StreamTimeline(timeline, start, start + rows[-1].end)


@dataclass
class _Clock:
    """Where a stream's first sample lies, in seconds; None until it is known."""

    start: float | None = None


def _blocks(container, stream, path, clock: _Clock) -> Iterator[tuple[np.ndarray, int]]:
    """Mono samples and their rate; holes in the stream's own time are silence, as in players."""
    mix, gathered, count, kind, heard = Mixer(), [], 0, (0, 0), 0.0
    for frame in decoded(container, stream, path):
        rate, channels = frame.sample_rate, frame.layout.nb_channels
        if gathered and (count >= BLOCK_SECONDS * kind[0] or kind != (rate, channels)):
            yield mix(np.concatenate(gathered), kind[0]), kind[0]
            gathered, count = [], 0
        kind = (rate, channels)
        if frame.time is not None:
            if clock.start is None:
                clock.start = float(frame.time)
            hole = frame.time - clock.start - heard
            if 0.1 < hole < 600:
                gathered.append(np.zeros((round(hole * rate), channels), np.float32))
                heard += hole
        samples = samples_of(frame).T.astype(np.float32)
        gathered.append(np.nan_to_num(samples, posinf=0, neginf=0))
        count += len(samples)
        heard += len(samples) / rate
    if gathered:
        yield mix(np.concatenate(gathered), kind[0]), kind[0]


def _resampled(blocks: Iterator[tuple[np.ndarray, int]], wanted: int) -> Iterator[np.ndarray]:
    import soxr

    resampler, current = None, None
    for samples, rate in blocks:
        if rate != current:
            if resampler is not None:
                yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            resampler, current = soxr.ResampleStream(rate, wanted, 1, "float32", "HQ"), rate
        yield resampler.resample_chunk(samples)
    if resampler is not None:
        yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)
