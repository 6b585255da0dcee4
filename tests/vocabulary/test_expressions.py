"""The expression language: what is true, how strong, and what is said of mistakes."""

import numpy as np
import pytest

from earmark.errors import ExpressionError
from earmark.vocabulary import Vocabulary, evaluate, official_vocabulary, parse_expression
from earmark.vocabulary.expressions import defined_in, facts_of, places_of

OFFICIAL = official_vocabulary()
THRESHOLDS = np.full(188, 0.25)


def heard(**scores: float) -> np.ndarray:
    """One row of scores; underscores in names stand for spaces, other tags have .01."""
    row = np.full(188, 0.01, np.float32)
    for name, score in scores.items():
        row[OFFICIAL.index(name.replace("_", " "))] = score
    return row


def truth(text: str, row: np.ndarray) -> bool:
    return bool(evaluate(parse_expression(text), row, THRESHOLDS).truth)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("violin", True),
        ("VIOLIN", True),
        ("fiddle", True),  # a synonym is over its threshold
        ("fiddle > .3", False),  # a comparison is about the tag alone
        ("violin > .6", False),
        ("violin >= .5", True),
        ("violin < .6", True),
        ("violin <= .4", False),
        ("violin and slow", True),
        ("violin and not slow", False),
        ("rap or slow", True),
        ("rap or slow and violin", True),
        ("(rap or slow) and techno", False),
        ("not rap and not techno", True),
        ("not (rap or violin)", False),
        ("not not violin", True),
        ('"violin"', True),
    ],
)
def test_truth(text: str, expected: bool) -> None:
    assert truth(text, heard(violin=0.5, slow=0.3)) is expected


def test_and_binds_closer_than_or() -> None:
    row = heard(rap=0.5)
    assert truth("rap or slow and violin", row)
    assert not truth("(rap or slow) and violin", row)


def test_names_of_several_words_need_no_quotes_and_the_longest_wins() -> None:
    assert str(parse_expression("female   vocal and Hard Rock")) == '"female vocal" and "hard rock"'
    assert not truth("no vocals", heard(female=0.9))
    assert str(parse_expression("not no vocals")) == 'not "no vocals"'


def test_not_denies_also_where_a_tag_has_that_name() -> None:
    row = heard(female=0.9)
    assert not truth("not female", row)
    assert truth("not rock", row)  # not the tag "not rock", which hardly anybody uses
    assert not truth("not rock", heard(rock=0.9))
    assert truth('"not rock"', heard(not_rock=0.9, rock=0.9))
    assert str(parse_expression("not rock")) == "not rock"
    assert str(parse_expression('not "not rock"')) == 'not "not rock"'
    assert not truth("not rock > .3", heard(rock=0.4))


def test_strength_is_a_half_at_the_threshold_and_ranks() -> None:
    scores = np.stack([heard(violin=s, slow=0.75) for s in (0.05, 0.25, 0.75)])
    answer = evaluate(parse_expression("violin"), scores, THRESHOLDS)
    np.testing.assert_allclose(answer.strength, [0.05 / 0.3, 0.5, 0.75], rtol=1e-6)
    both = evaluate(parse_expression("violin and slow"), scores, THRESHOLDS)
    np.testing.assert_allclose(both.strength, answer.strength, rtol=1e-6)
    either = evaluate(parse_expression("violin or slow"), scores, THRESHOLDS)
    np.testing.assert_allclose(either.strength, [0.75] * 3, rtol=1e-6)
    denied = evaluate(parse_expression("not violin"), scores, THRESHOLDS)
    np.testing.assert_allclose(denied.strength, 1 - answer.strength, rtol=1e-6)
    above = evaluate(parse_expression("violin > .75"), scores, THRESHOLDS)
    np.testing.assert_allclose(
        above.strength,
        scores[:, OFFICIAL.index("violin")] / (scores[:, OFFICIAL.index("violin")] + 0.75),
        rtol=1e-6,
    )
    below = evaluate(parse_expression("violin < .75"), scores, THRESHOLDS)
    np.testing.assert_allclose(below.strength, 1 - above.strength, rtol=1e-6)


def test_any_shape_of_scores() -> None:
    scores = np.zeros((3, 4, 188), np.float32)
    scores[1, 2, OFFICIAL.index("techno")] = 0.9
    answer = evaluate(parse_expression("techno and not violin"), scores, THRESHOLDS)
    assert answer.truth.shape == answer.strength.shape == (3, 4)
    assert np.argwhere(answer.truth).tolist() == [[1, 2]]
    assert answer.strength.dtype == np.float32


def test_facts_are_answered_by_whoever_asks() -> None:
    expression = parse_expression("group:3 and violin", facts=("group",))
    scores = np.stack([heard(violin=0.5)] * 2)
    facts = {"group:3": np.array([True, False])}
    assert evaluate(expression, scores, THRESHOLDS, facts).truth.tolist() == [True, False]
    with pytest.raises(ExpressionError, match=r"at character 1: 'year:3' is not known"):
        parse_expression("year:3", facts=("group",))


