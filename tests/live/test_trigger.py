"""What begins and ends while it is heard is what events find in the whole timeline."""

import numpy as np
import pytest

from earmark.live.trigger import Trigger
from earmark.tagging.events import events_in
from earmark.tagging.hop import Row
from earmark.tagging.result import Timeline
from earmark.vocabulary import official_vocabulary, parse_expression

TAGS = official_vocabulary()
HOP = 0.5


def timeline(scores: np.ndarray) -> Timeline:
    starts = HOP * np.arange(len(scores))
    return Timeline(starts, starts + HOP, scores.astype(np.float32))


def wandering(rows: int, seed: int) -> np.ndarray:
    """Scores that go up and down, some for long and some for a row."""
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.normal(0, 0.4, (rows, len(TAGS))), axis=0) + rng.normal(
        0, 0.5, (rows, len(TAGS))
    )
    return 0.5 + 0.45 * np.sin(steps)


def told(trigger: Trigger, whole: Timeline) -> list:
    changes = []
    for start, end, scores in zip(whole.starts, whole.ends, whole.scores, strict=True):
        changes += trigger.feed(Row(float(start), float(end), scores))
    return changes + trigger.end()


@pytest.mark.parametrize("rows", [1, 2, 7, 400])
def test_the_passages_are_those_of_the_whole_timeline(rows: int) -> None:
    for seed, text in enumerate(["rock", "drums or not vocals", "piano or rap > .4"]):
        whole = timeline(wandering(rows, seed))
        thresholds = np.full(len(TAGS), 0.9, np.float32)
        expression = parse_expression(text, TAGS)
        wanted = [(e.start, e.end) for e in events_in(whole, thresholds, expression)]
        changes = told(Trigger(TAGS, thresholds, HOP, [expression]), whole)
        assert [c.begins for c in changes] == [True, False] * (len(changes) // 2)
        seconds = [c.seconds for c in changes]
        assert list(zip(seconds[::2], seconds[1::2], strict=True)) == wanted
        assert rows < 400 or len(wanted) > 3


def test_of_synonyms_one_begins_and_of_contradictions_the_stronger() -> None:
    scores = np.full((20, len(TAGS)), 0.01, np.float32)
    for name, score in {"vocals": 0.9, "voice": 0.8, "no vocals": 0.7}.items():
        scores[4:12, TAGS.names.index(name)] = score
    thresholds = np.full(len(TAGS), 0.3, np.float32)
    changes = told(Trigger(TAGS, thresholds, HOP), timeline(scores))
    assert [(c.begins, c.name, c.seconds) for c in changes] == [
        (True, "vocals", 2.0),
        (False, "vocals", 6.0),
    ]


def test_after_the_end_nothing_is_remembered() -> None:
    trigger = Trigger(TAGS, np.full(len(TAGS), 0.3, np.float32), HOP)
    loud = timeline(np.full((6, len(TAGS)), 0.9))
    first = told(trigger, loud)
    assert first and not trigger.active
    assert told(trigger, loud) == first
