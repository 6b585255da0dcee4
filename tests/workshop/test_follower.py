"""A student with a coarser front end comes to say what a shipped model says, in its embedding."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

pytest.importorskip("torch", reason="the train extra is not installed")

import torch
from tiny_teachers import write_teachers

from earmark.errors import TrainingError
from earmark.sound.melspectrogram import melspectrogram
from earmark.tagging.network import Network
from earmark.training.loop.losses import weighted_binary_crossentropy
from earmark.training.loop.ranks import Ranks
from earmark.zoo import find_model
from workshop import heard, tracks
from workshop.corpus import load_corpus
from workshop.follower import EchoJudge, follower_lesson, lesson_of, take_last_layer
from workshop.heard import DRAWN, OWN, load_heard
from workshop.recipes import workshop_recipe
from workshop.sources import Sources
from workshop.windows import SAMPLES, whole_frames

SPLITS = ("train", "valid")
HEAD = "file,split,source,kind,artist,group,tags,not_tags,mtat_tags\n"
RECIPE = workshop_recipe("default")
COARSE = RECIPE.front_end
OPTIONS = RECIPE.architecture.options | {"embedding": 128}
LIKE_VOICENET = replace(RECIPE, architecture=replace(RECIPE.architecture, options=OPTIONS))


def noisy(seconds: float, seed: int = 0) -> np.ndarray:
    """Noise at 16 kHz."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.1, round(seconds * 16000)).astype(np.float32)


LAYER, OFFSET = np.random.default_rng(1).normal(0, 0.1, (192, 188)), -2.0


