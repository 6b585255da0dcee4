"""What a card says: counted by hand on a corpus of songs without sound."""

from pathlib import Path

import numpy as np
import pytest

from earmark.training.corpus import Corpus
from earmark.training.measure import (
    measure,
    measure_calibration,
    measure_recordings,
    tag_table,
)
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50

TAG = official_vocabulary().index
NOTHING = {"tags": "", "not_tags": "", "mtat_tags": "", "artist": ""}


def corpus(rows: list[dict[str, str]]) -> Corpus:
    return Corpus([NOTHING | row for row in rows], np.zeros(0, np.int16), np.zeros(1, int))


def test_songs_of_listeners_are_fully_labelled(tmp_path: Path) -> None:
    songs = [
        {"mtat_tags": "guitar:0.5;sitar:1" if i < 4 else "piano:1", "artist": f"a{i}"}
        for i in range(8)
    ]
    scores = np.full((8, 188), 0.5)
    scores[:4, TAG("guitar")] = 0.9
    scores[:2, TAG("sitar")] = 0.1
    np.savez(tmp_path / "peer.npz", labels=np.array(TOP_50), score=np.full((8, 50), 0.5))
    found = measure(corpus(songs), np.arange(8), scores, tmp_path / "peer.npz")
    assert found["top50"]["tags"] == 3 and found["all188"]["songs"] == 8
    rows = {row["tag"]: row for row in found["per_tag"]}
    assert rows["guitar"]["roc_auc"] == 1 and rows["guitar"]["musicnn_roc_auc"] == 0.5
    assert rows["sitar"]["roc_auc"] == 0.25
    assert found["other_tags"] == []


def test_of_recordings_only_certain_labels_count() -> None:
    rows = [{"tags": "flute"}] * 10 + [{"not_tags": "flute"}] * 10 + [{"tags": "rock"}] * 30
    scores = np.full((50, 188), 0.5)
    scores[:9, TAG("flute")] = 0.8
    found = measure_recordings(corpus(rows), np.arange(50), scores)
    assert (found["sounds"], found["tags"]) == (50, 1)
    assert found["roc_auc"] == 0.95 and found["share_over_85"] == 1
    assert found["per_tag"][0]["tag"] == "flute"
    assert np.isnan(measure_recordings(corpus(rows), np.arange(5), scores[:5])["roc_auc"])


def test_scores_are_held_against_the_share_of_clips() -> None:
    fractions = np.array([[0.5, 0.0], [0.5, 0.0]])
    shown = np.array([[True, False], [False, True]])
    found = measure_calibration(fractions, np.full((2, 2), 0.9), fractions, shown)
    assert found["error"] == 0 and found["error_before"] == pytest.approx(0.65)
    assert found["precision"] == found["recall"] == 0.5
    assert found["shown_per_song"] == 1


def test_tags_may_be_left_out_of_a_table() -> None:
    truth = np.zeros((4, 188))
    truth[:2, [TAG("rock"), TAG("sitar")]] = 1
    rows = tag_table(truth, np.ones((4, 188)), 2, without={"rock"})
    assert [(row["tag"], row["positives"], row["roc_auc"]) for row in rows] == [("sitar", 2, 0.5)]
