"""What of the scores is shown."""

import numpy as np
import pytest

from earmark.tagging import Tagging, Timeline
from earmark.vocabulary import official_vocabulary


def tagging(scores: dict[str, float], threshold: float = 0.3, **changes) -> Tagging:
    vocabulary = official_vocabulary()
    values = np.zeros(len(vocabulary), np.float32)
    for name, score in scores.items():
        values[vocabulary.index(name)] = score
    timeline = Timeline(np.array([0.0]), np.array([3.0]), values[None])
    thresholds = changes.pop("thresholds", np.full(len(vocabulary), threshold, np.float32))
    return Tagging(
        vocabulary=vocabulary,
        thresholds=thresholds,
        scores=values,
        timeline=timeline,
        embedding=np.zeros(4, np.float32),
        model="test",
        seconds=3.0,
        **changes,
    )


def test_tags_are_those_over_their_threshold_best_first() -> None:
    shown = tagging({"rock": 0.4, "drums": 0.7, "harp": 0.29}).tags()
    assert list(shown) == ["drums", "rock"]
    assert shown["drums"] == pytest.approx(0.7)


def test_one_tag_of_a_synonym_group_is_shown() -> None:
    scores = {"female vocal": 0.5, "female vocals": 0.6, "woman singing": 0.4}
    assert list(tagging(scores).tags()) == ["female vocals"]


@pytest.mark.parametrize(
    ("strong", "weak"), [("vocals", "no vocals"), ("no piano", "piano"), ("slow", "fast")]
)
def test_of_a_contradiction_only_the_stronger_is_shown(strong: str, weak: str) -> None:
    assert list(tagging({strong: 0.8, weak: 0.5}).tags()) == [strong]


def test_stronger_means_further_over_its_own_threshold() -> None:
    thresholds = np.full(188, 0.3, np.float32)
    thresholds[official_vocabulary().index("slow")] = 0.1
    result = tagging({"slow": 0.4, "fast": 0.5}, thresholds=thresholds)
    assert list(result.tags()) == ["slow"]


def test_top_knows_no_thresholds_and_no_groups() -> None:
    result = tagging({"vocals": 0.2, "no vocals": 0.1, "vocal": 0.15})
    assert list(result.top(3)) == ["vocals", "vocal", "no vocals"]
    assert len(result.top(1000)) == 188
    assert result.tags() == {}


def test_to_dict_is_plain_data() -> None:
    record = tagging({"rock": 0.43219}, warning="x: silent").to_dict(timeline=True)
    assert record == {
        "model": "test",
        "seconds": 3.0,
        "tags": {"rock": 0.4322},
        "timeline": [{"start": 0.0, "end": 3.0, "tags": {"rock": 0.4322}}],
        "warning": "x: silent",
    }


def test_to_dict_lists_as_many_as_asked_for() -> None:
    record = tagging({"rock": 0.5}).to_dict(top=188)
    assert len(record["tags"]) == 188
    assert "timeline" not in record and "warning" not in record
