"""Sound files made on the spot: signals, writers (soundfile and PyAV) and ways to compare."""

import contextlib
import functools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
import soxr

from earmark.examples import example_path
from earmark.sound import decode

LAYOUTS = ["mono", "stereo", "3.0", "4.0", "5.0", "5.1"]
NOBODY = 65534


def music(seconds: float, rate: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    """Noise below a fifth of the rate plus tones, shape (n, channels), no two channels alike.

    It has no period, so that cross-correlation has one peak, and codecs keep most of it.
    """
    return _music(seconds, rate, channels, seed).copy()


@functools.cache
def _music(seconds: float, rate: int, channels: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    length = round(seconds * rate)
    spectrum = np.fft.rfft(random.standard_normal((length, channels)), axis=0)
    spectrum[int(min(0.2, 4000 / rate) * length) :] = 0
    noise = np.fft.irfft(spectrum, length, axis=0)
    noise *= 0.1 / max(noise.std(), 1e-9)
    time = np.arange(length)[:, None] / rate
    tones = 0.2 * np.sin(2 * np.pi * 220 * 1.5 ** np.arange(channels) * time)
    return (noise + tones).astype(np.float32)


def played(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    """A passage of the bundled example of a band, of which tags are shown, shape (n, channels)."""
    samples, own = soundfile.read(example_path("band"), dtype="float32")
    passage = soxr.resample(samples.mean(1), own, rate)[: round(seconds * rate)]
    return np.repeat(passage[:, None], channels, 1)


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
    variable: bool = False,
    video: bool = False,
) -> Path:
    """Write with FFmpeg.

    `options` are the container's, `variable` means a variable bit rate, `video` adds a track of
    moving pictures.
    """
    samples = samples.reshape(len(samples), -1)
    layout = LAYOUTS[samples.shape[1] - 1]
    with av.open(str(path), "w", format=format, options=options or {}) as container:
        pictures = _video_track(container) if video else None
        stream = container.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        if variable:
            stream.codec_context.flags |= 1 << 1  # AV_CODEC_FLAG_QSCALE
            stream.codec_context.global_quality = 4 * 118  # FF_QP2LAMBDA
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


def _by_soundfile(suffix: str, subtype: str | None = None) -> Callable[..., Path]:
    def make(folder: Path, samples: np.ndarray, rate: int, name: str = "music") -> Path:
        return write(folder / f"{name}.{suffix}", samples, rate, subtype)

    return make


def _by_av(suffix: str, codec: str, **more) -> Callable[..., Path]:
    made: dict[tuple, bytes] = {}  # encoding takes longer than all else

    def make(folder: Path, samples: np.ndarray, rate: int, name: str = "music") -> Path:
        path, key = folder / f"{name}.{suffix}", (rate, samples.shape, samples.tobytes())
        if key in made:
            path.write_bytes(made[key])
        else:
            made[key] = write_av(path, samples, rate, codec, **more).read_bytes()
        return path

    return make


# make = MAKERS[kind]; path = make(folder, samples, rate)
MAKERS = {
    "wav of 16 bits": _by_soundfile("wav", "PCM_16"),
    "wav of 24 bits": _by_soundfile("wav", "PCM_24"),
    "wav of floats": _by_soundfile("wav", "FLOAT"),
    "wav of unsigned bytes": _by_soundfile("wav", "PCM_U8"),
    "aiff": _by_soundfile("aiff"),
    "flac": _by_soundfile("flac"),
    "alac": _by_av("m4a", "alac"),
    "flac in matroska": _by_av("mka", "flac"),
    "mp3 by libsndfile": _by_soundfile("mp3"),
    "mp3 by lame": _by_av("mp3", "libmp3lame", bit_rate=192_000),
    "vorbis": _by_soundfile("ogg"),
    "opus": _by_av("opus", "libopus", bit_rate=192_000),
    "webm": _by_av("webm", "libopus", bit_rate=192_000),
    "m4a": _by_av("m4a", "aac", bit_rate=192_000),
    "video": _by_av("mp4", "aac", bit_rate=192_000, video=True),
    "aac": _by_av("aac", "aac", bit_rate=192_000),
    "ac3": _by_av("ac3", "ac3", bit_rate=192_000),
    "wma": _by_av("wma", "wmav2", bit_rate=192_000),
    "mp3 without a header": _by_av(
        "mp3", "libmp3lame", variable=True, options={"write_xing": "0", "id3v2_version": "0"}
    ),
}


def own_rate(kind: str) -> int:
    """A sample rate that this kind of file can have; Opus knows few."""
    return 48000 if kind in {"opus", "webm"} else 44100


def cut(path: Path, share: float = 0.5) -> Path:
    """The same file with only this share of its bytes left."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def damage(path: Path, length: int = 2000) -> Path:
    """The same file with that many bytes in its middle set to 0."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + length] = bytes(length)
    path.write_bytes(content)
    return path


def read_soundfile(path: Path) -> tuple[np.ndarray, int]:
    """All samples by soundfile at once, shape (n, channels), and their rate."""
    return soundfile.read(path, dtype="float32", always_2d=True)


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


def alone(code: str, *arguments: str, stdin: bytes = b"", seconds: float = 30) -> str:
    """What Python code prints in a process of its own, which may neither crash nor hang."""
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments], input=stdin, capture_output=True, timeout=seconds
    )
    assert result.returncode == 0, result.stderr.decode()[-2000:]
    return result.stdout.decode()


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """As a user whom file modes bind; root is not bound."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has no user ids")
    if os.geteuid():
        yield
        return
    try:
        os.seteuid(NOBODY)
    except OSError as error:
        pytest.skip(f"root cannot become another user here ({error})")
    try:
        yield
    finally:
        os.seteuid(0)


def shortfall(warnings: list[str]) -> tuple[float, float]:
    """Seconds decoded and seconds promised, from the one warning that a sound is cut short."""
    assert len(warnings) == 1, warnings
    found = re.search(r"cut short.*: ([\d.]+) of ([\d.]+) seconds", warnings[0])
    assert found, warnings
    return float(found[1]), float(found[2])
