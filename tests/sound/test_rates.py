"""Sample rates are whole numbers of Hz from 1 kHz to 1 MHz; anything else is one sentence."""

import numpy as np
import pytest
from sounds import decoded, music, write

from earmark.errors import SoundError
from earmark.sound import Samples, decode
from earmark.sound.melspectrogram import FrontEnd
from earmark.sound.rates import checked_rate
from earmark.tagging.given import sound_given

SLIPS = [1, 0, -44100, 999, 1_000_001, 44.1, 44100.5, float("nan"), float("inf")]
SLIPS += ["44100", None, True, [44100], 44100 + 0j]
GOOD = [1000, 1_000_000, 44100, 44100.0, np.int64(44100), np.float32(44100)]
WORDS = "expected Hz, a whole number from 1000 to 1000000"


@pytest.mark.parametrize("rate", GOOD)
def test_a_whole_number_of_hz_is_a_rate_whatever_holds_it(rate) -> None:
    assert checked_rate(rate) == rate and type(checked_rate(rate)) is int
    front_end = FrontEnd(rate, 512, 256, 8)
    assert type(front_end.sample_rate) is int
    assert len(decoded(Samples(np.ones(2000, np.float32), rate), checked_rate(rate))[0]) == 2000


@pytest.mark.parametrize("rate", SLIPS)
def test_a_slip_is_one_sentence_wherever_it_is_made(rate) -> None:
    samples = music(0.1, 44100)
    with pytest.raises(ValueError, match=WORDS):
        FrontEnd(rate, 512, 256, 8)
    with pytest.raises(ValueError, match=f"sound in memory: cannot be decoded to .*{WORDS}"):
        decode(Samples(samples, 44100), rate)
    with pytest.raises(SoundError, match=WORDS):
        list(decode(Samples(samples, rate), 16000))


@pytest.mark.parametrize("rate", [100, 999, 1_000_001, 2_000_000])
@pytest.mark.parametrize("suffix", ["wav", "aiff", "au", "caf"])
def test_a_file_with_such_a_rate_is_one_sentence(tmp_path, rate, suffix) -> None:
    path = write(tmp_path / f"a.{suffix}", music(0.1, 44100), rate, "PCM_16")
    for source in (path, path.read_bytes()):
        with pytest.raises(SoundError, match=f"a sample rate of {rate}; {WORDS}"):
            list(decode(source, 16000))


@pytest.mark.parametrize("rate", [1000, 192_000, 1_000_000])
def test_a_file_at_the_edges_is_heard(tmp_path, rate) -> None:
    path = write(tmp_path / "a.wav", music(1, rate), rate)
    got, warned = decoded(path, 16000)
    assert len(got) == pytest.approx(16000, abs=2) and not warned


@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "int16"])
def test_tensors_are_samples_and_need_a_rate_too(kind) -> None:
    torch = pytest.importorskip("torch")
    samples = music(1, 16000, 2)
    scale = 32767 if kind == "int16" else 1
    tensor = torch.from_numpy(samples * np.float32(scale)).to(getattr(torch, kind))
    for given in (tensor, tensor.T, tensor.T.contiguous()):
        got, warned = decoded(sound_given(given, 16000), 16000)
        assert np.allclose(got, samples.mean(axis=1), atol=1e-3) and not warned
        with pytest.raises(SoundError, match="samples need their sample rate"):
            sound_given(given, None)
        with pytest.raises(SoundError, match=WORDS):
            list(decode(sound_given(given, 44.1), 16000))
    learning = torch.from_numpy(samples).requires_grad_()
    assert np.array_equal(sound_given(learning, 16000).samples, samples)
