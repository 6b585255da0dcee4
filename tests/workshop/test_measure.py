"""What a card says: counted by hand on a corpus of songs without sound."""

from pathlib import Path

import numpy as np
import pytest

from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import Corpus
from workshop.measure import (
    evidence_of,
    measure,
    measure_calibration,
    measure_recordings,
    measure_shown,
    tag_table,
)

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
    fractions = np.array([[0.5, 0.0], [0.5, 0.0], [0.0, 0.0]])
    shown = np.array([[True, False], [False, True], [False, False]])
    found = measure_calibration(fractions, np.full((3, 2), 0.9), fractions, shown)
    assert found["error"] == 0 and found["error_before"] == pytest.approx(0.7333)
    assert found["precision"] == found["recall"] == 0.5
    assert found["shown_per_song"] == pytest.approx(2 / 3, abs=1e-4)


def test_tags_may_be_left_out_of_a_table() -> None:
    truth = np.zeros((4, 188))
    truth[:2, [TAG("rock"), TAG("sitar")]] = 1
    rows = tag_table(truth, np.ones((4, 188)), 2, without={"rock"})
    assert [(row["tag"], row["positives"], row["roc_auc"]) for row in rows] == [("sitar", 2, 0.5)]


def test_what_people_see_is_right_if_a_listener_said_it_or_a_synonym() -> None:
    rows = [
        {"mtat_tags": "violins:0.2;rock:0.5", "kind": "recording"},
        {"tags": "flute", "not_tags": "techno", "kind": "one-shot"},
    ]
    evidence = evidence_of(corpus(rows), np.arange(2))
    assert evidence.songs.tolist() == [True, False] and evidence.quiet.tolist() == [False, True]
    scores = np.zeros((2, 188))
    for tag, score in {"violin": 0.25, "violins": 0.22, "slow": 0.15, "rock": 0.05}.items():
        scores[0, TAG(tag)] = score
    scores[1, [TAG("flute"), TAG("techno"), TAG("sad")]] = 0.3
    found = measure_shown(scores, scores >= 0.1, evidence)
    songs, others = found["songs"], found["recordings"]
    # violins is the synonym of a higher tag, and of the recording nobody knows whether it is sad
    assert (songs["sounds"], songs["tags"], songs["known"], songs["right"]) == (1, 2, 2, 0.5)
    assert songs["bands"] == [
        {"from": 0.1, "known": 1, "right": 0.0},
        {"from": 0.2, "known": 1, "right": 1.0},
    ]
    assert (others["sounds"], others["tags"], others["known"], others["right"]) == (1, 3, 2, 0.5)
