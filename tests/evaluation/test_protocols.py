"""The published protocols from one predictions file."""

from pathlib import Path

import numpy as np
import pytest
from miniature import CLIPS, annotations

from earmark.datasets.magnatagatune import read_clips
from earmark.errors import DataError
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.protocols import clip_name, merged, of_split, protocols
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50

OFFICIAL = official_vocabulary()
MORE = {
    2: ("f/bach-cantatas-01-aria-0-29.mp3", ("opera", "violin")),
    6: ("f/bach-cantatas-01-aria-29-58.mp3", ()),
    7: ("e/rocker-loud-02-noise-0-29.mp3", ("rock", "woman singing")),
    8: ("d/rocker-loud-02-noise-29-58.mp3", ("wind",)),
    9: ("0/rocker-loud-03-noise-0-29.mp3", ("rock",)),
}


@pytest.fixture
def clips(tmp_path: Path) -> list:
    (tmp_path / "annotations_final.csv").write_bytes(annotations(MORE))
    return list(read_clips(tmp_path))


def predictions(clips: list, seed: int = 0) -> Predictions:
    rng = np.random.default_rng(seed)
    truth = np.stack([row.labels(OFFICIAL) for _, row in clips])
    scores = rng.random(truth.shape).astype(np.float32)
    files = tuple(f"/anywhere/{clip_name(row.file)}" for _, row in clips)
    groups = np.array([row.group for _, row in clips])
    return Predictions(files, groups, truth, scores, OFFICIAL.names)


def test_counts_of_each_protocol(clips: list) -> None:
    found = protocols(predictions(clips), clips, draws=10)
    assert found["A"]["top 50"]["songs"] == 4  # two of f, one of e, one of d
    assert found["B"]["top 50"]["songs"] == 2  # neither the untagged clip nor that with wind only
    assert found["A"]["all 188"]["tags"] == 5
    assert found["A"]["top 50"]["tags"] == 3


def test_songs_are_those_of_the_split(clips: list) -> None:
    kept = of_split(predictions(clips), clips, "B", "test")
    assert [clip_name(file) for file in kept.files] == [MORE[2][0], MORE[7][0]]
    assert len(of_split(predictions(clips), clips, "A", "train").files) == 1


def test_missing_clips_are_refused_by_number_and_name(clips: list) -> None:
    short = predictions(clips).songs(np.array([0, 4]))
    with pytest.raises(DataError, match="lack 3 of the 4 clips of A's test split, as d/rocker"):
        protocols(short, clips)


def test_a_clip_that_is_there_twice_is_refused(clips: list) -> None:
    double = predictions(clips).songs(np.array([0, 1, 2, 3, 4, 0]))
    with pytest.raises(DataError, match=r"hold f/bach-cantatas-01-aria-0-29\.mp3 twice"):
        protocols(double, clips)


def test_synonyms_are_merged(clips: list) -> None:
    own = predictions(clips)
    together = merged(own)
    group = OFFICIAL.group("woman singing")
    members = [own.places[tag] for tag in OFFICIAL.synonyms("woman singing")]
    assert len(members) > 1
    column = together.places[group]
    np.testing.assert_array_equal(together.truth[:, column], [0, 0, 1, 0, 0])
    np.testing.assert_array_equal(together.scores[:, column], own.scores[:, members].max(1))
    assert len(together.tags) == len({OFFICIAL.group(tag) for tag in OFFICIAL})


def test_unknown_members_leave_a_group_unknown_unless_one_is_there() -> None:
    tags = OFFICIAL.synonyms("violin")[:2]
    truth = np.array([[1, np.nan], [0, np.nan], [0, 0]], np.float32)
    scores = np.array([[0.2, np.nan], [np.nan, np.nan], [0.1, 0.3]], np.float32)
    own = Predictions(("a", "b", "c"), np.array(["", "", ""]), truth, scores, tags)
    together = merged(own)
    np.testing.assert_array_equal(together.truth[:, 0], [1, np.nan, 0])
    np.testing.assert_array_equal(together.scores[:, 0], np.float32([0.2, np.nan, 0.3]))


def test_the_miniature_has_no_test_clip_of_protocol_b_but_one(tmp_path: Path) -> None:
    (tmp_path / "annotations_final.csv").write_bytes(annotations())
    clips = list(read_clips(tmp_path))
    kept = of_split(predictions(clips), clips, "B", "test")
    assert [clip_name(file) for file in kept.files] == [CLIPS[2][0]]


def test_a_split_that_is_none_or_empty_is_told(clips: list) -> None:
    own = predictions(clips)
    with pytest.raises(DataError, match="no split 'tests', but train, valid, test"):
        protocols(own, clips, "tests")
    with pytest.raises(DataError, match="the annotations have no clip of A's valid split"):
        protocols(own, clips, "valid")


def test_only_what_there_are_columns_for_is_called_by_its_name(clips: list) -> None:
    own = predictions(clips)
    half = own.columns(TOP_50)
    found = protocols(half, clips, draws=10)
    assert [list(sets) for sets in found.values()] == [["top 50"], ["top 50"]]
    assert found["A"]["top 50"] == protocols(own, clips, draws=10)["A"]["top 50"]
    with pytest.raises(DataError, match="lack 2 of the top 50 tags, as"):
        protocols(own.columns(TOP_50[2:]), clips)
    more = Predictions(
        own.files,
        own.groups,
        np.hstack([own.truth, own.truth[:, :1]]),
        np.hstack([own.scores, own.scores[:, :1]]),
        (*own.tags, "reggaeton"),
    )
    assert protocols(more, clips, draws=10) == protocols(own, clips, draws=10)
