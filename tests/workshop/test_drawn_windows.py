"""Drawing training windows and what they are taught, on a small corpus made here."""

from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

pytest.importorskip("torch", reason="the train extra is not installed")

from tiny_teachers import write_teachers

from earmark.errors import TrainingError
from earmark.vocabulary import official_vocabulary
from workshop.corpus import SAMPLE_RATE, Corpus, load_corpus
from workshop.targets import blend, promised, track_targets, window_targets
from workshop.voices import find_voices
from workshop.windows import (
    FRAMES,
    FRONT_END,
    SAMPLES,
    SILENT,
    draw_window,
    make_shard,
    track_weights,
    whole_frames,
)

CSV = """file,split,source,kind,tags,not_tags,mtat_tags
a.wav,train,one,music,rock;drums,no drums,
b.wav,train,two,music,,,piano:0.5;slow:0.25
c.wav,valid,two,music,flute,,
d.wav,train,one,one-shot,flute,,
"""
SECONDS = {"a": 12, "b": 9, "c": 6, "d": 1}
TAG = official_vocabulary().index


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "corpus.csv").write_text(CSV, encoding="utf-8")
    for seed, (name, seconds) in enumerate(SECONDS.items()):
        write(folder / f"{name}.wav", music(seconds, 22050, 2, seed), 22050)
    return load_corpus(folder, folder / "cache", jobs=1)


def test_the_corpus_is_decoded_once_to_16_khz(corpus: Corpus) -> None:
    lengths = np.diff(corpus.offsets) / SAMPLE_RATE
    np.testing.assert_allclose(lengths, list(SECONDS.values()), atol=1e-3)
    folder = Path(corpus.waves.filename).parents[1]
    for name in SECONDS:
        (folder / f"{name}.wav").unlink()
    again = load_corpus(folder, folder / "cache", jobs=1)
    np.testing.assert_array_equal(again.waves, corpus.waves)


def test_labels_say_what_is_known_and_only_that(corpus: Corpus) -> None:
    labels = corpus.human_labels()
    assert labels[0, TAG("rock")] == 1 and labels[0, TAG("no drums")] == 0
    assert np.isnan(labels[0, TAG("piano")])
    targets = track_targets(corpus)
    assert targets[1, TAG("piano")] == 0.5
    assert targets[1, TAG("rock")] == 0  # MagnaTagATune: not given means absent
    assert targets[0, TAG("rock")] == pytest.approx(0.5)


def test_only_training_tracks_are_drawn(corpus: Corpus) -> None:
    weights = track_weights(corpus)
    assert weights.sum() == pytest.approx(1)
    assert weights[2] == 0
    assert weights[1] > weights[0]  # MagnaTagATune songs more often
    assert weights[0] > weights[3]  # long ones more often


