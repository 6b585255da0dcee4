"""From scores over time to events."""

import numpy as np
import pytest

from earmark.errors import ExpressionError
from earmark.tagging import Tagging, Timeline
from earmark.tagging.smoothing import edges, held, median_filtered
from earmark.vocabulary import official_vocabulary

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
    assert event.score == pytest.approx(0.6 / (0.6 + 0.8 * 0.3), abs=1e-5)


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


def test_an_event_begins_over_the_threshold_and_ends_below_a_lower_bound() -> None:
    # Strengths s / (s + .8 * .3): .22 is .478, between the bounds.
    near, on, off = [0.22] * 4, [0.5] * 4, [0.1] * 4
    assert spans(tagging_of(rap=off + near + on + near + off).events("rap")) == [(2, 8)]
    assert tagging_of(rap=off + near + near + off).events("rap") == []
    assert spans(tagging_of(rap=off + near + off).events("rap", on=0.46)) == [(2, 4)]


def test_windows_side_by_side_are_not_smoothed() -> None:
    assert spans(tagging_of(3.0, rap=[0.01, 0.9, 0.01, 0.9]).events("rap")) == [(3, 6), (9, 12)]
    assert spans(tagging_of(3.0, rap=[0.9]).events("rap")) == [(0, 3)]


def test_a_mistake_is_told_with_its_place() -> None:
    with pytest.raises(ExpressionError, match="at character 1: 'vocalz' is no tag"):
        tagging_of(rap=[0.1]).events("vocalz or rap")


def test_medians_are_medians() -> None:
    values = np.array([0, 9, 1, 1, 8, 8, 2], np.float32)
    np.testing.assert_array_equal(median_filtered(values, 3), [4.5, 1, 1, 1, 8, 8, 5])
    np.testing.assert_array_equal(median_filtered(values, 1), values)
    assert len(median_filtered(values[:0], 3)) == 0


def test_what_is_held_reaches_both_ways() -> None:
    strengths = np.array([0.46, 0.5, 0.46, 0.4, 0.46, 0.46, 0.6])
    inside = held(strengths)
    assert inside.tolist() == [True, True, True, False, True, True, True]
    assert [row.tolist() for row in edges(inside)] == [[0, 4], [3, 7]]
    assert not held(np.array([0.46, 0.49])).any()
