"""What is learned from sorted songs, to the letter: rules, folds and how well they do.

The songs are drawn from a seed and sorted by two conditions a shelf; what came of them once lies in
``learned.json``, and the conditions can be recognised in its rules.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from earmark.errors import GenreMapError
from earmark.folds import grouped_folds
from earmark.vocabulary import Vocabulary
from earmark.vocabulary.learn_map import cross_validate, learn_map

KEPT = json.loads(Path(__file__).with_name("learned.json").read_text("utf-8"))
VOCABULARY = Vocabulary.from_names(["beat", "voice", "calm", "odd one", "bright"])
HALVES = np.full(5, 0.5)


@pytest.fixture(scope="module")
def songs() -> tuple[np.ndarray, list[str]]:
    """160 songs on four shelves, twelve of them put anywhere."""
    random = np.random.default_rng(7)
    scores = random.random((160, 5)).astype(np.float32)
    beat, voice, calm, _, bright = scores.T
    fast = np.where(voice > 0.4, "rap", "techno")
    shelf = np.where(beat > 0.55, fast, np.where((calm > 0.3) | (bright > 0.8), "slow", "rest"))
    wrong = random.choice(160, 12, replace=False)
    shelf[wrong] = random.choice(["rap", "techno", "slow"], 12)
    return scores, shelf.tolist()


def test_the_rules_are_those_of_the_shelves(songs) -> None:
    genre_map, table = learn_map(*songs, VOCABULARY)
    assert table == KEPT["rules"]
    assert (genre_map.name, genre_map.words) == ("learned", tuple(KEPT["rules"]))


def test_songs_left_out_are_named_as_well_as_ever(songs) -> None:
    scores, shelves = songs
    groups = [f"a{i % 23}" for i in range(160)]
    found = cross_validate(scores, shelves, groups, VOCABULARY, HALVES)
    assert found.confusion.tolist() == KEPT["confusion"]
    assert (found.songs, found.answered, found.right) == (160, 150, 26 + 19 + 61 + 22)
    assert found.by_shelf == pytest.approx(
        {"rap": 26 / 38, "rest": 19 / 21, "slow": 61 / 71, "techno": 22 / 30}
    )


def test_groups_are_dealt_as_ever() -> None:
    groups = [f"a{i * i % 13}" for i in range(60)]
    assert grouped_folds(groups, 4, kinds=np.arange(60) % 4).tolist() == KEPT["folds"]
    assert sorted(grouped_folds(["b", "a"], 5, kinds=np.array([0, 0]))) == [0, 1]


def test_a_second_alternative_is_taken_where_it_brings_something() -> None:
    random = np.random.default_rng(1)
    scores = random.random((200, 3)).astype(np.float32)
    shelf = np.where((scores[:, 0] > 0.8) | (scores[:, 1] < 0.2), "a", "b").tolist()
    _, table = learn_map(scores, shelf, Vocabulary.from_names(["x", "y", "z"]))
    first, second = table["a"].split(" or ")
    assert {first[:5], second[:5]} == {'"x" >', '"y" <'}


def test_a_shelf_that_has_too_few_songs_left_gets_no_rule() -> None:
    scores = np.linspace(0.01, 0.99, 24)[:, None].astype(np.float32)
    shelves = ["low"] * 12 + ["high"] * 8 + ["top"] * 4
    groups = [*"abcdabcdabcd", *"abcdabcd", *"aaab"]
    words = Vocabulary.from_names(["x"])
    found = cross_validate(scores, shelves, groups, words, np.full(1, 0.5), folds=4)
    assert found.words == ("high", "low", "top")
    assert found.confusion[2, 2] == 0 and found.confusion.sum() == 24
    assert found.confusion[1, 1] >= 10 and found.by_shelf["top"] == 0


@pytest.mark.parametrize("few", [3, 4])
def test_four_songs_are_enough_for_a_shelf(few: int) -> None:
    scores = np.linspace(0.01, 0.99, 20)[:, None].astype(np.float32)
    shelves, words = ["a"] * (20 - few) + ["b"] * few, Vocabulary.from_names(["x"])
    if few < 4:
        with pytest.raises(GenreMapError, match="'b' has 3 songs; at least 4 are needed"):
            learn_map(scores, shelves, words)
    else:
        assert learn_map(scores, shelves, words)[1].keys() == {"a", "b"}
