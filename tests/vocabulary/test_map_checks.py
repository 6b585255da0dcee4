"""What is odd about a map: what its rules can say, what they do say, and how they coincide."""

import numpy as np
import pytest

from earmark.vocabulary import evaluate, official_vocabulary, parse_expression
from earmark.vocabulary.check_map import check_map, possible
from earmark.vocabulary.columns import narrowed
from earmark.vocabulary.genres import parse_map

OFFICIAL = official_vocabulary()
THRESHOLDS = np.full(188, 0.25, np.float32)
MANY = ["violin", "rap", "techno", "flute", "harp", "sitar", "choir", "opera", "metal", "jazz"]


def songs(count: int, **heard: int) -> np.ndarray:
    """Scores of songs of which the first so many have a tag."""
    scores = np.full((count, 188), 0.01, np.float32)
    for name, first in heard.items():
        scores[:first, OFFICIAL.index(name)] = 0.5
    return scores


def test_rules_that_cannot_work_are_faults_and_others_doubts() -> None:
    rules = {"no": "rap and not rap", "all": "rap or not rap", "odd": "slow and fast", "ok": "rap"}
    found = check_map(parse_map(rules), OFFICIAL, THRESHOLDS)
    assert found.faults == (
        "'no' can never hold: rap and not rap",
        "'all' always holds: rap or not rap",
    )
    assert found.doubts == ("'odd' holds only where tags contradict each other: slow and fast",)
    assert (found.shares, found.unnamed) == ({}, None)
    nobody = check_map(parse_map(rules), OFFICIAL, THRESHOLDS, songs(0))
    assert (nobody.shares, nobody.unnamed) == ({}, None)


def test_words_that_hardly_ever_or_nearly_always_hold_are_doubts() -> None:
    genre_map = parse_map({"one": "rap", "none": "sitar", "most": "flute", "nearly": "harp"})
    scores = songs(1000, rap=1, flute=901, harp=900)
    found = check_map(genre_map, OFFICIAL, THRESHOLDS, scores)
    assert found.doubts[:2] == (
        "'none' held for 0.0% of 1000 songs",
        "'most' held for 90% of 1000 songs",
    )
    assert found.shares == pytest.approx({"one": 0.001, "none": 0, "most": 0.901, "nearly": 0.9})
    assert found.unnamed == pytest.approx(0.099)


@pytest.mark.parametrize(
    ("rap", "flute", "said"),
    [(20, 18, True), (20, 17, False), (19, 19, False), (20, 20, True), (30, 90, True)],
)
def test_words_coincide_where_the_rarer_hardly_comes_alone(
    rap: int, flute: int, said: bool
) -> None:
    scores = songs(200, rap=rap, flute=flute)
    if flute < rap:  # let the flute have as many, elsewhere
        scores[100 : 100 + rap - flute + 2, OFFICIAL.index("flute")] = 0.5
    found = check_map(parse_map({"r": "rap", "f": "flute"}), OFFICIAL, THRESHOLDS, scores)
    share = {18: "90%"}.get(flute, "100%")
    assert found.doubts == ((f"{share} of 'r' is 'f' as well",) if said else ())


def test_rules_of_many_tags_are_tried_on_a_sample() -> None:
    def kind(text: str) -> tuple[bool, bool, bool]:
        return possible(parse_expression(text), OFFICIAL, THRESHOLDS)

    assert kind(" and ".join(MANY)) == (False, False, False)
    assert kind(" or ".join(MANY)) == (False, False, False)
    assert kind(f"not ({' or '.join(MANY)})") == (False, False, False)
    assert kind(f"rap or not ({' and '.join(MANY)})") == (False, True, False)
    assert kind(f"{' and '.join(MANY)} and not rap") == (True, False, False)
    assert kind(f"{' or '.join(MANY)} or slow > .1 and fast < .2") == (False, False, False)
    assert kind(f"slow and fast and ({' or '.join(MANY)})") == (False, False, True)


def test_what_is_denied_or_defined_or_no_tag_counts_too() -> None:
    def kind(text: str) -> tuple[bool, bool, bool]:
        club = parse_expression("techno and not rap")
        expression = parse_expression(text, facts=("group",), defined={"club": club})
        return possible(expression, OFFICIAL, THRESHOLDS)

    assert kind("not violin") == (False, False, False)
    assert kind("club") == kind("not club") == (False, False, False)
    assert kind("club and rap") == (True, False, False)
    assert kind("violin and not group:3") == (False, False, False)
    assert kind("group:3") == (True, False, False)
    assert kind("rap > 0") == kind("rap < 1") == (False, False, False)
    assert kind("rap >= 0") == (False, True, False)


def test_an_expression_about_its_own_columns_says_the_same() -> None:
    scores = np.random.default_rng(3).random((50, 188)).astype(np.float32) * 0.6
    thresholds = np.linspace(0.1, 0.4, 188).astype(np.float32)
    club = parse_expression("techno and not rap")
    text = "fiddle and slow > .2 or club or not (harp or group:3) and rap <= .4"
    whole = parse_expression(text, facts=("group",), defined={"club": club})
    facts = {"group:3": np.arange(50) % 2 == 0}
    places, narrow = narrowed(whole)
    names = ("violins", "violin", "fiddle", "slow", "techno", "rap", "harp")
    assert places == sorted({OFFICIAL.index(name) for name in names})
    wanted = evaluate(whole, scores, thresholds, facts)
    found = evaluate(narrow, scores[:, places], thresholds[places], facts)
    assert 0 < wanted.truth.sum() < 50
    np.testing.assert_array_equal(found.truth, wanted.truth)
    np.testing.assert_array_equal(found.strength, wanted.strength)
