"""Encode sound as a stream of a file was: its codec, sample rate, channels, and about its bit rate.

Lossless codecs keep their samples' width, so what goes through unchanged comes out the same.
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import MediaError
from earmark.media.opened import opened

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import OutputContainer

LOSSLESS = ("flac", "alac", "wavpack", "tta")
ENCODERS = {"mp3": "libmp3lame", "mp3float": "libmp3lame", "opus": "libopus"}
GUESSED = ("vorbis", "opus")  # codecs whose headers do not tell the true bit rate
USUAL = ("mono", "stereo", "3.0", "4.0", "5.0", "5.1", "6.1", "7.1")
LEAST_BIT_RATE, MOST_BIT_RATE = 6_000, 512_000  # a channel


@dataclass(frozen=True)
class Sound:
    """What must be known of a stream to encode its like.

    Attributes
    ----------
    codec : str, FFmpeg's name, as "aac"
    rate : int, in Hz
    layout : str, as "5.1"
    channels : int
    bit_rate : int or None, in bit/s; None for a lossless codec
    format : str, of the decoder's samples, as "fltp"
    """

    codec: str
    rate: int
    layout: str
    channels: int
    bit_rate: int | None
    format: str


def lossless(codec: str) -> bool:
    """Whether a codec gives back every sample."""
    return codec in LOSSLESS or codec.startswith("pcm_")


def sound_of(stream: "AudioStream", path: str | os.PathLike) -> Sound:
    """What a stream of a file is; its bit rate is counted where its header only guesses."""
    context = stream.codec_context
    name = context.codec.canonical_name
    rate = None if lossless(name) else context.bit_rate
    if not lossless(name) and (not rate or name in GUESSED):
        rate = _counted(path, stream.index)
    return Sound(
        codec=name,
        rate=context.sample_rate,
        layout=_layout(context.layout),
        channels=context.layout.nb_channels,
        bit_rate=rate,
        format=context.format.name,
    )


def _layout(layout: "av.AudioLayout") -> str:
    """A layout's name; the usual one where the file only says how many channels."""
    count = layout.nb_channels
    named = "channels" not in layout.name
    return layout.name if named or count > len(USUAL) else USUAL[count - 1]


def _counted(path: str | os.PathLike, index: int) -> int | None:
    """Bits a second of a stream, from the sizes of its packets."""
    size, first, last = 0, None, 0.0
    with opened(path) as container:
        for packet in container.demux(container.streams[index]):
            if packet.pts is not None:
                seconds = float(packet.pts * packet.time_base)
                first = seconds if first is None else first
                last = max(last, seconds + float((packet.duration or 0) * packet.time_base))
            size += packet.size
    return round(8 * size / (last - first)) if first is not None and last > first else None


def add_encoder(container: "OutputContainer", sound: Sound, name: str) -> "AudioStream":
    """A stream of a new file that encodes such sound.

    Raises
    ------
    MediaError
        Nothing here encodes this codec, or not such sound.
    """
    import av

    wanted = ENCODERS.get(sound.codec, sound.codec)
    try:
        codec = av.Codec(wanted, "w")
    except (av.error.FFmpegError, ValueError):
        raise MediaError(f"{name}: nothing here can encode its codec, {sound.codec}") from None
    options = {"strict": "experimental"} if wanted in ("vorbis", "opus", "dca", "truehd") else {}
    try:
        stream = container.add_stream(wanted, rate=sound.rate, layout=sound.layout, options=options)
        stream.codec_context.format = _best_format(codec, sound)
        if sound.bit_rate:
            most, least = MOST_BIT_RATE * sound.channels, LEAST_BIT_RATE * sound.channels
            stream.bit_rate = int(np.clip(sound.bit_rate, least, most))
        stream.codec_context.open()
    except (av.error.FFmpegError, ValueError) as error:
        what = f"{sound.codec} at {sound.rate} Hz, {sound.layout}"
        raise MediaError(f"{name}: its sound ({what}) cannot be encoded here ({error})") from error
    return stream


def _best_format(codec: "av.Codec", sound: Sound) -> str:
    """The decoder's own format of samples, or the nearest that the encoder takes."""
    able = [form.name for form in codec.audio_formats or []]
    base = sound.format.rstrip("p")
    for wanted in (sound.format, base, f"{base}p", "fltp", "flt", "s32p", "s32", "s16p", "s16"):
        if wanted in able:
            return wanted
    return able[0] if able else sound.format


def frame_of(samples: np.ndarray, like: "av.AudioFrame") -> "av.AudioFrame":
    """A frame of samples [shape=(channels, n), float64, in [-1, 1]] in another's form and place."""
    import av

    form = like.format
    kind = np.dtype(
        {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}[
            form.name.rstrip("p")
        ]
    )
    if kind.kind == "f":
        whole = samples.astype(kind)
    else:
        half = 2.0 ** (8 * kind.itemsize - 1)
        middle = half if kind.kind == "u" else 0
        whole = np.clip(np.round(samples * half), -half, half - 1) + middle
        whole = whole.astype(kind)
    planes = whole if form.is_planar else whole.T.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(planes), format=form.name, layout=_layout(like.layout)
    )
    frame.sample_rate, frame.pts, frame.time_base = like.sample_rate, like.pts, like.time_base
    return frame


def samples_of(frame: "av.AudioFrame") -> np.ndarray:
    """Samples of a frame [shape=(channels, n), float64], integers over their full scale."""
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(frame.samples, -1).T
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    half = 2.0 ** (8 * values.dtype.itemsize - 1)
    return (values.astype(np.float64) - (half if values.dtype.kind == "u" else 0)) / half
