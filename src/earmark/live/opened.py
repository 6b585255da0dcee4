"""A stream, pipe or file opened with FFmpeg: blocks of samples as they come, channels as they are.

Runs in the decoding child alone. No address but http and https is opened, and no format but those
that hold sound themselves; a playlist of HLS is followed to http and https alone.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO, cast

import av
import numpy as np

from earmark.live.source import FILE, PIPE, Source
from earmark.live.wire import Block, End
from earmark.sound.av_open import av_open
from earmark.sound.formats import FORMATS

BLOCK_SECONDS = 0.2
ERRORS_IN_A_ROW = 60  # packets, after which it is no sound any more
SHORT = 1.0  # seconds that a sound may end before its time
QUICK = {"analyzeduration": "2000000"}  # microseconds of sound that FFmpeg looks at before
NETWORK = "http,https,tcp,tls,crypto,httpproxy"


class Inlet:
    """Standard input as a file that gives what has come, rather than wait for more.

    PyAV asks for as much as fits its buffer.
    """

    def read(self, size: int = -1) -> bytes:
        """At least a byte, unless it is over."""
        return os.read(0, size if size > 0 else 1 << 16)


class Opened:
    """An open source.

    Attributes
    ----------
    end : End, how it ended; known when the blocks are over
    """

    def __init__(self, source: Source) -> None:
        self.end = End(True)
        self._heard = 0.0
        formats = FORMATS | {"hls"} if source.is_playlist else FORMATS
        options = {"format_whitelist": ",".join(sorted(formats)), **QUICK}
        if source.kind == PIPE:
            options["protocol_whitelist"] = "none"
            self._container = av_open(cast("BinaryIO", Inlet()), options, buffer_size=4096)
        elif source.kind == FILE:
            options["protocol_whitelist"] = "file"
            self._container = av_open(f"file:{source.place}", options)
        else:
            options["protocol_whitelist"] = NETWORK
            self._container = av_open(source.place, options)
        self._endless = source.comes_back
        if not self._container.streams.audio:
            raise ValueError("it has no sound track")
        streams = self._container.streams
        self._stream = streams.best("audio") or streams.audio[0]

    def blocks(self) -> Iterator[Block]:
        """Blocks of about a fifth of a second."""
        gathered: list[np.ndarray] = []
        count, kind = 0, (0, 0)
        for frame in self._frames():
            now = (frame.sample_rate, frame.layout.nb_channels)
            if gathered and (now != kind or count >= BLOCK_SECONDS * kind[0]):
                yield self._block(gathered, kind[0])
                gathered, count = [], 0
            kind = now
            gathered.append(frame.to_ndarray().reshape(-1, kind[1]))
            count += frame.samples
        if gathered:
            yield self._block(gathered, kind[0])
        self._judge()

    def _block(self, gathered: list[np.ndarray], rate: int) -> Block:
        block = Block(np.concatenate(gathered).astype(np.float32, copy=False), rate)
        self._heard += block.seconds
        return block

    def _frames(self) -> Iterator:
        """Frames as packed floats; a change of rate or channels is followed."""
        packed, kind, errors = None, None, 0
        packets = self._container.demux(self._stream)
        while errors < ERRORS_IN_A_ROW:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = packet.decode()
            except (av.error.FFmpegError, ValueError) as error:
                errors += 1
                self.end = End(False, _words(error))
                if not isinstance(error, av.error.InvalidDataError):
                    return
                continue
            for frame in frames:
                if not (frame.samples and frame.sample_rate):
                    continue
                errors, self.end = 0, End(True)
                if kind != (frame.format.name, frame.layout.name, frame.sample_rate):
                    kind = (frame.format.name, frame.layout.name, frame.sample_rate)
                    packed = av.AudioResampler(format="flt")
                yield from packed.resample(frame)
        self.end = End(False, "what it sends is no sound any more")

    def _judge(self) -> None:
        """A stream that tells no length, or another, broke off rather than ended."""
        if not self.end.whole or not self._endless:
            return
        length = self._container.duration
        if not length or self._heard < length / 1e6 - SHORT:
            self.end = End(False, "the connection ended")


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).strip().rstrip(".")