def said(n: int = 32) -> dict[str, np.ndarray]:
    """Windows of noise with what a model of that last layer says of them, as batches have them."""
    rng = np.random.default_rng(0)
    mel = rng.uniform(0, 3, (n, RECIPE.data.frames, COARSE.bands))
    embedding = rng.normal(0, 1, (n, 192)).clip(0)
    scores = 1 / (1 + np.exp(-(embedding @ LAYER + OFFSET)))
    arrays = {"mel": mel, "target": scores, "weight": np.ones_like(scores), "raw": embedding}
    return {name: array.astype(np.float16) for name, array in arrays.items()}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of two sounds, one of each split; a shard of drawn windows has four."""
    monkeypatch.setattr(heard, "WINDOWS_A_SHARD", 4)
    for seed, name in enumerate("ab"):
        write(tmp_path / f"{name}.wav", music(7, 16000, 1, seed), 16000)
    both = zip("ab", SPLITS, strict=True)
    rows = [f"{name}.wav,{split},s,song,,{name},rock,,\n" for name, split in both]
    (tmp_path / "corpus.csv").write_text(HEAD + "".join(rows))
    return tmp_path


def hear(folder: Path, model: str = "voicenet") -> None:
    """Draw four windows of the corpus in `folder` and let a model hear them."""
    where = ["--corpus", str(folder), "--cache", str(folder / "cache"), "-o", str(folder / "heard")]
    some = ["--count", "4", "--voices", "0", "--wear", ".5", "--jobs", "1", "--model", model]
    heard.main(["default", *where, *some])


def test_frames_of_a_window_hear_what_they_hear_in_the_midst_of_a_song() -> None:
    song = noisy(8)
    first = 16 * COARSE.hop_length
    inside = whole_frames(song[first : first + SAMPLES], COARSE, RECIPE.data.frames)
    wanted = melspectrogram(song, COARSE)[17 : 17 + RECIPE.data.frames]
    np.testing.assert_allclose(inside, wanted, atol=1e-5)
    with pytest.raises(TrainingError, match="no 48 whole frames"):
        whole_frames(song[:SAMPLES], COARSE, 48)


def test_a_shard_holds_what_the_model_says_of_the_very_sound(corpus: Path) -> None:
    hear(corpus)
    sound = load_corpus(corpus, corpus / "cache", 1)
    own = load_heard(corpus / "heard", OWN, sound, COARSE, RECIPE.data.frames)
    drawn = load_heard(corpus / "heard", DRAWN, sound, COARSE, RECIPE.data.frames)
    assert own["track"].tolist() == [0, 0, 0, 1, 1, 1]
    assert set(drawn["track"]) <= {0, -1} and len(drawn["mel"]) == 4  # of the train split alone
    samples = sound.samples(1)[:SAMPLES].astype(np.float32) / 32768
    scores, embedding = Network(find_model("voicenet"))(whole_frames(samples)[None])
    np.testing.assert_allclose(own["score"][3], scores[0], atol=2e-3)
    np.testing.assert_allclose(own["embedding"][3], embedding[0], rtol=2e-3, atol=2e-3)
    mel = whole_frames(samples, COARSE, RECIPE.data.frames)
    np.testing.assert_allclose(own["mel"][3], mel, rtol=1e-3, atol=1e-3)


def test_windows_serve_only_the_front_end_that_they_were_made_for(corpus: Path) -> None:
    hear(corpus)
    sound = load_corpus(corpus, corpus / "cache", 1)
    with pytest.raises(TrainingError, match="another front_end"):
        load_heard(corpus / "heard", OWN, sound, replace(COARSE, n_mels=48), RECIPE.data.frames)
    with pytest.raises(TrainingError, match="cnn3: hears other windows"):
        hear(corpus, "cnn3")
    with pytest.raises(TrainingError, match="made of another model"):
        hear(corpus, "ar")


def test_the_last_layer_is_that_of_the_model() -> None:
    data, layer = said(400), torch.nn.Linear(192, 188)
    take_last_layer(layer, data["raw"].astype(np.float64), data["target"].astype(np.float64))
    np.testing.assert_allclose(layer.weight.detach().numpy(), LAYER.T, atol=2e-3)
    np.testing.assert_allclose(layer.bias.detach().numpy(), OFFSET, atol=2e-2)


def test_the_loss_is_that_of_the_tags_and_of_the_embedding() -> None:
    data = said()
    lesson = lesson_of(RECIPE, data)
    batch = tuple(torch.from_numpy(data[name].astype(np.float32)) for name in data)
    target, embedding = batch[1], batch[3]
    logits = torch.logit(target.clamp(1e-4, 1 - 1e-4))
    alone = weighted_binary_crossentropy(logits, target, torch.ones_like(target))
    assert lesson.loss(lambda mel: (logits, embedding), batch) == pytest.approx(float(alone))
    spread = data["raw"].astype(np.float64).var(0).mean()
    off = lesson.loss(lambda mel: (logits, embedding + float(np.sqrt(spread))), batch)
    assert float(off - alone) == pytest.approx(RECIPE.loss.raw_weight, rel=1e-3)


def test_an_embedding_of_another_size_is_refused() -> None:
    data = said()
    data["raw"] = data["raw"][:, :100]
    with pytest.raises(TrainingError, match="192 numbers, that of the model it follows 100"):
        lesson_of(RECIPE, data)


def test_who_says_the_same_agrees() -> None:
    data = said()

    class Echo(torch.nn.Module):
        activation = "sigmoid"

        def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            scores = torch.from_numpy(data["target"].astype(np.float32)) ** self.power
            return torch.logit(scores.clamp(1e-6, 1 - 1e-6)), mel

    judge, echo = EchoJudge({"mel": data["mel"], "score": data["target"]}), Echo()
    echo.power = 1
    same = judge(echo)
    echo.power = 3
    other = judge(echo)
    assert same["agreement"] == pytest.approx(1, abs=1e-3)
    assert other["agreement"] < 0.99
    assert same["valid_loss"] < other["valid_loss"]


def test_valid_tracks_judge_and_are_not_learned(corpus: Path) -> None:
    hear(corpus)
    sources = Sources(corpus=corpus, cache=corpus / "cache", heard=corpus / "heard")
    lesson = follower_lesson(LIKE_VOICENET, sources, Ranks())
    assert lesson.facts["windows"] == 3 + 4
    assert {"valid_loss", "agreement", "agreement_top50"} <= lesson.validate(lesson.network).keys()


def test_music_without_labels_is_learned_beside(corpus: Path) -> None:
    hear(corpus)
    more = corpus / "more"
    more.mkdir()
    write(more / "c.wav", music(7, 16000, 1, 5), 16000)
    (more / "corpus.csv").write_text(HEAD + "c.wav,train,t,unlabelled,,,,,\n")
    where = ["--corpus", str(more), "--cache", str(more), "-o", str(more / "heard")]
    rest = ["--count", "4", "--voices", "0", "--jobs", "1", "--model", "voicenet"]
    heard.main(["default", *where, *rest])
    sources = Sources(corpus=corpus, cache=corpus / "cache", heard=corpus / "heard", more=more)
    lesson = follower_lesson(LIKE_VOICENET, sources, Ranks())
    assert lesson.facts["windows"] == 3 + 4 + 3 + 4
    learned = lesson.batches.data
    last = load_heard(more / "heard", DRAWN, load_corpus(more, more, 1), COARSE, 47)
    np.testing.assert_array_equal(learned["target"][-4:], last["score"])
    np.testing.assert_array_equal(learned["mel"][-4:], last["mel"])


def test_teachers_may_be_asked_of_one_split_alone(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "FILES_A_SHARD", 1)
    sound = load_corpus(corpus, corpus / "cache", 1)
    for name in ("teachers", "labelled"):
        (corpus / name).mkdir()
    write_teachers(corpus / "teachers")
    for number in range(2):
        where = (corpus, corpus / "teachers", corpus / "cache", corpus / "labelled")
        tracks.make_shard(number, *where, split="valid")
    labelled = tracks.load_tracks(corpus / "labelled", sound)
    assert set(labelled["row"]) == {1}
    assert len(labelled["MTT_vgg"]) == len(labelled["row"])
