"""Sound files made on the spot: signals, writers (soundfile and PyAV) and ways to compare."""

from pathlib import Path

import av
import numpy as np
import soundfile
import soxr

from earmark.sound import decode


def music(seconds: float, rate: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    """Noise below a fifth of the rate plus tones, shape (n, channels), no two channels alike.

    It has no period, so that cross-correlation has one peak, and codecs keep most of it.
    """
    random = np.random.default_rng(seed)
    length = round(seconds * rate)
    spectrum = np.fft.rfft(random.standard_normal((length, channels)), axis=0)
    spectrum[int(min(0.2, 4000 / rate) * length) :] = 0
    noise = np.fft.irfft(spectrum, length, axis=0)
    noise *= 0.1 / max(noise.std(), 1e-9)
    time = np.arange(length)[:, None] / rate
    tones = 0.2 * np.sin(2 * np.pi * 220 * 1.5 ** np.arange(channels) * time)
    return (noise + tones).astype(np.float32)


def sweep(seconds: float, rate: int, top: float = 0.4) -> np.ndarray:
    """A sine that glides from 20 Hz to `top` times the rate, shape (n,)."""
    time = np.arange(round(seconds * rate)) / rate
    phase = 20 * time + (top * rate - 20) * time**2 / (2 * seconds)
    return (0.8 * np.sin(2 * np.pi * phase)).astype(np.float32)


def write(path: Path, samples: np.ndarray, rate: int, subtype: str | None = None, **more) -> Path:
    """Write with soundfile; the format is that of the suffix unless `format` says another."""
    soundfile.write(path, samples, rate, subtype=subtype, **more)
    return path


def write_av(
    path: Path,
    samples: np.ndarray,
    rate: int,
    codec: str,
    *,
    format: str | None = None,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    video: bool = False,
    global_quality: int | None = None,
) -> Path:
    """Write with FFmpeg; `options` are the container's, `video` adds a track of moving pictures."""
    samples = samples.reshape(len(samples), -1)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
    with av.open(str(path), "w", format=format, options=options or {}) as container:
        pictures = _video_track(container) if video else None
        stream = container.add_stream(codec, rate=rate, layout=layout, options=codec_options or {})
        if bit_rate:
            stream.bit_rate = bit_rate
        if global_quality is not None:
            stream.codec_context.flags |= 1 << 1  # AV_CODEC_FLAG_QSCALE: variable bit rate
            stream.codec_context.global_quality = global_quality
        if pictures:
            _write_pictures(container, pictures, len(samples) / rate)
        for frame in _frames(samples, rate, layout):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_video(path: Path, seconds: float = 1.0) -> Path:
    """A video without any sound."""
    with av.open(str(path), "w") as container:
        _write_pictures(container, _video_track(container), seconds)
    return path


def _video_track(container):
    track = container.add_stream("mpeg4", rate=10)
    track.width, track.height, track.pix_fmt = 32, 32, "yuv420p"
    return track


def _write_pictures(container, track, seconds: float) -> None:
    for number in range(max(1, round(seconds * 10))):
        picture = np.full((32, 32, 3), number * 9 % 256, np.uint8)
        container.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    container.mux(track.encode(None))


def _frames(samples: np.ndarray, rate: int, layout: str):
    for first in range(0, len(samples), 1 << 16):
        block = np.ascontiguousarray(samples[first : first + (1 << 16)].T, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, first
        yield frame


def read_av(path: Path) -> tuple[np.ndarray, int]:
    """All samples of the first sound track by PyAV at once, shape (n, channels), and their rate."""
    with av.open(f"file:{path}") as container:
        blocks = []
        for frame in container.decode(audio=0):
            block = frame.to_ndarray()
            channels = frame.layout.nb_channels
            blocks.append(block.T if frame.format.is_planar else block.reshape(-1, channels))
            rate = frame.sample_rate
    samples = np.concatenate(blocks)
    if samples.dtype.kind == "f":
        return samples.astype(np.float32), rate
    return (samples / 2.0 ** (8 * samples.dtype.itemsize - 1)).astype(np.float32), rate


def one_shot(samples: np.ndarray, rate: int, wanted: int) -> np.ndarray:
    """What decoding should give: mean of the channels, resampled in one piece."""
    mixed = samples.reshape(len(samples), -1).mean(axis=1, dtype=np.float64).astype(np.float32)
    return mixed if rate == wanted else soxr.resample(mixed, rate, wanted, quality="HQ")


def decoded(source, rate: int) -> tuple[np.ndarray, list[str]]:
    """The whole of a sound, and the warnings."""
    stream = decode(source, rate)
    blocks = list(stream)
    assert all(block.dtype == np.float32 and block.ndim == 1 and len(block) for block in blocks)
    return np.concatenate(blocks), stream.warnings


def snr(wanted: np.ndarray, got: np.ndarray) -> float:
    """Signal-to-noise ratio in dB over the common length."""
    length = min(len(wanted), len(got))
    wanted, got = wanted[:length].astype(np.float64), got[:length].astype(np.float64)
    return float(10 * np.log10(np.sum(wanted**2) / max(np.sum((wanted - got) ** 2), 1e-30)))


def lag(wanted: np.ndarray, got: np.ndarray) -> int:
    """By how many samples `got` comes later than `wanted`: the peak of their cross-correlation."""
    length = len(wanted) + len(got)
    product = np.fft.rfft(got, length) * np.conj(np.fft.rfft(wanted, length))
    best = int(np.argmax(np.fft.irfft(product, length)))
    return best if best < len(got) else best - length
