"""From scores over time to events."""

from dataclasses import replace

import numpy as np
import pytest

from earmark.errors import ExpressionError
from earmark.tagging import Tagging, Timeline
from earmark.tagging.events import events_in, events_of, joined
from earmark.tagging.smoothing import edges, likeliest, log_odds
from earmark.vocabulary import official_vocabulary, parse_expression

HOP = 0.5
VOCABULARY = official_vocabulary()


def tagging_of(hop: float = HOP, **scores: list[float]) -> Tagging:
    """A tagging whose tags have these scores over time; thresholds are .3."""
    count = len(next(iter(scores.values())))
    rows = np.full((count, len(VOCABULARY)), 0.01, np.float32)
    for name, values in scores.items():
        rows[:, VOCABULARY.index(name)] = values
    starts = np.arange(count) * hop
    return Tagging(
        vocabulary=VOCABULARY,
        thresholds=np.full(len(VOCABULARY), 0.3, np.float32),
        scores=rows.mean(axis=0),
        timeline=Timeline(starts, starts + hop, rows),
        embedding=np.zeros(1, np.float32),
        model="none",
        seconds=count * hop,
    )


def spans(events) -> list[tuple[float, float]]:
    return [(event.start, event.end) for event in events]


def test_an_event_has_its_times_its_expression_and_its_strength() -> None:
    (event,) = tagging_of(rap=[0.1] * 6 + [0.6] * 8 + [0.1] * 6).events("rap")
    assert (event.start, event.end, event.tag, event.seconds) == (3, 7, "rap", 4)
    assert event.score == pytest.approx(0.6 / (0.6 + 0.55 * 0.3), abs=1e-5)


def test_a_single_row_up_or_down_is_smoothed_away() -> None:
    assert tagging_of(rap=[0.1] * 9 + [0.9] + [0.1] * 9).events("rap") == []
    found = tagging_of(rap=[0.9] * 9 + [0.1] + [0.9] * 9).events("rap")
    assert spans(found) == [(0, 9.5)]


def test_expressions_join_tags() -> None:
    tagging = tagging_of(
        rap=[0.9] * 6 + [0.01] * 14, vocals=[0.01] * 6 + [0.9] * 6 + [0.01] * 8, slow=[0.6] * 20
    )
    assert spans(tagging.events("vocals or rap")) == [(0, 6)]
    assert spans(tagging.events("singing and not rap")) == [(3, 6)]  # a synonym of vocals
    assert spans(tagging.events("slow > .9 or rap > .5")) == [(0, 3)]
    assert tagging.events("(vocals or rap) and slow")[0].tag == "(vocals or rap) and slow"


def test_gaps_are_closed_before_short_events_are_left_out() -> None:
    on, off = [0.9] * 4, [0.01] * 4
    tagging = tagging_of(rap=off + on + off + on + off * 3 + on)
    assert spans(tagging.events("rap")) == [(2, 4), (6, 8), (14, 16)]
    assert spans(tagging.events("rap", gap=2)) == [(2, 8), (14, 16)]
    assert spans(tagging.events("rap", gap=2, min_length=3)) == [(2, 8)]
    assert tagging.events("rap", min_length=2.5) == []


def test_a_lower_bound_finds_more() -> None:
    # Strengths s / (s + .55 * .3): .15 is .476.
    near, on, off = [0.15] * 4, [0.5] * 4, [0.05] * 4
    tagging = tagging_of(rap=off + near + on + near + off)
    assert spans(tagging.events("rap")) == [(4, 6)]
    assert spans(tagging.events("rap", on=0.4)) == [(2, 8)]
    assert tagging_of(rap=off + near + near + off).events("rap") == []


def test_windows_side_by_side_are_not_smoothed() -> None:
    assert spans(tagging_of(3.0, rap=[0.01, 0.9, 0.01, 0.9]).events("rap")) == [(3, 6), (9, 12)]
    assert spans(tagging_of(3.0, rap=[0.9]).events("rap")) == [(0, 3)]


def test_a_mistake_is_told_with_its_place() -> None:
    with pytest.raises(ExpressionError, match="at character 1: 'vocalz' is no tag"):
        tagging_of(rap=[0.1]).events("vocalz or rap")


@pytest.mark.parametrize("hop", [0.1, 0.5, 2.0])
def test_the_course_is_the_likeliest_of_all(hop: float) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        strengths = random.uniform(0.05, 0.95, 9)
        evidence = hop / 0.5 * np.log(strengths / (1 - strengths))

        def worth(course: np.ndarray, evidence: np.ndarray = evidence) -> float:
            return evidence[course].sum() - np.abs(np.diff(course.astype(int))).sum()

        courses = ((np.arange(512)[:, None] >> np.arange(9)) & 1).astype(bool)
        best = max(worth(course) for course in courses)
        assert worth(likeliest(strengths, hop)) == pytest.approx(best)


def test_edges_are_first_rows_and_rows_after_last_ones() -> None:
    inside = np.array([True, True, False, True, False, True])
    assert [row.tolist() for row in edges(inside)] == [[0, 3, 5], [2, 4, 6]]
    assert not likeliest(np.array([]), 0.5).size


def test_a_row_that_speaks_neither_for_nor_against_is_no_passage() -> None:
    assert likeliest(np.array([0.5]), 0.5).tolist() == [False]
    assert likeliest(np.array([0.4, 0.4]), 0.5, on=0.4).tolist() == [False, False]


def test_nothing_is_surer_than_sure() -> None:
    np.testing.assert_allclose(log_odds(np.array([0.0, 0.5, 1.0])), [-6.906755, 0, 6.906755])


def test_without_a_wish_passages_are_neither_joined_nor_left_out() -> None:
    tagging = tagging_of(rap=[0.9] + [0.001] * 5 + [0.9] * 4 + [0.001] * 2 + [0.9] * 4)
    wanted = [(0, 0.5), (3, 5), (6, 8)]
    assert spans(events_of(tagging, "rap")) == wanted
    asked = parse_expression("rap", VOCABULARY)
    assert spans(events_in(tagging.timeline, tagging.thresholds, asked)) == wanted
    assert joined([(1.5, 2), (0, 1)]) == [(0, 1), (1.5, 2)]
    assert joined([(0, 3), (1, 2), (3, 4)]) == [(0, 4)]


def test_a_passage_of_just_the_least_length_is_kept() -> None:
    tagging = tagging_of(rap=[0.01] * 4 + [0.9] * 4 + [0.01] * 4)
    assert spans(tagging.events("rap", min_length=2.0)) == [(2, 4)]
    assert tagging.events("rap", min_length=2.01) == []


def test_a_row_counts_by_its_length_wherever_the_sound_begins() -> None:
    # Of a tenth of a second no row says as much as a change costs, of half a second one does.
    for hop, wanted in ((0.1, []), (0.5, [(10, 10.5)])):
        tagging = tagging_of(hop, rap=[0.9, 0.001])
        timeline = tagging.timeline
        later = Timeline(timeline.starts + 10, timeline.ends + 10, timeline.scores)
        assert spans(replace(tagging, timeline=later).events("rap")) == wanted
