"""The numpy front end gives librosa's numbers, in one piece and as a stream."""

import warnings

import librosa
import numpy as np
import pytest
from sounds import sweep

from earmark.sound import FrontEnd, melspectrogram, melspectrogram_stream
from earmark.sound.melspectrogram import hz_to_mel, mel_filterbank, mel_to_hz, power_stream

FRONT_ENDS = [
    FrontEnd(12000, 1024, 512, 48),
    FrontEnd(12000, 1024, 512, 96),
    FrontEnd(12000, 512, 256, 96),
    FrontEnd(16000, 512, 256, 96),
    FrontEnd(16000, 1024, 512, 96),
]
ANY = FRONT_ENDS[0]
each_front_end = pytest.mark.parametrize(
    "front_end",
    FRONT_ENDS,
    ids=lambda it: f"{it.sample_rate}-{it.n_fft}-{it.hop_length}-{it.n_mels}",
)


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, samples).astype(np.float32)


def sine(rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate).astype(np.float32)


def square(rate: int) -> np.ndarray:
    return np.where(np.arange(3 * rate) // 40 % 2, 1, -1).astype(np.float32)


SOUNDS = {
    "noise": lambda rate: noise(3 * rate),
    "sine": sine,
    "silence": lambda rate: np.zeros(3 * rate, np.float32),
    "full-scale square": square,
    "sweep": lambda rate: sweep(3, rate, 0.49),
    "noise at -80 dB": lambda rate: 1e-4 * noise(3 * rate),
}


def reference(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """The same by librosa, in double precision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # empty mel bands, sounds shorter than a frame
        mel = librosa.feature.melspectrogram(
            y=samples.astype(np.float64),
            sr=front_end.sample_rate,
            n_fft=front_end.n_fft,
            hop_length=front_end.hop_length,
            n_mels=front_end.n_mels,
        )
    return np.log10(1 + 10_000 * mel).T


def streamed(samples: np.ndarray, lengths: list[int], front_end: FrontEnd) -> np.ndarray:
    """Frames of the samples cut into blocks of these lengths."""
    blocks = np.split(samples, np.cumsum(lengths)[:-1])
    chunks = list(melspectrogram_stream(iter(blocks), front_end))
    assert all(len(chunk) for chunk in chunks)
    return np.concatenate(chunks)


def random_lengths(total: int, longest: int, seed: int) -> list[int]:
    lengths = np.random.default_rng(seed).integers(0, longest + 1, 20 * total // longest + 20)
    kept = lengths[: np.searchsorted(np.cumsum(lengths), total)].tolist()
    return [*kept, total - sum(kept)]


@each_front_end
@pytest.mark.parametrize("sound", SOUNDS)
def test_frames_equal_those_of_librosa(front_end, sound):
    samples = SOUNDS[sound](front_end.sample_rate)
    got = melspectrogram(samples, front_end)
    wanted = reference(samples, front_end)
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).max() < 1e-4


@each_front_end
def test_the_filterbank_equals_that_of_librosa(front_end):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = librosa.filters.mel(
            sr=front_end.sample_rate, n_fft=front_end.n_fft, n_mels=front_end.n_mels
        ).T
    got = mel_filterbank(front_end)
    assert got.shape == wanted.shape == (1 + front_end.n_fft // 2, front_end.n_mels)
    assert got.dtype == np.float32
    assert np.abs(got - wanted).max() < 1e-6 * wanted.max()


def test_the_mel_scale_equals_that_of_librosa_both_ways():
    hz = np.linspace(0, 24000, 5000)
    assert np.allclose(hz_to_mel(hz), librosa.hz_to_mel(hz), atol=1e-9)
    assert np.allclose(mel_to_hz(hz_to_mel(hz)), hz, atol=1e-6)
    assert hz_to_mel(1000) == pytest.approx(15)


@each_front_end
@pytest.mark.parametrize("longest", [1, 7, 255, 513, 2000, 20_000])
def test_a_stream_in_blocks_of_any_length_equals_the_whole(front_end, longest):
    samples = noise(3001 if longest < 10 else 12_345, seed=longest)
    lengths = random_lengths(len(samples), longest, seed=longest)
    got = streamed(samples, lengths, front_end)
    assert np.array_equal(got.shape, (front_end.frames(len(samples)), front_end.n_mels))
    assert np.abs(got - melspectrogram(samples, front_end)).max() < 1e-5


def test_power_that_was_given_keeps_its_numbers_when_more_is_asked_for():
    samples = noise(30_000)
    first, *rest = power_stream([samples], ANY)
    assert rest and np.array_equal(first, next(iter(power_stream([samples], ANY))))


@pytest.mark.parametrize("cut", [0, 1, 511, 512, 513, 1023, 1024, 1025, 4095])
def test_a_stream_cut_anywhere_equals_the_whole(cut):
    samples = noise(4096)
    got = streamed(samples, [cut, 4096 - cut], ANY)
    assert np.abs(got - melspectrogram(samples, ANY)).max() < 1e-5


def test_a_long_sound_has_no_seams_between_chunks_of_frames():
    samples = noise(60 * 12000)
    got = melspectrogram(samples, ANY)
    assert np.abs(got - reference(samples, ANY)).max() < 1e-4


@pytest.mark.parametrize("samples", [0, 1, 2, 255, 511, 512, 513, 1023, 1024, 1025])
def test_a_sound_shorter_than_a_frame_has_frames(samples):
    sound = noise(samples)
    got = melspectrogram(sound, ANY)
    assert got.shape == (ANY.frames(samples), ANY.n_mels)
    if samples:
        assert np.abs(got - reference(sound, ANY)).max() < 1e-4
    else:
        assert not got.any()


def test_a_stream_without_blocks_is_one_frame_of_silence():
    got = np.concatenate(list(melspectrogram_stream([], ANY)))
    assert got.shape == (1, ANY.n_mels) and not got.any()


@each_front_end
def test_frames_counts_what_comes_out(front_end):
    for samples in [0, 1, front_end.hop_length - 1, front_end.hop_length, 10_000, 48_000]:
        assert len(melspectrogram(noise(samples), front_end)) == front_end.frames(samples)


def test_frames_and_seconds_are_in_hops():
    assert [ANY.frames(samples) for samples in (0, 511, 512, 12000)] == [1, 1, 2, 24]
    assert ANY.seconds(24) == pytest.approx(24 * 512 / 12000)


@pytest.mark.parametrize("hop_length", [100, 333, 1024])
def test_any_hop_up_to_a_frame_equals_librosa(hop_length):
    front_end = FrontEnd(16000, 1024, hop_length, 40)
    samples = noise(12_345)
    got = streamed(samples, random_lengths(12_345, 700, seed=1), front_end)
    wanted = reference(samples, front_end)
    assert got.shape == wanted.shape and np.abs(got - wanted).max() < 1e-4


@pytest.mark.parametrize("hop_length", [1025, 1536, 3000])
def test_a_hop_longer_than_a_frame_equals_librosa_or_is_refused(hop_length):
    try:
        front_end = FrontEnd(16000, 1024, hop_length, 40)
    except ValueError:
        return
    samples = noise(12_345)
    wanted = reference(samples, front_end)
    for longest in (700, 20_000):
        got = streamed(samples, random_lengths(12_345, longest, seed=1), front_end)
        assert got.shape == wanted.shape and np.abs(got - wanted).max() < 1e-4


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_frames_are_float32_whatever_the_samples_are(dtype):
    samples = (10 * noise(5000)).astype(dtype)
    assert melspectrogram(samples, ANY).dtype == np.float32
    assert {chunk.dtype for chunk in melspectrogram_stream([samples, samples], ANY)} == {
        np.dtype(np.float32)
    }


def test_a_block_may_be_overwritten_after_it_was_taken():
    samples = noise(6000)
    buffer = np.empty(100, np.float32)

    def reused():
        for first in range(0, 6000, 100):
            buffer[:] = samples[first : first + 100]
            yield buffer

    got = np.concatenate(list(melspectrogram_stream(reused(), ANY)))
    assert np.abs(got - melspectrogram(samples, ANY)).max() < 1e-5


def test_the_samples_are_left_as_they_are():
    samples = noise(5000)
    before = samples.copy()
    melspectrogram(samples, ANY)
    assert np.array_equal(samples, before)


def test_a_stream_yields_frames_before_its_end():
    def endless():
        while True:
            yield noise(5000)

    frames = melspectrogram_stream(endless(), ANY)
    assert sum(len(next(frames)) for _ in range(10)) > 80


@pytest.mark.parametrize(
    "sizes",
    [
        (0, 1024, 512, 96),
        (16000, 0, 512, 96),
        (16000, 1023, 512, 96),
        (16000, 1024, 0, 96),
        (16000, 1024, 512, 0),
        (-16000, 1024, 512, 96),
        (16000, -1024, 512, 96),
        (16000, 1024, -512, 96),
        (16000, 1024, 512, -96),
    ],
)
def test_a_front_end_of_senseless_sizes_is_refused(sizes):
    with pytest.raises(ValueError, match=r"front end|sample rate"):
        FrontEnd(*sizes)


def test_front_ends_are_equal_by_their_sizes_and_can_be_keys():
    assert FrontEnd(12000, 1024, 512, 48) == ANY
    assert len({*FRONT_ENDS, FrontEnd(12000, 1024, 512, 48)}) == 5
    with pytest.raises(AttributeError):
        ANY.n_mels = 3