def test_defined_names_stand_for_their_meaning_and_go_before_tags() -> None:
    cult = parse_expression("eerie and chanting")
    row = heard(eerie=0.5, chanting=0.5)
    for text in ("cult", "Cult and not rap"):
        expression = parse_expression(text, defined={"cult": cult})
        assert evaluate(expression, row, THRESHOLDS).truth
    with pytest.raises(ExpressionError, match="is no tag and has no score"):
        parse_expression("cult > .5", defined={"cult": cult})


def test_a_vocabulary_of_ones_own_may_have_words_of_the_language_in_its_names() -> None:
    own = Vocabulary.from_names(["drum and bass", "drum", "r&b"])
    expression = parse_expression("drum and bass and not r&b", own)
    assert evaluate(expression, np.array([0.9, 0.1, 0.1]), np.full(3, 0.5)).truth
    assert str(expression) == '"drum and bass" and not r&b'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the expression is empty"),
        ("violn", r"at character 1: 'violn' is no tag; the nearest is 'violin'"),
        ("slow and violn", r"at character 10: 'violn' is no tag; the nearest is 'violin'"),
        ("femal vocal", r"at character 1: 'femal' is no tag; the nearest is 'female'"),
        ("violin slow", "at character 8: 'slow' follows without an 'and' or 'or'"),
        ("(violin", "at character 1: this bracket is not closed"),
        ("violin)", r"at character 7: '\)' has nothing to do there"),
        ("violin and", "at character 11: it ends where a tag should follow"),
        ("and violin", "at character 1: a tag should stand before 'and'"),
        ("rap >", "a number from 0 to 1 should follow"),
        ("rap > 2", "at character 7: after '>' a number from 0 to 1 should follow"),
        ("rap > nan", "a number from 0 to 1 should follow"),
        ('"violin', "at character 1: a quotation mark is not closed"),
        ("group:3", "'group:3' is not known"),
        ("(" * 60 + "rap" + ")" * 60, "nested more than 50"),
        ("rap or " * 5000 + "rap", "over 10000"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError, match=sentence):
        parse_expression(text)


def test_text_of_an_expression_means_the_same() -> None:
    random = np.random.default_rng(1)
    scores = random.random((200, 188)).astype(np.float32) * 0.5
    for text in (
        "(techno or house) and not vocals",
        "not (violin and (slow or fast)) or female vocal >= .2",
        "not not english",
    ):
        first = parse_expression(text)
        again = parse_expression(str(first))
        for answer, other in [
            (evaluate(first, scores, THRESHOLDS), evaluate(again, scores, THRESHOLDS))
        ]:
            assert (answer.truth == other.truth).all()
            assert 0 < answer.truth.sum() < 200


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_a_comparison_at_the_very_number(sign: str) -> None:
    assert truth(f"violin {sign} .5", heard(violin=0.5)) == ("=" in sign)


def test_a_fact_counts_as_much_as_it_is_true() -> None:
    facts = {"group:3": np.array([1, 0, 2])}
    expression = parse_expression("group:3", facts=("group",))
    answer = evaluate(expression, np.stack([heard()] * 3), THRESHOLDS, facts)
    assert answer.truth.tolist() == [True, False, True]
    assert answer.strength.tolist() == [1, 0, 1] and answer.strength.dtype == np.float32


def test_what_an_expression_asks_for() -> None:
    inner = parse_expression("rap or year:1990", facts=("year",))
    text = "not (cult or violin) and group:3 and not slow and (year:2001 or techno)"
    expression = parse_expression(text, facts=("group", "year"), defined={"cult": inner})
    assert sorted(facts_of(expression)) == ["group:3", "year:1990", "year:2001"]
    assert list(defined_in(expression)) == ["cult"]
    outer = parse_expression("rite", defined={"rite": expression})
    assert list(defined_in(outer)) == ["rite"]
    assert list(facts_of(parse_expression("violin"))) == []
    places = places_of(parse_expression("violin and techno and not violin"), OFFICIAL)
    assert places == sorted(OFFICIAL.index(name) for name in ("violin", "techno"))


def test_text_of_every_kind_of_expression() -> None:
    cult = parse_expression("eerie")
    text = "violin or slow and not group:3 or cult or rap > 0.5"
    expression = parse_expression(text, facts=("group",), defined={"cult": cult})
    again = parse_expression(str(expression), facts=("group",), defined={"cult": cult})
    assert again == expression and " or " in str(expression) and "cult" in str(expression)
    assert parse_expression("(violin)") == parse_expression("violin")


def test_brackets_may_be_nested_but_not_for_ever() -> None:
    assert truth("(" * 20 + "violin" + ")" * 20 + " and (violin) and (violin)", heard(violin=0.5))
    deep = 1000
    with pytest.raises(ExpressionError, match=r"^.*: brackets are nested more than"):
        parse_expression("(" * deep + "violin" + ")" * deep)


def test_what_may_have_a_colon_is_told() -> None:
    with pytest.raises(ExpressionError, match=r"what may have a colon here: .*group.*year"):
        parse_expression("yaer:3", facts=("group", "year"))
    with pytest.raises(ExpressionError, match=r"^the expression is empty; try: "):
        parse_expression("  ")
