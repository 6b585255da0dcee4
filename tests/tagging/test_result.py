"""What of the scores is shown, and how a tagging looks and compares."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from earmark.tagging import Tagging, Timeline
from earmark.tagging.notebook import COLUMNS, FEWEST, INK, MOST, columns
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.genres import find_map


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


def test_a_score_at_its_threshold_is_shown_and_of_equal_synonyms_the_first() -> None:
    assert list(tagging({"rock": 0.3}).tags()) == ["rock"]
    names = official_vocabulary().names
    pair = sorted(["female vocal", "female vocals"], key=names.index)
    assert list(tagging(dict.fromkeys(pair, 0.5)).tags()) == pair[:1]


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


def test_unsure_are_tags_from_half_of_their_threshold_that_nothing_shown_speaks_for() -> None:
    scores = {"rock": 0.5, "harp": 0.2, "flute": 0.15, "violin": 0.14}
    assert list(tagging(scores).unsure()) == ["harp", "flute"]
    assert tagging({"female vocals": 0.5, "female vocal": 0.2, "harp": 0.2}).unsure() == {
        "harp": pytest.approx(0.2)
    }
    assert tagging(scores).to_dict(unsure=True)["unsure"] == {"harp": 0.2, "flute": 0.15}


def test_seconds_in_a_record_are_whole_milliseconds() -> None:
    result = tagging({"rock": 0.5})
    times = Timeline(np.array([0.0, 1.23456]), np.array([1.23456, 3.14159]), np.eye(2, 188))
    record = replace(result, seconds=3.14159, timeline=times).to_dict(timeline=True)
    assert record["seconds"] == 3.142
    assert [(row["start"], row["end"]) for row in record["timeline"]] == [
        (0, 1.235),
        (1.235, 3.142),
    ]


def test_genres_are_those_of_a_map_by_name_or_as_it_is() -> None:
    result = tagging({"rock": 0.6, "guitar": 0.6})
    shipped = find_map("discogs", result.vocabulary)
    found = result.genres()
    assert "Rock" in found and 0.5 <= found["Rock"] <= 1
    assert result.genres("discogs") == result.genres(shipped) == found
    assert found == shipped.ranked(result.scores, result.thresholds)


def test_passages_of_a_tagging_are_neither_joined_nor_left_out() -> None:
    scores = np.full((12, 188), 0.001, np.float32)
    scores[[0, 5, 6, 7, 10, 11], official_vocabulary().index("rap")] = 0.99
    places = np.arange(13) / 2
    found = replace(tagging({}), timeline=Timeline(places[:-1], places[1:], scores)).events("rap")
    assert [(event.start, event.end) for event in found] == [(0, 0.5), (2.5, 4), (5, 6)]


def test_to_dict_lists_as_many_as_asked_for() -> None:
    record = tagging({"rock": 0.5}).to_dict(top=188)
    assert len(record["tags"]) == 188
    assert "timeline" not in record and "warning" not in record


def test_the_repr_is_one_short_line() -> None:
    names = official_vocabulary().names
    assert repr(tagging({"rock": 0.456, "drums": 0.7})) == (
        "<Tagging by test, 3.0 s: drums 0.70, rock 0.46>"
    )
    assert repr(tagging({}, warning="w")) == "<Tagging by test, 3.0 s: no tag, with a warning>"
    assert len(repr(tagging(dict.fromkeys(names, 0.9)))) < 250
    # Eight tags are named, and that there are more is said.
    shown = ["rock", "drums", "guitar", "piano", "flute", "harp", "violin", "cello", "banjo"]
    for count, more in ((8, False), (9, True)):
        text = repr(tagging(dict.fromkeys(shown[:count], 0.5)))
        assert text.count("0.50") == 8 and (", ...>" in text) == more


def test_equal_is_what_is_equal_in_every_field() -> None:
    one, other = tagging({"rock": 0.4}), tagging({"rock": 0.4})
    assert one == other and hash(one) == hash(other)
    assert one.timeline == other.timeline and hash(one.timeline) == hash(other.timeline)
    assert len({one, other}) == 1
    timeline = one.timeline
    changes = {
        "thresholds": one.thresholds + 0.1,
        "scores": one.scores * 2,
        "timeline": Timeline(timeline.starts, timeline.ends, timeline.scores * 2),
        "embedding": one.embedding + 1,
        "model": "other",
        "seconds": 4.0,
        "warning": "short",
    }
    for name, value in changes.items():
        assert replace(one, **{name: value}) != one, name
    assert one != "rock" and one.timeline != "rock"


def picture(result: Tagging) -> ElementTree.Element:
    """The parsed SVG, which is well-formed."""
    html = result._repr_html_()
    return ElementTree.fromstring(re.search("<svg.*</svg>", html)[0])


def cells(result: Tagging) -> list[list[tuple[float, float, float]]]:
    """Of each row, where its cells begin and end and how dark they are."""
    groups = [part for part in picture(result) if part.get("fill") == INK]
    return [
        [
            (
                float(cell.get("x")),
                float(cell.get("x")) + float(cell.get("width")),
                float(cell.get("fill-opacity")),
            )
            for cell in group
        ]
        for group in groups
    ]


def test_a_notebook_shows_when_each_tag_is_heard() -> None:
    result = tagging({"rock": 0.8, "drums": 0.4})
    timeline = Timeline(np.array([0.0, 1.0]), np.array([1.0, 3.0]), np.stack([result.scores] * 2))
    timeline.scores[0, official_vocabulary().index("drums")] = 0
    rock, drums = cells(replace(result, timeline=timeline))
    assert [darkness for _, _, darkness in rock] == [1.0, 1.0]
    assert [darkness for _, _, darkness in drums] == [0.5]
    assert rock[0][1] == pytest.approx(rock[1][0]) and drums[0][:2] == rock[1][:2]
    assert rock[1][1] - rock[1][0] == pytest.approx(2 * (rock[0][1] - rock[0][0]), abs=0.3)
    assert rock[1][1] == 640
    words = [text.text for text in picture(result).iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["rock", "0.80", "drums", "0.40", "0:00", "0:03"]


def test_a_notebook_shows_some_rows_in_any_case_and_never_too_many() -> None:
    assert len(cells(tagging({"rock": 0.2}))) == FEWEST
    assert "no tag is over its threshold" in tagging({"rock": 0.2})._repr_html_()
    many = dict.fromkeys(official_vocabulary().names, 0.9)
    assert len(cells(tagging(many))) == MOST < len(tagging(many).tags())


def test_a_notebook_gets_no_markup_from_names() -> None:
    html = tagging({"rock": 0.5}, warning="<script>1</script>: short & sad")._repr_html_()
    assert "<script" not in html and "&lt;script&gt;1&lt;/script&gt;: short &amp; sad" in html
    named = replace(tagging({"rock": 0.5}), model="<b>mine</b>")
    assert "<b>" not in named._repr_html_()


@pytest.mark.parametrize("windows", [1, 79, 80, 81, 1000])
def test_windows_are_joined_where_there_are_many(windows: int) -> None:
    result = tagging({"rock": 0.4})
    scores = np.random.default_rng(0).random((windows, 188)).astype(np.float32)
    places = np.arange(windows + 1.0)
    long = replace(result, timeline=Timeline(places[:-1], places[1:], scores))
    edges, joined = columns(long, ["rock"], COLUMNS)
    assert len(joined) == len(edges) - 1 <= COLUMNS
    assert (edges[0], edges[-1]) == (0, windows)
    weighted = (joined[:, 0] * np.diff(edges)).sum() / windows
    assert weighted == pytest.approx(scores[:, official_vocabulary().index("rock")].mean())
