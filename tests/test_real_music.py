"""Real songs and real labels, where the shared folders lie beside the checkout."""

import csv

import numpy as np
import pytest
from command import ROOT

from earmark.evaluation.metrics import countable, evaluate
from earmark.tagging import Tagger
from earmark.vocabulary import official_vocabulary
from earmark.zoo import find_model

CORPUS = ROOT.parent / "shared" / "corpus"
CLIPS = ROOT.parent / "shared" / "mtat"
TOP = "tags_top50.txt"

needs_corpus = pytest.mark.skipif(
    not (CORPUS / "corpus.csv").exists() or not (CLIPS / TOP).exists(),
    reason="the corpus of real music is not there",
)
needs_clips = pytest.mark.skipif(
    not (CLIPS / "clips.csv").exists(), reason="the real MagnaTagATune clips are not there"
)


def rows(path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@needs_corpus
@pytest.mark.parametrize("model", ["default", "cnn3"])
def test_the_card_tells_what_these_weights_reach(model: str) -> None:
    songs = [r for r in rows(CORPUS / "corpus.csv") if r["split"] == "valid" and r["mtat_tags"]]
    names = (CLIPS / TOP).read_text("utf-8").split("\n")[:50]
    truth = np.array(
        [
            [
                name in {pair.rpartition(":")[0] for pair in song["mtat_tags"].split(";")}
                for name in names
            ]
            for song in songs
        ]
    )
    tagger = Tagger(model)
    columns = [official_vocabulary().index(name) for name in names]
    results = tagger.files([CORPUS / song["file"] for song in songs])
    scores = np.stack([tagging.scores[columns] for _, tagging in results])
    told = find_model(model).details["measured"]["top50"]
    found = evaluate(truth, scores, np.arange(len(songs)), least=4, draws=2)
    assert (found["songs"], found["tags"]) == (told["songs"], told["tags"])
    assert countable(truth, 4).sum() == told["tags"]
    assert found["roc_auc"] == pytest.approx(told["roc_auc"], abs=0.003)
    assert found["pr_auc"] == pytest.approx(told["pr_auc"], abs=0.006)


@needs_clips
def test_true_tags_of_real_clips_rank_far_above_chance() -> None:
    tagger = Tagger()
    clips = rows(CLIPS / "clips.csv")
    vocabulary = official_vocabulary()
    ranks = []
    for clip, (_, tagging) in zip(
        clips, tagger.files([CLIPS / clip["file"] for clip in clips]), strict=True
    ):
        order = np.argsort(np.argsort(-tagging.scores))
        ranks += [order[vocabulary.index(tag)] for tag in clip["tags"].split("|")]
    assert np.median(ranks) < 20  # of 188; chance would be 94


@needs_clips
def test_every_clip_gets_a_handful_of_tags() -> None:
    for _, tagging in Tagger().files(sorted((CLIPS / "clips").iterdir())):
        assert 1 <= len(tagging.tags()) <= 25
        assert len(tagging.tags()) + len(tagging.unsure()) >= 2
