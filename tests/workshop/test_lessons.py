"""Batches of cached windows and of long clips: by number, in shares, with their labels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sounds import music, write

from earmark.errors import TrainingError
from earmark.training.loop.augment import draw_masks
from earmark.training.loop.checkpoint import read_log
from earmark.training.loop.fit import Fit
from earmark.training.loop.ranks import Ranks
from earmark.training.loop.run import make_optimiser, make_schedule
from earmark.training.recipes.recipe import Augmentation, load_recipe
from earmark.vocabulary import official_vocabulary
from workshop.clips import clip_lesson
from workshop.corpus import load_corpus
from workshop.distillation import TwoHeads, Windows, window_lesson
from workshop.labelled import TrackJudge
from workshop.made_of import note
from workshop.recipes import workshop_recipe
from workshop.sources import Sources
from workshop.teachers import Teachers

CSV = """file,split,source,kind,tags,not_tags,mtat_tags
a.wav,train,one,music,rock,,
b.wav,train,two,music,,,piano:0.5
c.wav,valid,two,music,flute,,
"""
CLIPS = """
[data]
kind = "clips"
frames = 682
batch = 2
clips = 4
[front_end]
sample_rate = 12000
n_fft = 1024
hop_length = 512
n_mels = 48
[architecture]
name = "cnn3"
widths = [2, 2, 2, 2, 2, 2]
[loss]
name = "normalised_crossentropy"
[optimiser]
name = "adadelta"
learning_rate = 1.0
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of three short sounds with a teacher who guesses .1, and .6 for rock."""
    (tmp_path / "corpus.csv").write_text(CSV)
    for seed, name in enumerate("abc"):
        write(tmp_path / f"{name}.wav", music(9 if name == "a" else 33, 16000, 1, seed), 16000)
    raw = np.zeros((23, 50), np.float16)
    start = np.concatenate([np.arange(n) * 3 * 16000 for n in (3, 10, 10)])
    arrays = dict.fromkeys(("MTT_musicnn", "MTT_vgg", "MSD_musicnn"), raw)
    arrays |= {"row": np.repeat([0, 1, 2], [3, 10, 10]), "start": start}
    arrays |= {"YAMNet": np.zeros((23, 521), np.float16), "mel": np.zeros((23, 94, 96), np.float16)}
    np.savez(tmp_path / "tracks-00000.npz", **arrays)
    note(tmp_path, {"corpus": load_corpus(tmp_path, tmp_path / "cache", jobs=1).sound})
    return tmp_path


def guesses_rock(self: Teachers, raw: dict[str, np.ndarray]) -> np.ndarray:
    guess = np.full((len(raw["YAMNet"]), 188), 0.1, np.float32)
    guess[:, official_vocabulary().index("rock")] = 0.6
    return guess


def test_clips_are_cut_labelled_and_learned(corpus: Path, monkeypatch) -> None:
    monkeypatch.setattr(Teachers, "merge", guesses_rock)
    monkeypatch.setattr(Teachers, "confidence", lambda self: np.ones(188, np.float32))
    (corpus / "r.toml").write_text(CLIPS)
    recipe = load_recipe(corpus / "r.toml")
    sources = Sources(corpus=corpus, teachers=corpus, cache=corpus / "cache", tracks=corpus)
    lesson = clip_lesson(recipe, sources, Ranks())
    assert lesson.batches.steps == 2
    mel, label, weight = lesson.batches(0, 1, slice(None))
    assert mel.shape == (2, 682, 48) and label.shape == weight.shape == (2, 188)
    for one, other in zip((mel, label, weight), lesson.batches(0, 1, slice(None)), strict=True):
        torch.testing.assert_close(one, other)
    torch.testing.assert_close(lesson.batches(0, 1, slice(1, None, 2))[0], mel[1::2])
    labels = torch.cat([lesson.batches(epoch, 0, slice(None))[1] for epoch in range(10)])
    rock = labels[:, official_vocabulary().index("rock")].unique()
    assert {round(float(value), 3) for value in rock} == {0.55, 0.3}  # (.6 + .5) / 2, .6 / 2
    optimiser = make_optimiser(recipe, lesson.network)
    fit = Fit(
        network=lesson.network,
        batches=lesson.batches,
        loss=lesson.loss,
        optimiser=optimiser,
        schedule=make_schedule(recipe, optimiser, lesson.batches.steps),
        folder=corpus / "run",
        rules=recipe.changed(epochs=1).schedule,
    )
    fit.run()
    assert (corpus / "run" / "weights.safetensors").exists()


def windows(n: int = 10) -> dict[str, np.ndarray]:
    """Windows whose numbers are their place."""
    place = np.arange(n, dtype=np.float16)[:, None]
    data = {name: place for name in ("target", "weight", "raw")}
    return {"mel": np.ones((n, 20, 8), np.float16) * place[:, :, None] + 1, **data}


def test_windows_come_once_an_epoch_with_their_own_labels() -> None:
    batches = Windows(windows(), 3, Augmentation(), seed=1)
    assert batches.steps == 3
    seen = []
    for step in range(batches.steps):
        mel, target, *_ = batches(0, step, slice(None))
        torch.testing.assert_close(mel[:, 0, 0] - 1, target[:, 0])
        seen += target[:, 0].tolist()
    assert len(set(seen)) == 9


def test_masks_are_the_same_for_a_share() -> None:
    rules = Augmentation(time_masks=2, time_mask=6, mel_masks=1, mel_mask=3)
    batches = Windows(windows(), 6, rules, seed=1)
    whole = batches(2, 0, slice(None))
    assert (whole[0] == 0).any() and (whole[0] != 0).any()
    for one, other in zip(batches(2, 0, slice(1, None, 2)), whole, strict=True):
        torch.testing.assert_close(one, other[1::2])


def test_masks_are_no_wider_than_said_and_reach_both_edges() -> None:
    rules = Augmentation(time_masks=1, time_mask=4, mel_masks=1, mel_mask=99)
    masks = draw_masks(rules, (500, 12, 6), np.random.default_rng(0))
    widths = masks.frames[..., 1] - masks.frames[..., 0]
    assert set(widths.ravel()) == set(range(5))
    assert masks.frames.min() == 0 and masks.frames.max() == 12
    assert masks.bands.max() == 6  # a mask wider than the window blanks all of it


def test_the_second_head_is_folded_into_the_shipped_network() -> None:
    class Net(torch.nn.Module):
        activation = "sigmoid"

        def __init__(self) -> None:
            super().__init__()
            self.head = torch.nn.Linear(4, 188)

        def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return self.head(mel), mel

    model = TwoHeads(Net(), 7)
    mel = torch.rand(3, 4)
    tags, raw = model(mel)
    assert tags.shape == (3, 188) and raw.shape == (3, 7)
    # Two teachers of one tag, the guitar: outputs 0 and 1 of the other head.
    guitar, piano = map(official_vocabulary().index, ("guitar", "piano"))
    folded, _ = model.folded([guitar], 0.25, 0.5)(mel)
    torch.testing.assert_close(folded[:, piano], tags[:, piano])
    said = (raw[:, 0] + raw[:, 1]) / 4 + raw[:, -1] / 2  # and the probe's last
    torch.testing.assert_close(folded[:, guitar], 0.75 * tags[:, guitar] + 0.25 * said)
    torch.testing.assert_close(model(mel)[0], tags)


def test_windows_of_another_front_end_are_refused(corpus: Path) -> None:
    (corpus / "r.toml").write_text(CLIPS.replace('"clips"', '"windows"'))
    sources = Sources(corpus=corpus, teachers=corpus, windows=corpus)
    with pytest.raises(TrainingError, match="cached windows have 94 frames"):
        window_lesson(load_recipe(corpus / "r.toml"), sources, Ranks())
    with pytest.raises(
        TrainingError, match=r"no labelled windows lie there; .*workshop\.windows makes them"
    ):
        window_lesson(workshop_recipe("elder"), sources, Ranks())
    np.savez(corpus / "windows-00000.npz", mel=np.zeros(0))
    without = replace(sources, tracks=corpus, worn=corpus / "worn")
    with pytest.raises(TrainingError, match=r"worn: no labelled .*workshop\.worn makes them"):
        window_lesson(workshop_recipe("elder"), without, Ranks())


def test_valid_tracks_judge_by_what_people_said(corpus: Path) -> None:
    tracks = load_corpus(corpus, corpus / "cache", jobs=1)
    mel = np.zeros((5, 94, 96), np.float16)
    judge = TrackJudge(tracks, {"row": np.array([0, 1, 2, 2, 2]), "mel": mel})
    assert len(judge) == 1

    class Sure(torch.nn.Module):
        activation = "sigmoid"

        def __init__(self, chance: float) -> None:
            super().__init__()
            self.logit = torch.nn.Parameter(torch.logit(torch.tensor(chance)))

        def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            assert mel.shape[1:] == (94, 96)
            return self.logit.expand(len(mel), 188), mel

    # Only one tag of one track is known, a flute, which is taught as .5.
    wanted = -(0.5 * np.log(0.7) + 0.5 * np.log(0.3))
    assert judge(Sure(0.7))["valid_loss"] == pytest.approx(wanted, abs=1e-5)
    assert np.isnan(judge(Sure(0.7))["roc_auc"])


def test_clips_teach_a_network_of_sigmoids(corpus: Path, monkeypatch) -> None:
    monkeypatch.setattr(Teachers, "merge", guesses_rock)
    monkeypatch.setattr(Teachers, "confidence", lambda self: np.ones(188, np.float32))
    text = CLIPS.replace('"cnn3"\nwidths = [2, 2, 2, 2, 2, 2]', '"crnn"\nwidths = [2, 2, 2, 2]')
    text = text.replace("normalised_crossentropy", "weighted_binary_crossentropy")
    text = text.replace('"adadelta"\nlearning_rate = 1.0', '"adam"\nlearning_rate = 0.02')
    (corpus / "r.toml").write_text(text + '[schedule]\nname = "one-cycle"\nepochs = 6\n')
    recipe = load_recipe(corpus / "r.toml")
    sources = Sources(corpus=corpus, teachers=corpus, cache=corpus / "cache", tracks=corpus)
    lesson = clip_lesson(recipe, sources, Ranks())
    assert lesson.network.activation == "sigmoid"
    flute = lesson.network.head.bias[official_vocabulary().index("flute")]
    assert flute.sigmoid().item() == pytest.approx(0.1)  # as common as the teacher guesses
    before = lesson.network.head.weight.detach().clone()
    optimiser = make_optimiser(recipe, lesson.network)
    assert type(optimiser) is torch.optim.Adam
    fit = Fit(
        network=lesson.network,
        batches=lesson.batches,
        loss=lesson.loss,
        optimiser=optimiser,
        schedule=make_schedule(recipe, optimiser, lesson.batches.steps),
        folder=corpus / "run",
        rules=recipe.schedule,
    )
    fit.run()
    assert all(0 < epoch["loss"] < 0.5 for epoch in read_log(corpus / "run"))
    assert not torch.equal(lesson.network.head.weight, before)


def test_adadelta_may_go_through_one_cycle() -> None:
    recipe = load_recipe("original")
    network = torch.nn.Linear(2, 2)
    cycle = replace(recipe, schedule=replace(recipe.schedule, name="one-cycle", epochs=1))
    schedule = make_schedule(cycle, make_optimiser(cycle, network), 10)
    assert schedule.get_last_lr()[0] < recipe.optimiser.learning_rate
