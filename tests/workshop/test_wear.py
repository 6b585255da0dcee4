"""Rooms, loudspeakers, noise and codecs: the same music, as long and as loud."""

from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

pytest.importorskip("torch", reason="the train extra is not installed")

from workshop.corpus import SAMPLE_RATE, load_corpus
from workshop.made_of import note
from workshop.tracks import cut, load_tracks
from workshop.wear import CODECS, KINDS, in_a_room, rms, through_a_loudspeaker, worn
from workshop.windows import SAMPLES, whole_frames, write_shard
from workshop.worn import wear_shard


def tone(hz: float, seconds: float = 1) -> np.ndarray:
    """A sine at half of full scale."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.5 * np.sin(2 * np.pi * hz * time)).astype(np.float32)


@pytest.fixture(scope="module")
def song() -> np.ndarray:
    return music(SAMPLES / SAMPLE_RATE, SAMPLE_RATE)[:, 0].astype(np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_music_sounds_as_long_and_as_loud(kind: str, song: np.ndarray) -> None:
    for seed in range(6):  # of codecs, two draws each on average
        heard = KINDS[kind](song, np.random.default_rng(seed))
        assert heard.shape == song.shape and heard.dtype == np.float32
        assert rms(heard) == pytest.approx(rms(song), rel=0.15)
        assert not np.allclose(heard, song, atol=1e-4)
        together = np.corrcoef(whole_frames(heard).ravel(), whole_frames(song).ravel())[0, 1]
        assert together > 0.7


def test_every_codec_keeps_the_place_of_a_sound() -> None:
    """A burst in silence is heard when it was played, also where MP3 adds its delay."""
    burst = np.zeros(SAMPLES, np.float32)
    burst[20000:24000] = tone(800)[:4000]
    places = []
    for seed in range(3 * len(CODECS)):
        heard = KINDS["codec"](burst, np.random.default_rng(seed))
        together = np.correlate(heard[18000:26000], burst[20000:24000], "valid")
        places.append(int(np.abs(together).argmax()) - 2000)
    assert np.abs(places).max() < 40  # 2.5 ms, two periods


def test_a_room_sounds_on_and_loses_high_notes_first() -> None:
    clap = np.zeros(SAMPLE_RATE, np.float32)
    clap[0] = 1
    heard = in_a_room(clap, np.random.default_rng(0))
    power = heard.reshape(-1, 160).astype(np.float64) ** 2
    decay = power.sum(1)
    assert decay[0] > decay[5] > decay[20] > 0

    def high_share(piece: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(piece)) ** 2
        return float(spectrum[len(spectrum) // 2 :].sum() / spectrum.sum())

    assert high_share(heard[1:800]) > 1.5 * high_share(heard[1600:2400])


def test_a_loudspeaker_takes_lows_and_highs() -> None:
    low, middle, high = tone(30), tone(1000), tone(7900)
    shares = []
    for seed in range(8):
        heard = through_a_loudspeaker(low + middle + high, np.random.default_rng(seed))
        spectrum = np.abs(np.fft.rfft(heard))
        shares.append(spectrum[[30, 7900]] / spectrum[1000])
    assert np.max(shares) < 1 and (np.mean(shares, 0) < 0.5).all()


def test_silence_stays_almost_silent_and_loud_sound_in_range(song: np.ndarray) -> None:
    for seed in range(20):
        quiet = worn(np.zeros(SAMPLES, np.float32), np.random.default_rng(seed))
        assert np.abs(quiet).max() < 1e-3
        loud = worn(np.sign(song), np.random.default_rng(seed))
        assert np.isfinite(loud).all() and np.abs(loud).max() <= 1


def test_the_same_draw_wears_alike(song: np.ndarray) -> None:
    first, second = (worn(song, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_worn_windows_keep_what_teachers_said_of_clean_ones(tmp_path: Path) -> None:
    (tmp_path / "corpus.csv").write_text("file,split\na.wav,train\nb.wav,train\n")
    for seed, name in enumerate("ab"):
        write(tmp_path / f"{name}.wav", music(8, SAMPLE_RATE, 1, seed), SAMPLE_RATE)
    corpus = load_corpus(tmp_path, tmp_path / "cache", jobs=1)
    row, start = np.array([0, 0, 1], np.int32), np.array([0, 47872, 0], np.int32)
    clean = [whole_frames(cut(corpus.samples(r), s)) for r, s in zip(row, start, strict=True)]
    said = np.random.default_rng(0).random((3, 50)).astype(np.float16)
    mel = np.stack(clean).astype(np.float16)
    arrays = {"row": row, "start": start, "mel": mel, "MTT_vgg": said}
    shard = tmp_path / "tracks-00000.npz"
    write_shard(shard, arrays)
    note(tmp_path, {"corpus": corpus.sound})
    out = tmp_path / "worn"
    out.mkdir()
    made = wear_shard(shard, tmp_path, tmp_path / "cache", out, seed=0)
    written = made.stat().st_mtime_ns
    found = load_tracks(out, corpus)
    for name in ("row", "start", "MTT_vgg"):
        np.testing.assert_array_equal(found[name], arrays[name])
    assert not np.allclose(found["mel"], mel, atol=0.1)
    for worn_mel, clean_mel in zip(found["mel"], mel, strict=True):
        assert np.corrcoef(worn_mel.ravel(), clean_mel.ravel())[0, 1] > 0.5
    again = wear_shard(shard, tmp_path, tmp_path / "cache", out, seed=0)
    assert again.stat().st_mtime_ns == written
