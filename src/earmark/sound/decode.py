"""Any sound in, float32 mono blocks at a wanted sample rate out, in bounded memory.

A sound is a path, bytes, a binary file object, or samples in memory. soundfile or PyAV decodes (see
:mod:`earmark.sound.readers`), channels are averaged, soxr (HQ) resamples across block borders.
What is wrong but bearable (cut short, NaN, silent) becomes a warning; what leaves no sound at all
is a :class:`~earmark.errors.SoundError`.
"""

import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from earmark.errors import SoundError
from earmark.sound.readers import Samples, Source, UnreadableError, reader_order

Sound = str | os.PathLike | bytes | BinaryIO | Samples

SILENT_PEAK = 1e-4  # -80 dB of full scale
LOUDEST = 1e6  # samples beyond are no sound; their power would overflow
MISSING_SECONDS, MISSING_SHARE = 0.5, 0.01  # shortfall that counts as cut short, both


class SoundStream:
    """Mono blocks of one sound; iterate over it once.

    Parameters
    ----------
    source : path, bytes, binary file object or Samples
    sample_rate : int > 0, wanted rate in Hz

    Attributes
    ----------
    name : str
        How messages call the sound.
    seconds : float
        Length decoded so far.
    peak : float
        Largest absolute sample so far, before resampling.
    warnings : list of str
        What was wrong but bearable; complete when the iteration has ended.
    """

    def __init__(self, source: Sound, sample_rate: int) -> None:
        self.name = sound_name(source)
        self.sample_rate = sample_rate
        self.seconds = 0.0
        self.peak = 0.0
        self.warnings: list[str] = []
        self._source = source
        self._bad_samples = 0

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield blocks [shape=(n,), float32, n > 0]; raises SoundError where no sound comes out."""
        with _Opened(self._source, self.name) as source:
            yield from self._resampled(self._blocks(source))

    def _blocks(self, source: Source) -> Iterator[tuple[np.ndarray, int]]:
        """Clean mono blocks at the sound's own rate, from the first reader that can."""
        reason, damage, declared = "it holds no samples", None, 0.0
        cancelled = unfinished = False
        for open_reader in reader_order(source):
            try:
                reader = open_reader(source)
            except UnreadableError as error:
                reason = str(error)
                continue
            try:
                # Where one reader gave up in a damaged file, the next goes on from there.
                for samples, rate in skipped(reader.blocks(), self.seconds):
                    self.seconds += len(samples) / rate
                    yield self._cleaned(samples), rate
                finished = True
            except UnreadableError as error:
                finished, damage = False, str(error)
            finally:
                reader.close()
            declared = max(declared, reader.declared_seconds or 0.0)
            cancelled = cancelled or reader.cancelled
            unfinished = unfinished or reader.unfinished
            if finished and self.seconds:
                break
        if not self.seconds:
            raise SoundError(f"{self.name}: not a sound that can be read ({damage or reason})")
        self._judge(declared, damage is not None, unfinished, cancelled)

    def _cleaned(self, samples: np.ndarray) -> np.ndarray:
        """Samples with NaN, infinities and absurd values taken out."""
        peak = max(float(samples.max()), -float(samples.min()))
        if not peak < LOUDEST:
            good = np.abs(samples) < LOUDEST
            samples = np.where(good, samples, np.float32(0))
            self._bad_samples += int(len(good) - good.sum())
            peak = float(np.abs(samples).max())
        self.peak = max(self.peak, peak)
        return samples

    def _judge(self, declared: float, damaged: bool, unfinished: bool, cancelled: bool) -> None:
        """Turn what was seen while reading into warnings."""
        missing = declared - self.seconds
        if missing > max(MISSING_SECONDS, MISSING_SHARE * declared):
            decoded = f"{self.seconds:.1f} of {declared:.1f} seconds could be decoded"
            self.warnings.append(f"cut short or damaged: {decoded}")
        elif unfinished:
            decoded = f"{self.seconds:.1f} seconds could be decoded"
            self.warnings.append(f"cut short, its end is missing: {decoded}")
        elif damaged:
            self.warnings.append(f"damaged: {self.seconds:.1f} seconds could be decoded")
        if self._bad_samples:
            self.warnings.append(
                f"{self._bad_samples} samples are not finite numbers and count as silence"
            )
            if not self.peak:
                raise SoundError(f"{self.name}: no sample but 0 is a finite number")
        if self.peak < SILENT_PEAK:
            why = " (its channels cancel each other)" if cancelled else ""
            self.warnings.append(f"silent throughout{why}")

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


def _tail(resampler) -> Iterator[np.ndarray]:
    rest = resampler.resample_chunk(np.zeros(0, np.float32), last=True)
    if len(rest):
        yield rest


class _Opened:
    """The sound as a path or a seekable file, checked for what a reader could only say badly."""

    def __init__(self, source: Sound, name: str) -> None:
        self._source, self._name = source, name
        self._own: BinaryIO | None = None

    def __enter__(self) -> Source:
        if isinstance(self._source, Samples):
            return self._source
        if isinstance(self._source, (bytes, bytearray, memoryview)):
            self._own = io.BytesIO(self._source)
            return self._checked(self._own)
        if hasattr(self._source, "read"):
            try:
                return self._checked(self._seekable(self._source))
            except (OSError, ValueError) as error:  # closed, or open for writing only
                raise SoundError(f"{self._name}: cannot be read ({error})") from None
        path = Path(self._source)
        if not self._name:
            raise SoundError("'' names no file")
        try:
            if path.is_dir():
                raise SoundError(f"{self._name}: is a folder, not a sound file")
            if path.is_char_device() or path.is_block_device():
                raise SoundError(f"{self._name}: is a device, not a sound file")
            if path.exists() and not path.is_file():  # a named pipe
                with open(path, "rb") as pipe:
                    return self._checked(self._seekable(pipe))
            with open(path, "rb") as file:
                if not file.read(1):
                    raise SoundError(f"{self._name}: the file is empty")
        except FileNotFoundError:
            raise SoundError(f"{self._name}: no such file") from None
        except PermissionError:
            raise SoundError(f"{self._name}: no permission to read it") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SoundError(f"{self._name}: cannot be opened ({reason})") from None
        return path

    def _seekable(self, file: BinaryIO) -> BinaryIO:
        """The file itself, or a copy on disk of what a pipe holds."""
        if isinstance(file, io.TextIOBase):
            raise SoundError(f"{self._name}: opened as text; open it in binary mode ('rb')")
        if hasattr(file, "seekable") and file.seekable():
            return file
        self._own = tempfile.TemporaryFile()  # noqa: SIM115
        shutil.copyfileobj(file, self._own)
        return self._own

    def _checked(self, file: BinaryIO) -> BinaryIO:
        file.seek(0)
        if not file.read(1):
            raise SoundError(f"{self._name}: the file is empty")
        file.seek(0)
        return file

    def __exit__(self, *_: object) -> None:
        if self._own is not None:
            self._own.close()


def sound_name(source: Sound) -> str:
    """How messages call a sound: its path, a file object's name, or 'sound in memory'."""
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "sound in memory"


def decode(source: Sound, sample_rate: int) -> SoundStream:
    """Decode a sound to mono at the wanted sample rate, as a stream of blocks.

    Parameters
    ----------
    source : path, bytes, binary file object or Samples
        Anything that libsndfile or FFmpeg opens: wav, aiff, flac, mp3, ogg, opus, m4a, wma, webm,
        the sound of a video. A pipe is copied to a temporary file first.
    sample_rate : int > 0, in Hz

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
