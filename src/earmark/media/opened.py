"""Open a file of sound, perhaps with pictures, and choose one of its audio streams."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.errors import MediaError
from earmark.sound.av_open import av_open

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

LISTS = ("concat", "hls", "dash", "image2", "ffmetadata")  # name other files, or hold no sound


@contextmanager
def opened(path: str | os.PathLike) -> Iterator["InputContainer"]:
    """A file's container, for reading.

    Raises
    ------
    MediaError
        It cannot be read; one sentence naming the file.
    """
    import av

    name = os.fspath(path)
    if os.path.isdir(name):
        raise MediaError(f"{name}: is a folder, not a file")
    if not os.path.exists(name):
        raise MediaError(f"{name}: no such file")
    if not os.path.isfile(name):
        raise MediaError(f"{name}: is not a regular file")
    if not os.path.getsize(name):
        raise MediaError(f"{name}: the file is empty")
    try:
        # "file:" keeps names such as "concat:a" or "http:b" from being taken for addresses.
        container = av_open(f"file:{name}", {"protocol_whitelist": "file"})
    except PermissionError:
        raise MediaError(f"{name}: no permission to read it") from None
    except (av.error.FFmpegError, UnicodeError, ValueError) as error:
        raise MediaError(f"{name}: not a file that can be read (unknown or damaged)") from error
    with container:
        if container.format.name in LISTS:
            raise MediaError(f"{name}: a list of files, not sound")
        yield container


def audio_stream(container: "InputContainer", path: str | os.PathLike, number: int = 0):
    """One of the audio streams, counted from 0.

    Raises
    ------
    MediaError
        There is none, it is protected, or nothing here can decode it.
    """
    streams = container.streams.audio
    if not streams:
        raise MediaError(f"{path}: it has no sound track")
    if not 0 <= number < len(streams):
        count = f"{len(streams)} audio stream{'s' * (len(streams) > 1)}"
        raise MediaError(f"{path}: it has {count}, counted from 0; there is no {number}")
    stream = streams[number]
    if stream.codec_context is None or not stream.codec_context.sample_rate:
        raise MediaError(f"{path}: its sound is protected or in a codec that is not known here")
    return stream


def start_of(container: "InputContainer") -> float:
    """The second that players call 0: where the file's first stream begins."""
    return (container.start_time or 0) / 1e6


def decoded(container: "InputContainer", stream: "AudioStream", path: str | os.PathLike):
    """Frames of an audio stream; damaged packets are left out.

    Raises
    ------
    MediaError
        Hardly anything can be decoded.
    """
    import av

    good = bad = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError):  # the latter where a codec cannot be opened
            bad += 1
            if bad > 50 + good:
                break
            continue
        for frame in frames:
            if frame.samples:
                good += 1
                yield frame
    if bad > good:
        raise MediaError(f"{path}: hardly anything in it can be decoded (damaged or protected)")


def suffix_of(path: str | os.PathLike) -> str:
    """A file's suffix in small letters."""
    return Path(path).suffix.lower()
