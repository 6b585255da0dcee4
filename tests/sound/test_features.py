"""Every feature gives librosa's numbers, in one piece and as a stream."""

import functools
import warnings

import librosa
import numpy as np
import pytest
from librosa.feature import spectral
from sounds import sweep

from earmark.examples import example_path
from earmark.sound import FrontEnd, decode
from earmark.sound.features.beat_histogram import (
    TEMPI,
    beat_histogram,
    beat_histogram_stream,
    mean_beat_histogram,
)
from earmark.sound.features.chroma import chroma, chroma_stream
from earmark.sound.features.chroma_cqt import chroma_cqt, chroma_cqt_stream
from earmark.sound.features.contrast import contrast, contrast_stream
from earmark.sound.features.hpss import hpss, hpss_stream
from earmark.sound.features.median import sliding_median
from earmark.sound.features.mfcc import mfcc, mfcc_stream
from earmark.sound.features.onset import onset, onset_stream
from earmark.sound.features.tempogram import tempogram, tempogram_stream

USUAL, FINE = FrontEnd(16000, 1024, 512, 96), FrontEnd(12000, 512, 256, 48)
ODD_HOP = FrontEnd(12000, 1024, 333, 48)
FEATURES = {
    "mfcc": (mfcc, mfcc_stream),
    "chroma": (chroma, chroma_stream),
    "chroma_cqt": (chroma_cqt, chroma_cqt_stream),
    "onset": (onset, onset_stream),
    "tempogram": (tempogram, tempogram_stream),
    "beat_histogram": (beat_histogram, beat_histogram_stream),
    "contrast": (contrast, contrast_stream),
    "hpss": (hpss, hpss_stream),
}
TOLERANCES = {
    "mfcc": 1e-2,
    "chroma": 1e-4,
    "onset": 1e-3,
    "tempogram": 1e-3,
    "contrast": 1e-3,
    "hpss": 1e-3,
}
each_front_end = pytest.mark.parametrize(
    "front_end", [USUAL, FINE, ODD_HOP], ids=lambda it: f"{it.sample_rate}-{it.hop_length}"
)


def clicks(bpm: float, seconds: float, rate: int) -> np.ndarray:
    """Short strokes of noise at a steady tempo, over silence."""
    samples = np.zeros(round(seconds * rate), np.float32)
    stroke = np.random.default_rng(0).normal(0, 0.3, 200) * np.exp(-np.arange(200) / 50)
    for start in np.arange(0, len(samples) - 200, 60 / bpm * rate).astype(int):
        samples[start : start + 200] = stroke
    return samples


def noise(seconds: float, rate: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.2, round(seconds * rate)).astype(np.float32)


def tone(hz: float, seconds: float, rate: int) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(seconds * rate) / rate)).astype(np.float32)


@functools.cache
def example(name: str, rate: int) -> np.ndarray:
    return np.concatenate(list(decode(example_path(name), rate)))[: 9 * rate]


SOUNDS = {
    "tone": lambda rate: tone(440, 2, rate),
    "noise": lambda rate: noise(2.3, rate),
    "clicks": lambda rate: clicks(120, 5, rate),
    "sweep": lambda rate: sweep(3, rate, 0.2),
    "piano": lambda rate: example("piano", rate),
    "band": lambda rate: example("band", rate),
}


