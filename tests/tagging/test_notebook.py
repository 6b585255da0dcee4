"""Where every word and cell of a notebook's picture lies, by the sizes that the module names."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from test_result import tagging

from earmark.tagging import Tagging, Timeline
from earmark.vocabulary import official_vocabulary

SVG = "{http://www.w3.org/2000/svg}"
LEFT, WIDTH, ROW = 190, 640, 18  # where the cells begin and end, height of a row


def picture(result: Tagging) -> ElementTree.Element:
    return ElementTree.fromstring(re.search("<svg.*</svg>", result._repr_html_())[0])


@pytest.fixture(scope="module")
def result() -> Tagging:
    """Three tags over five windows of 75.4 seconds."""
    whole = tagging({"rock": 0.8, "drums": 0.4, "harp": 0.35})
    ends = np.array([20.0, 40.0, 60.0, 70.0, 75.4])
    scores = np.zeros((5, 188), np.float32)
    for name, values in {
        "rock": [1.0, 0.5, 0.009, 0.25, 0.011],
        "drums": [0.0, 0.1, 0.2, 0.3, 0.4],
        "harp": [0.02, 0.0, 0.0, 0.0, 0.9],
    }.items():
        scores[:, official_vocabulary().index(name)] = values
    timeline = Timeline(np.array([0.0, *ends[:-1]]), ends, scores)
    return replace(whole, timeline=timeline, seconds=75.4)


def test_each_cell_lies_at_its_time_and_is_as_dark_as_its_score(result: Tagging) -> None:
    edges = [LEFT + (WIDTH - LEFT) * second / 75.4 for second in (0, 20, 40, 60, 70, 75.4)]
    wanted = {0: {0: 1.0, 1: 0.5, 3: 0.25, 4: 0.01}, 1: {1: 0.1, 2: 0.2, 3: 0.3, 4: 0.4}}
    wanted[2] = {0: 0.02, 4: 0.9}
    groups = picture(result).findall(f"{SVG}g")
    assert len(groups) == 3
    for row, group in enumerate(groups):
        found = [{key: cell.get(key) for key in cell.keys()} for cell in group]  # noqa: SIM118
        assert found == [
            {
                "x": f"{edges[place]:.1f}",
                "y": str(ROW * row + 1),
                "width": f"{edges[place + 1] - edges[place]:.1f}",
                "height": "16",
                "fill-opacity": f"{darkness:.2f}",
            }
            for place, darkness in wanted[row].items()
        ]


def test_words_stand_beside_their_rows(result: Tagging) -> None:
    svg = picture(result)
    assert (svg.get("width"), svg.get("height")) == ("640", "72")
    found = [(text.get("x"), text.get("y"), text.text) for text in svg.iter(f"{SVG}text")]
    rows = []
    for row, (name, score) in enumerate((("rock", "0.80"), ("drums", "0.40"), ("harp", "0.35"))):
        base = str(ROW * row + 13)
        rows += [("142", base, name), ("182", base, score)]
    assert found == [*rows, ("190", "68", "0:00"), ("640", "68", "1:15")]
    assert "<small>test, 1:15</small>" in result._repr_html_()


def test_a_faint_sound_is_drawn_faintly_and_one_without_length_at_all(result: Tagging) -> None:
    faint = replace(result, timeline=replace(result.timeline, scores=result.timeline.scores * 0.1))
    cells = picture(faint).find(f"{SVG}g")
    assert [cell.get("fill-opacity") for cell in cells] == ["0.20", "0.10", "0.05"]  # .1 of .5
    nothing = Timeline(np.zeros(1), np.zeros(1), result.timeline.scores[:1])
    svg = picture(replace(result, timeline=nothing, seconds=0.0))
    assert [cell.get("x") for cell in svg.iter(f"{SVG}rect")] == ["190.0", "190.0"]


@pytest.mark.parametrize(("count", "rows"), [(0, 5), (1, 1), (10, 10), (11, 10)])
def test_ten_rows_at_most_and_five_where_no_tag_is_sure(count: int, rows: int) -> None:
    names = [
        "rock",
        "drums",
        "guitar",
        "piano",
        "flute",
        "harp",
        "violin",
        "cello",
        "banjo",
        "sitar",
        "organ",
    ]
    shown = tagging(dict.fromkeys(names[:count], 0.9))
    assert len(picture(shown).findall(f"{SVG}g")) == rows


@pytest.mark.parametrize(("windows", "cells"), [(80, 80), (81, 41), (160, 80)])
def test_eighty_columns_at_most(windows: int, cells: int) -> None:
    result = tagging({"rock": 0.9})
    places = np.arange(windows + 1.0)
    timeline = Timeline(places[:-1], places[1:], np.tile(result.scores, (windows, 1)))
    svg = picture(replace(result, timeline=timeline, seconds=float(windows)))
    assert len(svg.find(f"{SVG}g")) == cells
