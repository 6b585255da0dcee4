"""A sound opened with FFmpeg through PyAV: the reader for compressed sound and the sound of videos.

Its weaknesses, and what stands against them: damaged packets are left out without a word (they are
counted, and where good ones follow, the sound was damaged), an error of the container ends its
packets (asked again, it goes on), the clock of the container jumps over what is lost (the jumps are
added up), a guessed length (not believed), and a wav with big-endian samples becomes noise (it does
not get here, see :mod:`earmark.sound.choose`).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from earmark.sound.av_open import av_open
from earmark.sound.containers import promised_bytes
from earmark.sound.formats import CLOCKED, ESTIMATED, RAW, names_others, open_options
from earmark.sound.headers import head_and_size, ogg_ends, tag_length, xing_bytes
from earmark.sound.levels import full_scale
from earmark.sound.rates import checked_rate
from earmark.sound.unreadable import BLOCK, UnreadableError

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream, Packet

PLANES = 7  # channels that PyAV hands out one by one; it crashes on more
DIRECT = {"dbl", "dblp", "flt", "fltp", "s16", "s16p", "s32", "s32p", "u8", "u8p"}
ERRORS_IN_A_ROW = 100  # of the container, after which nothing more is expected
JUMP, LONGEST_JUMP = 0.1, 3600.0  # seconds; the clock may be unsteady, or be another after a join
JOINABLE = frozenset({"mpegts", "mpeg"})  # a join brings another track, which nobody follows
BEHIND = 0.05  # share of such a file that may lie behind the last packet
NOISE_SECONDS = 1.0  # noise can look like frames for so long


class AvReader:
    """A sound opened with FFmpeg; attributes as in SoundfileReader, and `unfinished`.

    Attributes
    ----------
    unfinished : float
        How many times longer the file should be, by its own words; 1 if it is whole, infinite
        where its end is missing and nothing says how much that is.
    """

    complete = True

    def __init__(self, source: Path | BinaryIO) -> None:
        import av

        self._error = av.error.FFmpegError
        # "file:" keeps names such as "concat:a" or "http:b" from being taken for addresses.
        name = f"file:{os.fspath(source)}" if isinstance(source, Path) else source
        head, size = head_and_size(source)  # before FFmpeg takes over the file's position
        promised = xing_bytes(head)
        length_is_told = promised is not None and promised >= 0.99 * size
        self.unfinished = _unfinished(source, head, size)
        self.findings: list[str] = []
        self.lost_seconds = 0.0
        self.damaged = False
        try:
            options = open_options(isinstance(source, Path))
            self._container = av_open(name, options)
        except (av.error.FFmpegError, UnicodeError, ValueError) as error:
            if names_others(head):
                raise UnreadableError("a list of files") from error
            mp4 = head[4:8] == b"ftyp"
            reason = "an mp4 without its index; probably cut short" if mp4 else "unknown format"
            raise UnreadableError(reason) from error
        if not self._container.streams.audio:
            self._container.close()
            raise UnreadableError("it has no sound track")
        streams = self._container.streams
        self._stream = cast("AudioStream", streams.best("audio") or streams.audio[0])
        self._raw = self._container.format.name in RAW
        self._tells_end = "mp4" in self._container.format.name
        self._bad = self._bad_at_end = self._good = 0
        self._jumped = self._heard = self._end = 0.0  # seconds
        self._tag_end = self._last_at = 0
        self._size = size
        self._first_time: float | None = None
        self._span = [0, 0, 0]  # position of the first and the last good packet, bytes up to it
        self.declared_seconds = self._declared_seconds(length_is_told)

    def _declared_seconds(self, length_is_told: bool) -> float | None:
        container = self._container
        if container.format.name in ESTIMATED and not length_is_told:
            return None
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        told = _clock_seconds(self._stream.metadata.get("DURATION", ""))
        if told is not None:
            return told
        if len(container.streams) > 1 or not container.duration:  # the longest track's, maybe
            return None
        return container.duration / 1e6

    def _packets(self) -> "Iterator[Packet[AudioStream]]":
        """Packets of the track, going on behind errors of the container."""
        errors = 0
        while errors < ERRORS_IN_A_ROW:
            try:
                for packet in self._container.demux(self._stream):
                    errors = 0
                    yield packet
                return
            except IndexError:  # so PyAV ends where a track has appeared on the way
                self._bad += 1
                return
            except self._error:
                errors += 1
                self._bad_at_end += bool(self._good)

    def _frames(self) -> "Iterator[AudioFrame]":
        """Decoded frames; damaged packets are left out and counted."""
        import av

        packed = av.AudioResampler(format="flt")
        for packet in self._packets():
            try:
                frames = packet.decode()
            except (self._error, ValueError):  # the latter where a codec could not be opened
                self._note_bad(packet)
                continue
            if frames:
                self._note_good(packet)
            for frame in frames:
                many = frame.format.is_planar and frame.layout.nb_channels > PLANES
                if many or frame.format.name not in DIRECT:
                    (frame,) = packed.resample(frame)
                if frame.samples and frame.sample_rate:
                    yield frame

    def _note_bad(self, packet: "Packet[Any]") -> None:
        """A packet did not come through, unless it is a tag between joined files."""
        at = packet.pos or 0
        if self._raw and not self._bad_at_end and at >= self._tag_end:
            length = tag_length(bytes(packet)[:32])
            self._tag_end = at + length
            self._span[2] += length
        if at >= self._tag_end:
            self._bad_at_end += 1

    def _note_good(self, packet: "Packet[Any]") -> None:
        """A packet came through, so the bad ones before it lie within the sound."""
        if self._bad_at_end:
            self._bad += self._bad_at_end if self._good or not self._raw else 0
            self._bad_at_end = 0
        self._good += 1
        self._last_at = packet.pos or self._last_at
        if self._raw and packet.pos is not None:
            first, _, size = self._span
            self._span = [first if size else packet.pos, packet.pos, size + packet.size]

    def _note_time(self, frame: "AudioFrame") -> None:
        """Add up by how much the container's clock jumps forward."""
        seconds = frame.samples / frame.sample_rate
        self._heard += seconds
        if frame.pts is None:
            return
        now = frame.pts * self._tick
        if self._first_time is None:
            self._first_time = now
        elif not self._raw and JUMP < now - self._end < LONGEST_JUMP:
            self._jumped += now - self._end
        self._end = now + seconds

    def blocks(self) -> Iterator[tuple[np.ndarray, int]]:
        """Samples [shape=(n, channels)] and their rate, block by block."""
        gathered: list[np.ndarray] = []
        count, kind = 0, (0, 0, "")
        self._tick = float(self._stream.time_base or 0)
        frame: AudioFrame | None = None
        for frame in self._frames():
            self._note_time(frame)
            frame_kind = (frame.sample_rate, frame.layout.nb_channels, frame.format.name)
            if gathered and (count >= BLOCK or frame_kind != kind):
                yield _joined(gathered, kind)
                gathered, count = [], 0
            gathered.append(frame.to_ndarray())
            count, kind = count + frame.samples, frame_kind
        bad = self._bad + self._bad_at_end
        if self._raw and bad > self._good and self._heard < NOISE_SECONDS:
            raise UnreadableError("hardly anything in it can be decoded")
        if gathered:
            if self._tells_end and frame is not None:
                gathered[-1] = _without_padding(gathered[-1], frame)
            yield _joined(gathered, kind)
        self._conclude()

    def _conclude(self) -> None:
        """What is known at the end: sound that was lost within, and a length by the clock."""
        container = self._container
        if self.declared_seconds and container.format.name in CLOCKED:
            self.declared_seconds -= max(0.0, self._first_time or 0.0)
        self.lost_seconds = self._jumped
        first, last, size = self._span
        if self._bad and size and last > first:
            share = max(0.0, 1 - size / max(size, last - first))
            self.lost_seconds = max(self.lost_seconds, self._heard * share / (1 - share))
        self.damaged = self._bad > 0
        behind = self._size - self._last_at
        sound_only = len(container.streams) == len(container.streams.audio)
        joinable = sound_only and container.format.name in JOINABLE
        if joinable and self._last_at and behind > max(BLOCK, BEHIND * self._size):
            self.findings.append(f"{behind} bytes behind its end may be another sound, not heard")

    def close(self) -> None:
        """Close the container."""
        self._container.close()


