"""Genre maps: what they hold, what is said of mistakes, what is odd about them, how they learn."""

import numpy as np
import pytest

from earmark.errors import GenreMapError
from earmark.vocabulary import Vocabulary, official_vocabulary, parse_expression
from earmark.vocabulary.check_map import check_map, possible
from earmark.vocabulary.genres import find_map, map_names, parse_map, read_map
from earmark.vocabulary.learn_map import cross_validate, learn_map

OFFICIAL = official_vocabulary()
THRESHOLDS = np.full(188, 0.25, np.float32)


def heard(**scores: float) -> np.ndarray:
    row = np.full(188, 0.01, np.float32)
    for name, score in scores.items():
        row[OFFICIAL.index(name.replace("_", " "))] = score
    return row


def test_words_that_fit_are_ranked_by_strength_times_weight() -> None:
    genre_map = parse_map(
        {"club": "techno or house", "loud club": {"when": "techno and loud", "weight": 1.5}}
    )
    row = heard(techno=0.75, loud=0.75)
    assert genre_map.ranked(row, THRESHOLDS) == pytest.approx({"loud club": 1.125, "club": 0.75})
    assert genre_map.ranked(heard(techno=0.75), THRESHOLDS) == pytest.approx({"club": 0.75})
    assert genre_map.ranked(heard(violin=0.9), THRESHOLDS) == {}


def test_many_songs_at_once_give_the_same_as_one_after_the_other() -> None:
    genre_map = parse_map({"a": "techno and not rap", "b": "slow or sad > .3"})
    scores = np.random.default_rng(0).random((50, 188)).astype(np.float32) * 0.5
    answer = genre_map(scores, THRESHOLDS)
    assert answer.truth.shape == (50, 2)
    assert 0 < answer.truth.sum() < 100
    for row, truth, strength in zip(scores, answer.truth, answer.strength, strict=True):
        ranked = genre_map.ranked(row, THRESHOLDS)
        assert ranked == {w: s for w, t, s in zip("ab", truth, strength, strict=True) if t} or (
            list(ranked) == ["b", "a"]
        )


def test_words_may_use_words_in_any_order_but_a_tag_stays_a_tag() -> None:
    genre_map = parse_map(
        {"cult night": "cult and slow", "cult": "eerie and chanting", "rock": "rock and not slow"}
    )
    row = heard(eerie=0.5, chanting=0.5, slow=0.5, rock=0.5)
    assert set(genre_map.ranked(row, THRESHOLDS)) == {"cult night", "cult"}
    assert set(genre_map.ranked(heard(rock=0.5), THRESHOLDS)) == {"rock"}


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "it has no rules"),
        ({"a": "violn"}, "'a': in 'violn', at character 1: 'violn' is no tag"),
        ({"a": 3}, "'a' is neither a rule in text nor a table"),
        ({"a": {"when": "slow", "heavy": 1}}, "'a' has 'heavy'"),
        ({"a": {"when": "slow", "weight": 0}}, "'a' has the weight 0"),
        ({"a": {"when": "slow", "weight": True}}, "'a' has the weight True"),
        ({" ": "slow"}, "a word is empty"),
        ({"aa": "bb", "bb": "cc or slow", "cc": "not aa"}, "aa -> bb -> cc -> aa"),
        ({"aa": "aa"}, "'aa' leads back to itself"),
        ({f"w{i}": f"w{i + 1}" for i in range(60)} | {"w60": "slow"}, "more than 50 words"),
    ],
)
def test_a_mistake_names_the_word(table: dict, sentence: str) -> None:
    with pytest.raises(GenreMapError, match=sentence):
        parse_map(table)


def test_a_file_that_is_no_map_is_one_sentence(tmp_path) -> None:
    with pytest.raises(GenreMapError, match=r"no map 'x.toml': not a file and not one of discogs"):
        find_map("x.toml")
    path = tmp_path / "map.toml"
    path.write_text('"a" = ', "utf-8")
    with pytest.raises(GenreMapError, match=r"map\.toml is no TOML"):
        read_map(path)
    path.write_bytes(b'"a" = "\xff"')
    with pytest.raises(GenreMapError, match=r"map\.toml is no TOML"):
        read_map(path)
    path.write_text('"a" = "violn"', "utf-8")
    with pytest.raises(GenreMapError, match=r"map\.toml: 'a': .* the nearest is 'violin'"):
        read_map(path)


def test_about_may_be_a_word_too() -> None:
    genre_map = parse_map({"about": {"summary": "ours"}, "a": "slow"})
    assert (genre_map.summary, genre_map.words) == ("ours", ("a",))
    assert parse_map({"about": {"when": "slow"}}).words == ("about",)