def reference(name: str, samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """The same by librosa in double precision, without what needs the whole sound first."""
    y, rate = samples.astype(np.float64), front_end.sample_rate
    sizes = {"n_fft": front_end.n_fft, "hop_length": front_end.hop_length}
    of = {"y": y, "sr": rate, **sizes}
    mel = {"sr": rate, "n_fft": front_end.n_fft, "n_mels": front_end.n_mels}
    if name == "chroma":
        return librosa.feature.chroma_stft(**of, tuning=0).T
    if name == "chroma_cqt":
        hop = front_end.hop_length
        return librosa.feature.chroma_cqt(y=y, sr=rate, hop_length=hop, tuning=0).T
    if name == "contrast":
        return librosa.feature.spectral_contrast(**of, n_bands=6 if rate > 12800 else 5).T
    if name == "hpss":
        parts = librosa.decompose.hpss(np.abs(librosa.stft(y, **sizes)))
        bands = [librosa.filters.mel(**mel) @ part**2 for part in parts]
        return np.log10(1 + 10_000 * np.concatenate(bands)).T
    power = librosa.feature.melspectrogram(**of, n_mels=front_end.n_mels)
    decibel = librosa.power_to_db(power, top_db=None)
    if name == "mfcc":
        return librosa.feature.mfcc(S=decibel, n_mfcc=20).T
    strengths = librosa.onset.onset_strength(S=decibel, sr=rate, **sizes)
    if name == "onset":
        return strengths[:, None]
    return librosa.feature.tempogram(onset_envelope=strengths).T


def streamed(name: str, samples: np.ndarray, longest: int, front_end: FrontEnd) -> np.ndarray:
    """The feature of samples cut into blocks of random lengths, in a buffer that is used again."""
    buffer, lengths = np.empty(longest, np.float32), np.random.default_rng(longest)

    def blocks():
        first = 0
        while first < len(samples):
            block = samples[first : first + int(lengths.integers(0, longest + 1))]
            buffer[: len(block)] = block
            first += len(block)
            yield buffer[: len(block)]

    chunks = list(FEATURES[name][1](blocks(), front_end))
    assert all(len(chunk) and chunk.dtype == np.float32 for chunk in chunks)
    return np.concatenate(chunks)


@pytest.fixture(autouse=True)
def no_floor(monkeypatch):
    """librosa's contrast without its limit below the loudest, and without its warnings."""
    unlimited = functools.partial(librosa.power_to_db, top_db=None)
    monkeypatch.setattr(spectral, "power_to_db", unlimited)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@each_front_end
@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("name", TOLERANCES)
def test_a_feature_equals_that_of_librosa(front_end, sound, name):
    samples = SOUNDS[sound](front_end.sample_rate)
    got, wanted = FEATURES[name][0](samples, front_end), reference(name, samples, front_end)
    assert got.shape == wanted.shape and got.dtype == np.float32
    assert np.abs(got - wanted).max() < TOLERANCES[name]


@each_front_end
@pytest.mark.parametrize("sound", SOUNDS)
def test_constant_q_chroma_is_close_to_that_of_librosa(front_end, sound):
    samples = SOUNDS[sound](front_end.sample_rate)
    got, wanted = chroma_cqt(samples, front_end), reference("chroma_cqt", samples, front_end)
    assert got.shape == wanted.shape and got.dtype == np.float32
    assert np.abs(got - wanted).max() < (0.1 if sound == "clicks" else 0.03)
    heard = wanted.max(axis=1) > 0
    alike = [np.corrcoef(a, b)[0, 1] for a, b in zip(got[heard], wanted[heard], strict=True)]
    assert min(alike) > 0.98


@pytest.mark.parametrize("name", ["chroma", "chroma_cqt"])
@pytest.mark.parametrize("pitch_class", range(12))
def test_chroma_names_the_pitch_class_of_a_tone(name, pitch_class):
    for octave in (4, 5):
        hz = 440 * 2 ** (octave - 5 + (pitch_class + 3) / 12)
        rows = FEATURES[name][0](tone(hz, 2, 16000), USUAL)
        assert (rows[5:-5].argmax(axis=1) == pitch_class).all()


@each_front_end
@pytest.mark.parametrize("longest", [97, 700, 20_000])
@pytest.mark.parametrize("name", FEATURES)
def test_a_streamed_feature_equals_the_whole(front_end, longest, name):
    samples = np.concatenate([SOUNDS["band"](front_end.sample_rate)[:40_000], noise(1, 9000)])
    got = streamed(name, samples, longest, front_end)
    whole = FEATURES[name][0](samples, front_end)
    assert got.shape == whole.shape and len(got) == front_end.frames(len(samples))
    assert np.abs(got - whole).max() < 1e-5 * max(1, np.abs(whole).max())


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 1025, 8000])
@pytest.mark.parametrize("name", FEATURES)
def test_a_short_sound_has_as_many_frames_as_its_melspectrogram(samples, name):
    sound = noise(samples, 1)
    got = FEATURES[name][0](sound, USUAL)
    assert len(got) == USUAL.frames(samples) and np.isfinite(got).all()
    enough = 4000 if name == "hpss" else 1000  # of three frames librosa's HPSS may be no number
    if name in TOLERANCES and samples > enough:
        assert np.abs(got - reference(name, sound, USUAL)).max() < TOLERANCES[name]
    if not samples:
        assert len(np.concatenate(list(FEATURES[name][1]([], USUAL)))) == 1


@pytest.mark.parametrize("name", FEATURES)
def test_silence_is_a_number(name):
    rows = FEATURES[name][0](np.zeros(20_000, np.float32), USUAL)
    assert np.isfinite(rows).all()
    assert np.ptp(rows, axis=0).max() <= 1e-5 * np.abs(rows).max()


@pytest.mark.parametrize("name", FEATURES)
def test_a_stream_keeps_no_more_than_it_needs(name):
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield noise(0.25, 16000)

    chunks = FEATURES[name][1](endless(), USUAL)
    frames, behind = 0, []
    while taken < 120:
        frames += len(next(chunks))
        behind.append(taken * 4000 // 512 - frames)
    assert max(behind) < 192 + 100


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 16, 21])
def test_the_median_is_the_middle_one(rows):
    values = np.random.default_rng(rows).integers(0, 9, (rows + 30, 7)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(values, 31, axis=0)
    assert np.array_equal(sliding_median(values), np.median(windows, axis=-1))


@pytest.mark.parametrize("bpm", [60, 75, 90, 100, 120, 140, 180])
def test_the_beat_histogram_finds_the_tempo_of_clicks(bpm):
    histogram = mean_beat_histogram([clicks(bpm, 20, 16000)], USUAL)
    assert TEMPI[histogram.argmax()] == bpm and histogram.shape == TEMPI.shape


def test_the_beat_histogram_finds_the_tempo_of_the_band():
    histogram = mean_beat_histogram(decode(example_path("band"), 16000), USUAL)
    assert TEMPI[histogram.argmax()] == 125


def test_the_parts_of_a_stroke_over_a_tone_lie_apart():
    sound = tone(440, 4, 16000) * 0.2 + clicks(60, 4, 16000)
    harmonic, percussive = np.split(hpss(sound, USUAL), 2, axis=1)
    # Between strokes nearly all is harmonic; at the stroke of second 2, the high bands percussive.
    assert harmonic[78].max() > 10 * percussive[78].max()
    assert percussive[62:64, 60:].max(axis=0).mean() > 3 * harmonic[62:64, 60:].max(axis=0).mean()