def test_the_same_seed_draws_the_same_window(corpus: Corpus) -> None:
    weights = track_weights(corpus)
    first, second = (draw_window(corpus, weights, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.samples, second.samples)


def test_windows_are_sound_of_the_right_length(corpus: Corpus) -> None:
    weights, rng = track_weights(corpus), np.random.default_rng(0)
    kinds = set()
    for _ in range(300):
        window = draw_window(corpus, weights, rng)
        assert window.samples.shape == (SAMPLES,) and window.samples.dtype == np.float32
        assert np.isfinite(window.samples).all() and np.abs(window.samples).max() <= 1
        kinds.add("silent" if window.track == SILENT else "mixed" if window.second >= 0 else "one")
        if window.track == SILENT:
            assert np.abs(window.samples).max() < 0.01
    assert kinds == {"silent", "mixed", "one"}
    assert whole_frames(window.samples).shape == (FRAMES, FRONT_END.n_mels)


def test_the_students_frames_are_whole() -> None:
    """A steady tone gives equal frames, also the first and the last."""
    tone = np.sin(2 * np.pi * 500 * np.arange(SAMPLES) / SAMPLE_RATE).astype(np.float32)
    mel = whole_frames(tone)
    np.testing.assert_allclose(mel[0], mel[FRAMES // 2], atol=0.02)
    np.testing.assert_allclose(mel[-1], mel[FRAMES // 2], atol=0.02)


def test_blend_is_the_weighted_mean_of_those_who_know() -> None:
    targets, weights = blend(
        np.array([[0.2, 0.2]]), np.array([1.0, 0.5]), np.array([[0.8, np.nan]])
    )
    np.testing.assert_allclose(targets, [[0.5, 0.2]], rtol=1e-6)
    np.testing.assert_allclose(weights, [[2.0, 0.5]])


def test_mixtures_keep_what_can_be_heard_in_them(corpus: Corpus) -> None:
    soft = np.full((4, 188), 0.1, np.float32)
    targets, _ = window_targets(
        corpus,
        soft,
        np.ones(188, np.float32),
        track=np.array([0, 0, 0, 0]),
        second=np.array([-1, 3, 3, 3]),
        second_db=np.array([-np.inf, -12.0, 2.0, 12.0]),
    )
    plain, softer, both, louder = targets
    assert plain[TAG("rock")] == pytest.approx((0.1 + 0.5) / 2)
    assert plain[TAG("no drums")] == pytest.approx(0.05)
    assert softer[TAG("rock")] == both[TAG("rock")] == plain[TAG("rock")]
    assert softer[TAG("flute")] == pytest.approx(0.1)  # too quiet beside the other
    assert softer[TAG("no drums")] == pytest.approx(0.1)  # absence in one says nothing of both
    assert both[TAG("flute")] == louder[TAG("flute")] == pytest.approx((0.1 + 0.5) / 2)
    assert louder[TAG("rock")] == pytest.approx(0.1)


def test_what_one_track_lacks_the_other_may_have() -> None:
    rows = [{"tags": "no vocals;solo"}, {"tags": "vocals"}, {"tags": "no vocals"}]
    blank = {"not_tags": "", "mtat_tags": "", "split": "train"}
    said = Corpus([blank | row for row in rows], np.zeros(0, np.int16), np.zeros(4, np.int64))
    targets, weights = window_targets(
        said,
        np.full((2, 188), 0.1, np.float32),
        np.ones(188, np.float32),
        track=np.array([0, 0]),
        second=np.array([1, 2]),
        second_db=np.zeros(2),
    )
    sung, unsung = targets
    assert sung[TAG("vocals")] == pytest.approx((0.1 + 0.5) / 2)
    assert sung[TAG("no vocals")] == sung[TAG("solo")] == pytest.approx(0.1)
    assert unsung[TAG("no vocals")] == pytest.approx((0.1 + 0.4) / 2)  # neither has a voice
    assert unsung[TAG("solo")] == pytest.approx(0.1)
    assert (weights[0] == 1 + (np.arange(188) == TAG("vocals"))).all()


def test_voices_are_laid_over_music_that_has_none() -> None:
    rows = [
        ("solo", "vocals", "train"),
        ("stem", "no vocals", "train"),
        ("recording", "no vocals", "train"),
        ("environment", "no vocals", "train"),
        ("recording", "vocals", "train"),
        ("solo", "vocals", "valid"),
        ("music", "rock", "train"),
    ]
    blank = {"not_tags": "", "mtat_tags": "", "source": "s"}
    said = [blank | {"kind": kind, "tags": tags, "split": split} for kind, tags, split in rows]
    seconds = np.arange(len(rows) + 1) * SAMPLE_RATE * 4
    waves = (music(4 * len(rows), SAMPLE_RATE)[:, 0] * 20000).astype(np.int16)
    made = Corpus(said, waves, seconds)
    weights = track_weights(made)
    voices = find_voices(made, weights, 0.5)
    assert np.flatnonzero(voices.alone).tolist() == [0]
    assert np.flatnonzero(voices.beds).tolist() == [1, 2]
    rng = np.random.default_rng(0)
    windows = [draw_window(made, weights, rng, voices) for _ in range(200)]
    over = [w for w in windows if w.second == 0 and w.track in (1, 2) and abs(w.second_db) < 8]
    assert 70 < len(over) < 140  # half of them, and some by chance
    never = track_weights(Corpus(said[2:], waves, seconds[2:] - seconds[2]))
    with pytest.raises(TrainingError, match=r"no training track .* is labelled as voice alone"):
        find_voices(Corpus(said[2:], waves, seconds[2:] - seconds[2]), never, 0.5)


def test_a_score_promises_what_a_listener_would_say(corpus: Corpus) -> None:
    guess = np.full((4, 188), 0.1, np.float32)
    targets, weights = promised(corpus, np.arange(4), guess, np.ones(188, np.float32))
    assert targets[0, TAG("rock")] == pytest.approx((0.1 + 0.5) / 2)  # a catalogue's tag
    assert targets[0, TAG("no drums")] == pytest.approx(0.1)  # what it rules out
    assert targets[1, TAG("piano")] == pytest.approx((0.1 + 0.5) / 2)  # half of the clips got it
    assert targets[1, TAG("rock")] == pytest.approx(0.05)
    assert weights[1, 0] == 2 and weights[0, 0] == 1


def test_a_shard_is_the_same_each_time_and_worn_windows_are_the_same_music(
    corpus: Corpus, tmp_path: Path
) -> None:
    write_teachers(tmp_path)
    cache, made = Path(corpus.waves.filename).parent, {}
    for name, wear in (("plain", 0.0), ("again", 0.0), ("worn", 0.5)):
        (tmp_path / name).mkdir()
        path = make_shard(0, cache.parent, tmp_path, cache, tmp_path / name, seed=1, wear=wear)
        with np.load(path) as shard:
            made[name] = dict(shard)
    plain, worn = made["plain"], made["worn"]
    assert all((plain[name] == made["again"][name]).all() for name in plain)
    assert (plain["track"] == worn["track"]).all() and (plain["second"] == worn["second"]).all()
    alike = (plain["mel"] == worn["mel"]).all((1, 2))
    assert 0.3 < alike.mean() < 0.7
    other = (plain["MTT_vgg"] != worn["MTT_vgg"]).any(1)
    assert not other[alike].any() and other[~alike].mean() > 0.9  # teachers hear the wear