@pytest.mark.parametrize("name", ["discogs", "id3", "moods"])
def test_shipped_maps_are_sound(name: str) -> None:
    assert name in map_names()
    genre_map = find_map(name)
    assert genre_map.summary
    found = check_map(genre_map, OFFICIAL, THRESHOLDS)
    assert found.faults == () and found.doubts == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("violin", (False, False, False)),
        ("violin and not violin", (True, False, False)),
        ("violin and not fiddle", (True, False, False)),  # synonyms are one
        ("violin or not violin", (False, True, False)),
        ("rap > .6 and rap < .5", (True, False, False)),
        ("rap > .4 and rap < .5", (False, False, False)),
        ("slow and fast", (False, False, True)),
        ("slow and (fast or sad)", (False, False, False)),
    ],
)
def test_what_a_rule_can_be_is_decided_without_songs(text: str, expected: tuple) -> None:
    assert possible(parse_expression(text), OFFICIAL, THRESHOLDS) == expected


def test_songs_tell_what_a_map_says_in_practice() -> None:
    scores = np.stack([heard(techno=0.5, fast=0.5)] * 30 + [heard(violin=0.5)] * 70)
    genre_map = parse_map({"club": "techno", "quick": "fast", "folk": "banjo"})
    found = check_map(genre_map, OFFICIAL, THRESHOLDS, scores)
    assert found.faults == ()
    assert found.shares == pytest.approx({"club": 0.3, "quick": 0.3, "folk": 0.0})
    assert found.unnamed == pytest.approx(0.7)
    assert found.doubts == (
        "'folk' held for 0.0% of 100 songs",
        "100% of 'club' is 'quick' as well",
    )


def sorted_songs(seed: int = 0) -> tuple[np.ndarray, list[str], list[str], Vocabulary]:
    """Three shelves that two conditions each tell apart, a few of them put wrongly."""
    random = np.random.default_rng(seed)
    vocabulary = Vocabulary.from_names(["beat", "voice", "calm", "odd"])
    scores = random.random((240, 4)).astype(np.float32)
    shelf = np.where(scores[:, 0] > 0.5, np.where(scores[:, 1] > 0.5, "rap", "techno"), "slow")
    wrong = random.choice(240, 12, replace=False)
    shelf[wrong] = random.choice(["rap", "techno", "slow"], 12)
    return scores, shelf.tolist(), [f"artist {i // 4}" for i in range(240)], vocabulary


def test_learning_finds_the_conditions_that_somebody_sorted_by() -> None:
    scores, shelves, _, vocabulary = sorted_songs()
    genre_map, table = learn_map(scores, shelves, vocabulary)
    assert set(table) == {"rap", "techno", "slow"}
    assert "odd" not in " ".join(table.values())
    fresh = np.array([[0.9, 0.9, 0.5, 0.5], [0.9, 0.1, 0.5, 0.5], [0.1, 0.5, 0.5, 0.5]], np.float32)
    best = [next(iter(genre_map.ranked(row, np.full(4, 0.5)))) for row in fresh]
    assert best == ["rap", "techno", "slow"]


def test_cross_validation_is_good_where_there_is_order_and_not_where_there_is_none() -> None:
    scores, shelves, groups, vocabulary = sorted_songs()
    good = cross_validate(scores, shelves, groups, vocabulary, np.full(4, 0.5))
    assert good.confusion.sum() == good.songs == 240
    assert good.right / good.songs > 0.85
    shuffled = np.random.default_rng(1).permutation(shelves).tolist()
    chance = cross_validate(scores, shuffled, groups, vocabulary, np.full(4, 0.5))
    assert chance.right / chance.songs < 0.5


def test_too_little_to_learn_from_is_said() -> None:
    scores, _, _, vocabulary = sorted_songs()
    with pytest.raises(GenreMapError, match="at least two"):
        learn_map(scores, ["a"] * 240, vocabulary)
    with pytest.raises(GenreMapError, match="'b' has 2 songs; at least 4"):
        learn_map(scores, ["a"] * 238 + ["b"] * 2, vocabulary)
    with pytest.raises(GenreMapError, match="one artist or group"):
        cross_validate(scores, ["a", "b"] * 120, ["same"] * 240, vocabulary, np.full(4, 0.5))
    with pytest.raises(GenreMapError, match="the same scores"):
        learn_map(np.full((20, 4), 0.5), ["a", "b"] * 10, vocabulary)
