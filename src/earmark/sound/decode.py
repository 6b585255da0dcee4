"""Any sound in, float32 mono blocks at a wanted sample rate out, in bounded memory.

A sound is a path, bytes, a binary file object, or samples in memory. soundfile or PyAV decodes (see
:mod:`earmark.sound.choose`), the channels are mixed (:mod:`earmark.sound.mix`), soxr (HQ) resamples
across block borders. What is wrong but bearable (cut short, NaN, silent) becomes a warning; what
leaves no sound at all is a :class:`~earmark.errors.SoundError`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import SoundError
from earmark.sound.choose import Source, readers
from earmark.sound.condition import Condition
from earmark.sound.findings import CANCELLED_SECONDS, CANCELLED_SHARE, SILENT_PEAK, Findings
from earmark.sound.links import links
from earmark.sound.mix import Mixer
from earmark.sound.opening import Opened, Sound, sound_name
from earmark.sound.rates import checked_rate
from earmark.sound.unreadable import UnreadableError

if TYPE_CHECKING:
    import soxr

__all__ = ["Sound", "SoundStream", "decode", "sound_name"]


class SoundStream:
    """Mono blocks of one sound; iterate over it once.

    Parameters
    ----------
    source : path, bytes, binary file object or Samples
    sample_rate : int, wanted rate in Hz, from 1 kHz to 1 MHz

    Attributes
    ----------
    name : str
        How messages call the sound.
    seconds : float
        Length decoded so far.
    warnings : list of str
        What was wrong but bearable; complete when the iteration has ended.
    """

    def __init__(self, source: Sound, sample_rate: int) -> None:
        self.name = sound_name(source)
        try:
            self.sample_rate = checked_rate(sample_rate)
        except ValueError as error:
            raise ValueError(f"{self.name}: cannot be decoded to {error}") from None
        self.seconds = 0.0
        self.warnings: list[str] = []
        self._source = source
        self._mix = Mixer()
        self._condition = Condition()

    @property
    def peak(self) -> float:
        """Largest absolute sample so far, before resampling."""
        return self._condition.peak

    @property
    def silences(self) -> list[list[float]]:
        """From which second to which the sound is silent, where it is for 1.5 s or more."""
        return self._condition.silences

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield blocks [shape=(n,), float32, n > 0]; raises SoundError where no sound comes out."""
        with Opened(self._source, self.name) as source:
            yield from self._resampled(self._blocks(source))

    def _blocks(self, source: Source) -> Iterator[tuple[np.ndarray, int]]:
        """Clean mono blocks at the sound's own rate, of all links of a chain."""
        whole, reason = Findings(), ""
        for link in links(source):
            part = Findings()
            for samples, rate in self._part(link, part):
                clean = self._condition(self._mix(samples, rate), rate, self.seconds)
                self.seconds += len(samples) / rate
                yield clean, rate
            if not part.seconds:
                reason = reason or (part.said[-1] if part.said else "it holds no samples")
                continue
            whole.add(part)
        if not self.seconds:
            raise SoundError(f"{self.name}: not a sound that can be read ({reason})")
        self._judge(whole, reason)

    def _part(self, source: Source, part: Findings) -> Iterator[tuple[np.ndarray, int]]:
        """Blocks of one sound, from the first reader that can; `part` learns what was found."""
        openers, found = readers(source)
        if found:
            part.behind, part.unfinished = found.junk, found.share
        reason = damage = ""
        for open_reader in openers:
            try:
                reader = open_reader()
            except UnreadableError as error:
                reason = reason or str(error)
                continue
            try:
                # Where one reader gave up or stopped early, the next goes on from there.
                for samples, rate in skipped(reader.blocks(), part.seconds):
                    part.seconds += len(samples) / rate
                    yield samples, rate
                finished = reader.complete
            except UnreadableError as error:
                finished, damage = False, str(error)
            finally:
                reader.close()
            part.note(reader)
            if finished and part.seconds:
                break
        part.damaged = part.damaged or bool(damage)
        if not part.seconds:
            part.said = [damage or reason or "it holds no samples"]

    def _judge(self, whole: Findings, unread: str) -> None:
        """Turn what was seen while reading into warnings."""
        condition, mix = self._condition, self._mix
        self.warnings += whole.warnings()
        if unread:
            self.warnings.append(f"a part of it cannot be read ({unread})")
        self.warnings += condition.warnings()
        if condition.bad_samples and not condition.peak:
            raise SoundError(f"{self.name}: no sample but 0 is a finite number")
        if mix.void_channels:
            self.warnings.append(f"{mix.void_channels} of its channels hold no numbers, left out")
        if condition.peak < SILENT_PEAK:
            self.warnings.append("silent throughout")
        elif mix.cancelled_seconds > max(CANCELLED_SECONDS, CANCELLED_SHARE * self.seconds):
            self.warnings.append(
                f"its channels cancel each other for {mix.cancelled_seconds:.1f} seconds, "
                "in which the loudest is heard alone"
            )

    def _resampled(self, blocks: Iterator[tuple[np.ndarray, int]]) -> Iterator[np.ndarray]:
        """Blocks at the wanted rate; a change of rate within the sound starts a new resampler."""
        import soxr

        resampler, current, count = None, None, 0
        for samples, rate in blocks:
            if rate != current:
                if resampler is not None:
                    yield from _tail(resampler)
                current = rate
                same = rate == self.sample_rate
                resampler = (
                    None
                    if same
                    else soxr.ResampleStream(rate, self.sample_rate, 1, "float32", quality="HQ")
                )
            if resampler is not None:
                samples = resampler.resample_chunk(samples)
            if len(samples):
                count += len(samples)
                yield samples
        rest = list(_tail(resampler)) if resampler is not None else []
        yield from rest
        if not count and not rest:  # shorter than one sample at the wanted rate
            yield np.zeros(1, np.float32)


def skipped(
    blocks: Iterator[tuple[np.ndarray, int]], seconds: float
) -> Iterator[tuple[np.ndarray, int]]:
    """Blocks from `seconds` on, without empty ones."""
    for samples, rate in blocks:
        leave = min(len(samples), round(seconds * rate))
        seconds -= leave / rate
        if leave < len(samples):
            yield samples[leave:], rate


def _tail(resampler: "soxr.ResampleStream") -> Iterator[np.ndarray]:
    rest = resampler.resample_chunk(np.zeros(0, np.float32), last=True)
    if len(rest):
        yield rest


def decode(source: Sound, sample_rate: int) -> SoundStream:
    """Decode a sound to mono at the wanted sample rate, as a stream of blocks.

    Parameters
    ----------
    source : path, bytes, binary file object or Samples
        Anything that libsndfile or FFmpeg opens: wav, aiff, flac, mp3, ogg, opus, m4a, wma, webm,
        the sound of a video. A pipe is copied to a temporary file first.
    sample_rate : int, in Hz, from 1 kHz to 1 MHz

    Returns
    -------
    SoundStream
        Iterate once for blocks [shape=(n,), float32]. Iteration raises
        :class:`~earmark.errors.SoundError` with one sentence if no sound comes out.

    Examples
    --------
    >>> from earmark.examples import example_path
    >>> stream = decode(example_path("piano"), 16000)
    >>> samples = np.concatenate(list(stream))
    """
    return SoundStream(source, sample_rate)