def _unfinished(source: Path | BinaryIO, head: bytes, size: int) -> float:
    """How many times longer a file should be, by its own words."""
    if head.startswith(b"OggS"):
        return 1.0 if ogg_ends(source) else np.inf
    promised = promised_bytes(source, head)
    return promised / size if promised and size and promised > size else 1.0


def _clock_seconds(text: str) -> float | None:
    """Seconds of a text such as ``00:03:25.123000000``."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def _without_padding(samples: np.ndarray, frame: "AudioFrame") -> np.ndarray:
    """Samples of a last frame as far as the file says that it lasts; an encoder fills it up."""
    told = round(float((frame.duration or 0) * (frame.time_base or 0)) * frame.sample_rate)
    if not 0 < told < frame.samples:
        return samples
    return samples[:, : told * samples.shape[1] // frame.samples]


def _joined(frames: list[np.ndarray], kind: tuple[int, int, str]) -> tuple[np.ndarray, int]:
    """Samples of frames of one kind as float32 in [-1, 1], shape (n, channels), and their rate."""
    rate, channels, name = kind
    try:
        checked_rate(rate)
    except ValueError as error:
        raise UnreadableError(str(error)) from None
    samples = np.concatenate(frames, axis=1)
    return full_scale(samples.T if name.endswith("p") else samples.reshape(-1, channels)), rate
