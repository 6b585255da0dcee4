"""Open one sound with soundfile or PyAV and read it as mono blocks at its own sample rate.

In: a path, a seekable binary file, or samples. Out: blocks of mono float32 samples. soundfile is
the faster one for mp3, flac and wav, PyAV for Ogg, and the only one for m4a, wma, webm and video.
Channels are averaged here: FFmpeg would add them with 3 dB more, which changes log-mel features and
tags.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from earmark.sound.headers import head_and_size, ogg_ends, xing_bytes

if TYPE_CHECKING:
    import av

BLOCK = 65536  # samples, about 1.5 s: long for soxr to be fast, short to stay in cache
ESTIMATED = {"mp3", "aac", "ac3", "eac3", "dts", "asf"}  # FFmpeg guesses the length by the bit rate
LISTS = {"hls", "concat", "dash", "sdp", "rtsp"}  # formats that only name other files
PLANES = 7  # channels that PyAV hands out one by one; it crashes on more
UNKNOWN_BYTES = 0x7FFFF000  # what programs that write to a pipe promise, or more
MOST_CHANNELS = 64
CANCELLED = 1e-3  # mono peak over channel peak below which channels cancel each other


@dataclass(frozen=True)
class Samples:
    """Sound that is in memory already.

    Attributes
    ----------
    samples : np.ndarray [shape=(n,) or (n, channels)]
        Floats in [-1, 1], or integers of which the largest is full scale.
    sample_rate : int > 0, in Hz
    """

    samples: np.ndarray
    sample_rate: int


Source = Path | BinaryIO | Samples


class UnreadableError(Exception):
    """This reader cannot open or go on reading the sound; the text says why."""


def mono(samples: np.ndarray) -> np.ndarray:
    """Mean of all channels.

    Parameters
    ----------
    samples : np.ndarray [shape=(n, channels), float32]

    Returns
    -------
    np.ndarray [shape=(n,), float32]
    """
    channels = samples.shape[1]
    if channels == 1:
        return samples[:, 0]
    with np.errstate(invalid="ignore", over="ignore"):
        total = samples[:, 0] + samples[:, 1]
        for channel in range(2, channels):
            total += samples[:, channel]
        total *= np.float32(1 / channels)
    return total


def channels_cancel(samples: np.ndarray, mixed: np.ndarray) -> bool:
    """Whether the mean of the channels is nearly silent although the channels are not."""
    if samples.shape[1] == 1 or not len(mixed):
        return False
    peak = np.abs(mixed).max()
    return bool(peak < 0.01 and peak < CANCELLED * np.abs(samples).max())


class SoundfileReader:
    """A sound opened with libsndfile.

    Attributes
    ----------
    declared_seconds : float or None
        How long the file says it is; None where it does not say.
    cancelled : bool
        Whether some block's channels cancelled each other.
    unfinished : bool
        Whether the file lacks the mark that ends its format.
    """

    unfinished = False

    def __init__(self, source: Path | BinaryIO) -> None:
        import soundfile

        self._error = soundfile.LibsndfileError
        name = os.fsencode(source) if isinstance(source, Path) else source
        try:
            self._file = soundfile.SoundFile(name)
        except (soundfile.LibsndfileError, TypeError, ValueError) as error:
            reason = getattr(error, "error_string", "unknown format").rstrip(".")
            raise UnreadableError(reason) from error
        self.declared_seconds = self._declared_frames() / self._file.samplerate
        self.cancelled = False

    def _declared_frames(self) -> int:
        """Frames that the header promises; libsndfile cuts them to what the file holds."""
        notes = self._file.extra_info
        if promised := re.search(r"'ds64' chunk of (\d+)", notes):
            return int(promised[1])
        sizes = re.search(r"^\s*(?:data|SSND|Data Size)\s*: (\d+) \(should be (\d+)\)", notes, re.M)
        if sizes and 0 < int(sizes[2]) < int(sizes[1]) < UNKNOWN_BYTES:
            return int(self._file.frames * int(sizes[1]) / int(sizes[2]))
        return self._file.frames

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Mono samples and their rate, block by block; UnreadableError at a damaged place."""
        try:
            while len(samples := self._file.read(BLOCK, dtype="float32", always_2d=True)):
                mixed = mono(samples)
                self.cancelled = self.cancelled or channels_cancel(samples, mixed)
                yield mixed, self._file.samplerate
        except (self._error, RuntimeError) as error:
            raise UnreadableError(str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class SamplesReader:
    """Samples in memory; attributes as in :class:`SoundfileReader`."""

    unfinished = False

    def __init__(self, source: Samples) -> None:
        samples = np.asarray(source.samples)
        if samples.ndim == 1:
            samples = samples[:, None]
        if samples.ndim != 2 or samples.shape[1] > MOST_CHANNELS or not samples.shape[1]:
            raise UnreadableError(
                f"samples of shape {np.shape(source.samples)}; expected (n,) or (n, channels)"
            )
        if samples.dtype.kind not in "fiu":
            raise UnreadableError(f"samples of type {samples.dtype}; expected floats or integers")
        if not source.sample_rate >= 1:
            raise UnreadableError(f"a sample rate of {source.sample_rate}")
        self._samples, self._rate = samples, int(source.sample_rate)
        self.declared_seconds = None
        self.cancelled = False

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Mono samples and their rate, block by block."""
        for first in range(0, len(self._samples), BLOCK):
            samples = full_scale(self._samples[first : first + BLOCK])
            mixed = mono(samples)
            self.cancelled = self.cancelled or channels_cancel(samples, mixed)
            yield mixed, self._rate

    def close(self) -> None:
        """Nothing to close."""


class AvReader:
    """A sound opened with FFmpeg through PyAV; attributes as in :class:`SoundfileReader`."""

    def __init__(self, source: Path | BinaryIO) -> None:
        import av

        self._error = av.error.FFmpegError
        # "file:" keeps names such as "concat:a" or "http:b" from being taken for addresses.
        name = f"file:{os.fspath(source)}" if isinstance(source, Path) else source
        head, size = head_and_size(source)  # before FFmpeg takes over the file's position
        promised = xing_bytes(head)
        length_is_told = promised is not None and promised >= 0.99 * size
        self.unfinished = head.startswith(b"OggS") and not ogg_ends(source)
        try:
            self._container = av.open(
                name, metadata_errors="ignore", options={"protocol_whitelist": "file"}
            )
        except (av.error.FFmpegError, UnicodeError, ValueError) as error:
            mp4 = head[4:8] == b"ftyp"
            reason = "an mp4 without its index; probably cut short" if mp4 else "unknown format"
            raise UnreadableError(reason) from error
        if self._container.format.name in LISTS or not self._container.streams.audio:
            names_others = self._container.format.name in LISTS
            self._container.close()
            raise UnreadableError("a list of files" if names_others else "it has no sound track")
        self._stream = self._container.streams.audio[0]
        self.cancelled = False
        self._damaged_packets = self._frames_read = 0
        self.declared_seconds = self._declared_seconds(length_is_told)

    def _declared_seconds(self, length_is_told: bool) -> float | None:
        if self._container.format.name in ESTIMATED and not length_is_told:
            return None
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / 1e6 if self._container.duration else None

    def _frames(self) -> Iterator[tuple[np.ndarray, int]]:
        """Samples (n, channels) and rate of each frame; damaged packets are left out."""
        import av

        packed = av.AudioResampler(format="flt")
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode()
            except self._error:
                self._damaged_packets += 1
                continue
            for frame in frames:
                if frame.format.is_planar and frame.layout.nb_channels > PLANES:
                    (frame,) = packed.resample(frame)
                if frame.samples and frame.sample_rate:
                    self._frames_read += 1
                    yield frame_samples(frame), frame.sample_rate

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Mono samples and their rate, block by block."""
        gathered, count, rate = [], 0, 0
        for samples, frame_rate in self._frames():
            if gathered and (count >= BLOCK or frame_rate != rate):
                yield np.concatenate(gathered), rate
                gathered, count = [], 0
            mixed = mono(samples)
            self.cancelled = self.cancelled or channels_cancel(samples, mixed)
            gathered.append(mixed)
            count, rate = count + len(mixed), frame_rate
        if self._damaged_packets > self._frames_read:
            raise UnreadableError("hardly anything in it can be decoded")
        if gathered:
            yield np.concatenate(gathered), rate

    def close(self) -> None:
        """Close the container."""
        self._container.close()


def frame_samples(frame: "av.AudioFrame") -> np.ndarray:
    """Samples of a decoded frame as float32 in [-1, 1], shape (n, channels)."""
    samples = frame.to_ndarray()
    planar = frame.format.is_planar
    return full_scale(samples.T if planar else samples.reshape(frame.samples, -1))


def full_scale(samples: np.ndarray) -> np.ndarray:
    """Integers of any width as float32 in [-1, 1]; floats as they are."""
    if samples.dtype.kind == "f":
        return samples.astype(np.float32, copy=False)
    half = np.float32(2 ** (8 * samples.dtype.itemsize - 1))
    middle = half if samples.dtype.kind == "u" else np.float32(0)
    return (samples.astype(np.float32) - middle) / half


def reader_order(source: Source) -> list[type]:
    """Which reader to try first, from the first bytes.

    libsndfile reads no further than an mp3's estimated length, which is wrong without a Xing
    header, so only an mp3 whose header agrees with its size goes there.
    """
    if isinstance(source, Samples):
        return [SamplesReader]
    head, size = head_and_size(source)
    if head.startswith(b"OggS"):
        return [AvReader, SoundfileReader]
    if head.startswith((b"fLaC", b"RIFF", b"RF64", b"FORM", b"caff", b".snd")):
        return [SoundfileReader, AvReader]
    promised = xing_bytes(head)
    if promised and abs(promised - size) <= 0.01 * promised:
        return [SoundfileReader, AvReader]
    return [AvReader]
