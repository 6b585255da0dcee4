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
    assert (found.songs, found.answered, found.right) == (160, 155, 35 + 17 + 64 + 24)
    assert found.by_shelf == pytest.approx(
        {"rap": 35 / 38, "rest": 17 / 21, "slow": 64 / 71, "techno": 24 / 30}
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


@pytest.mark.parametrize("seed", range(5))
def test_few_songs_are_parted_where_they_differ_most(seed: int) -> None:
    """Among 120 tags of chance some part five songs from five as well as the one that is meant."""
    random = np.random.default_rng(seed)

    def songs(count: int) -> tuple[np.ndarray, np.ndarray]:
        scores = random.uniform(0.05, 0.4, (2 * count, 120))
        shelf = np.repeat(["dark", "light"], count)
        scores[:, 77] = np.where(shelf == "dark", 0.6, 0.15) + random.normal(0, 0.04, 2 * count)
        return scores.astype(np.float32), shelf

    words = Vocabulary.from_names([f"tag {i}" for i in range(120)])
    genre_map, table = learn_map(*songs(5), words)
    assert [rule.split()[1] for rule in table.values()] == ['77"', '77"']
    scores, shelf = songs(200)
    truth = genre_map(scores, np.full(120, 0.5)).truth
    assert (truth[:, 0] == (shelf == "dark")).mean() > 0.99
    assert (truth[:, 1] == (shelf == "light")).mean() > 0.99


def test_a_number_lies_in_the_middle_of_the_gap_in_log_odds() -> None:
    scores = np.array([[0.1], [0.2], [0.15], [0.1], [0.9], [0.8], [0.85], [0.95]], np.float32)
    _, table = learn_map(scores, ["a"] * 4 + ["b"] * 4, Vocabulary.from_names(["x"]))
    assert table == {"a": '"x" < 0.5', "b": '"x" > 0.5'}
    scores[scores < 0.5] /= 10
    _, table = learn_map(scores, ["a"] * 4 + ["b"] * 4, Vocabulary.from_names(["x"]))
    assert table == {"a": '"x" < 0.22', "b": '"x" > 0.22'}


def test_a_clear_condition_that_adds_nothing_hides_none_that_does() -> None:
    wrong = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        scores = rng.uniform(0.2, 0.4, (64, 3)).astype(np.float32)
        scores[:4] = rng.uniform(0.6, 0.9, (4, 3))
        scores[4:7, 0] = 0.95  # all but three are told by the first
        scores[:, 1] = np.where(np.arange(64) < 4, 0.45, 0.44)  # all by the second, hardly
        scores[7:, 1] = rng.uniform(0.3, 0.9, 57)
        scores[5:, 2] = 0.7
        scores[4, 2] = 0.1  # one of the three by the third, clearly
        rules, _ = learn_map(scores, ["a"] * 4 + ["b"] * 60, Vocabulary.from_names(["x", "y", "z"]))
        truth = rules(scores, np.full(3, 0.5, np.float32)).truth[:, 0]
        wrong += int((truth != (np.arange(64) < 4)).any())
    assert wrong <= 3


def test_two_digits_do_not_move_a_song_to_the_other_side() -> None:
    scores = np.array([[0.12]] * 4 + [[0.13]] * 4, np.float32)  # in the middle, .125, is ".12"
    rules, table = learn_map(scores, ["a"] * 4 + ["b"] * 4, Vocabulary.from_names(["x"]))
    assert table["a"] == '"x" < 0.13'
    thresholds = np.array([0.5], np.float32)
    named = [next(iter(rules.ranked(row, thresholds)), "-") for row in scores]
    assert named == ["a"] * 4 + ["b"] * 4


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
