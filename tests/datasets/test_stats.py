"""Counts of clips, labels and tags: rows by hand, random rows the slow way, and the real table."""

import csv
import gzip
import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from earmark.datasets import Row
from earmark.datasets.stats import statistics
from earmark.vocabulary import Vocabulary, official_vocabulary

TABLE = Path(__file__).parents[3] / "shared" / "mtat" / "mtat_annotations_188.csv.gz"
OWN = Vocabulary.from_names(["rock", "jazz", "sad", "loud"])
ROWS = [
    Row(1, "/a", ("rock", "sad"), split="train"),
    Row(2, "/b", ("sad",), split="train"),
    Row(3, "/c", split="test"),
    Row(4, "/d", ("sad", "rock", "jazz", "polka")),
]


def test_rows_counted_by_hand() -> None:
    found = statistics(iter(ROWS), OWN).to_dict()
    assert json.loads(json.dumps(found)) == {
        "clips": 4,
        "labels": 6,
        "untagged": 1,
        "tags": {"sad": 3, "rock": 2, "jazz": 1},
        "tags_per_clip": {"0": 1, "1": 1, "2": 1, "3": 1},
        "splits": {
            "none": {"clips": 1, "labels": 3, "untagged": 0},
            "test": {"clips": 1, "labels": 0, "untagged": 1},
            "train": {"clips": 2, "labels": 3, "untagged": 0},
        },
        "together": [["rock", "sad", 2], ["rock", "jazz", 1], ["jazz", "sad", 1]],
    }
    assert list(found["tags"]) == ["sad", "rock", "jazz"]


def test_a_tag_that_a_row_has_twice_counts_once() -> None:
    found = statistics([Row(1, "/a", ("rock", "rock"))], OWN)
    assert (found.labels, found.counts[0], found.per_clip) == (1, 1, {1: 1})


def test_random_rows_counted_as_a_matrix() -> None:
    random = np.random.default_rng(7)
    names = np.array(official_vocabulary().names)
    truth = random.random((300, len(names))) < 0.03
    rows = (Row(i, f"/{i}", tuple(names[mask])) for i, mask in enumerate(truth, 1))
    found = statistics(rows, official_vocabulary())
    counts = truth.astype(np.int64)
    np.testing.assert_array_equal(found.together, counts.T @ counts)
    np.testing.assert_array_equal(found.counts, counts.sum(axis=0))
    assert found.together.dtype == np.int64
    assert (found.labels, found.untagged) == (counts.sum(), (counts.sum(axis=1) == 0).sum())
    pairs = {
        (a, b): int((truth[:, i] & truth[:, j]).sum())
        for (i, a), (j, b) in combinations(enumerate(names), 2)
    }
    told = found.to_dict()["together"]
    assert [count for *_, count in told] == sorted(pairs.values(), reverse=True)[:50]
    assert all(pairs[a, b] == count for a, b, count in told)


def test_the_table_for_people() -> None:
    table = statistics(ROWS, OWN).table()
    assert table.startswith(
        "4 clips, 6 labels, 1.50 a clip\n1 clip without a tag; 3 of 4 tags used"
    )
    lines = [line.split() for line in table.splitlines()]
    assert ["sad", "3", "75.0%"] in lines
    assert ["train", "2", "3", "0"] in lines
    assert ["rock,", "sad", "2"] in lines
    assert lines.index(["sad", "3", "75.0%"]) < lines.index(["rock", "2", "50.0%"])
    shortened = statistics(ROWS, OWN).table(limit=1)
    assert "75.0%" in shortened
    assert "50.0%" not in shortened


def test_nothing_at_all() -> None:
    found = statistics([], OWN)
    assert found.table() == "no clips"
    assert found.to_dict()["tags"] == {}


@pytest.mark.skipif(not TABLE.exists(), reason="the table of all labels is not there")
def test_the_real_table() -> None:
    found = statistics(real_rows(), official_vocabulary())
    assert (found.clips, found.labels, found.untagged) == (25_863, 89_395, 4_221)
    assert found.to_dict()["tags"]["guitar"] == 4_852
    assert found.common()[0] == ("guitar", 4_852)
    assert {split: counts["clips"] for split, counts in found.splits.items()} == {
        folder: found.splits[folder]["clips"] for folder in "0123456789abcdef"
    }
    table = found.table()
    assert "25,863 clips, 89,395 labels, 3.46 a clip" in table
    assert "4,221 clips without a tag; 188 of 188 tags used" in table
    assert "guitar                4,852   18.8%" in table


def real_rows() -> Iterator[Row]:
    """The rebuilt copy of MagnaTagATune's annotations; the folder stands for the split."""
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as file:
        table = csv.reader(file)
        tags = next(table)[9:]
        for number, cells in enumerate(table, 1):
            marked = zip(tags, cells[9:], strict=True)
            named = tuple(tag for tag, mark in marked if mark == "1")
            yield Row(number, "/" + cells[1], named, None, split=cells[2])
