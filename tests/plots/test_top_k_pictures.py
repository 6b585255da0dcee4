"""Top-K pictures: stems stand at the right tags and names do not overlap."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from results import many, predictions

from earmark.errors import DataError
from earmark.plots import top_k_comparison, top_k_curve
from earmark.plots.order import alike_order, by_category, spread
from earmark.plots.style import BLUE, VERMILION
from earmark.plots.top_k import LABELS, find_song
from earmark.vocabulary import official_vocabulary

unknown = np.nan


def marks(figure, colour: str) -> dict[str, set[float]]:
    """Places of the stems' ends of one colour, by the words of the legend."""
    return {
        line.get_label(): set(line.get_xdata())
        for line in figure.axes[0].lines
        if line.get_color() == colour and line.get_marker() == "o"
    }


def test_stems_line_up_where_the_model_is_right() -> None:
    # By category: rock (genre), guitar, violin (instrument), female (voice), loud (mood), slow.
    truth = [[1, 0, 1, 0, unknown, 0]]
    scores = [[0.8, 0.6, 0.1, 0.2, 0.5, 0.3]]  # guitar, rock, violin, slow, female, loud
    figure = top_k_comparison(predictions(truth, scores), 0, 3)
    order = by_category(official_vocabulary().ordered(predictions(truth, scores).tags))[0]
    place = {int(tag): float(i) for i, tag in enumerate(order)}
    assert marks(figure, VERMILION) == {
        "true, among the highest": {place[0]},
        "true, missed": {place[2]},
    }
    assert marks(figure, BLUE) == {
        "highest scores, right": {place[0]},
        "highest scores, wrong": {place[1]},
        "highest scores, nobody knows": {place[4]},
    }
    assert "1 of 2 true tags are among the 3 highest scores" in figure.axes[0].get_title("left")
    names = {text.get_text() for text in figure.axes[0].texts}
    assert names == {"guitar", "rock", "violin", "female"}


def test_blue_stems_are_as_long_as_the_scores_say() -> None:
    figure = top_k_comparison(predictions([[1, 0]], [[0.8, 0.2]]), 0, 2)
    ends = {
        float(x): float(y)
        for line in figure.axes[0].lines
        if line.get_color() == BLUE and line.get_marker() == "o"
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    assert sorted(ends.values()) == pytest.approx([-1, -0.25])
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert set(labels) == {"0.00", "0.40", "0.80", "true"}


@pytest.mark.parametrize("song", range(5))
def test_names_do_not_overlap_even_with_half_of_all_tags(song: int) -> None:
    figure = top_k_comparison(many(5), song, 90)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # lays it out
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[0].texts]
    assert len(boxes) == LABELS
    boxes.sort(key=lambda box: box.x0)
    assert all(a.x1 <= b.x0 + 0.5 for a, b in pairwise(boxes))
    frame = figure.axes[0].get_window_extent()
    assert frame.y0 < min(box.y0 for box in boxes) and max(box.y1 for box in boxes) < frame.y1


def test_scores_below_zero_are_drawn_from_the_lowest() -> None:
    figure = top_k_comparison(predictions([[1, 0]], [[-1.0, -3.0]]), 0, 1)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[:3] == ["-3.00", "-2.00", "-1.00"]


def test_a_song_is_found_by_number_file_or_the_end_of_its_path() -> None:
    p = predictions(np.zeros((3, 1)), np.zeros((3, 1)), files=["/a/x.wav", "/b/x.wav", "/b/y.wav"])
    assert find_song(p, 2) == 2
    assert find_song(p, "3") == 2
    assert find_song(p, "/b/x.wav") == 1
    assert find_song(p, "b/x.wav") == 1
    assert find_song(p, "y.wav") == 2


@pytest.mark.parametrize(
    ("song", "reason"),
    [
        ("x.wav", "2 songs of the predictions have this name"),
        ("z.wav", "z.wav: the predictions have no song of this name"),
        ("4", "have 3 songs, so none is number 4"),
        ("0", "none is number 0"),
        (-1, "have 3 songs"),
    ],
)
def test_a_song_that_is_not_there_is_one_sentence(song, reason: str) -> None:
    p = predictions(np.zeros((3, 1)), np.zeros((3, 1)), files=["/a/x.wav", "/b/x.wav", "/b/y.wav"])
    with pytest.raises(DataError, match=reason):
        top_k_comparison(p, song)


def test_a_song_without_scores_is_one_sentence() -> None:
    with pytest.raises(DataError, match=r"1\.wav: the predictions have no scores of this song"):
        top_k_comparison(predictions([[1.0]], [[unknown]]), 0)


def test_success_curves_are_those_of_the_counts() -> None:
    truth = [[1, 1, 0, 0], [0, 0, 0, 1]]
    scores = [[0.9, 0.1, 0.5, 0.3], [0.9, 0.1, 0.5, 0.3]]
    lines = top_k_curve(predictions(truth, scores), (0.5, 1.0)).axes[0].lines
    assert list(lines[0].get_xdata()) == [1, 2, 3, 4]
    assert list(lines[0].get_ydata()) == [0.5, 0.5, 1, 1]
    assert list(lines[1].get_ydata()) == [0, 0, 0.5, 1]
    assert [line.get_label() for line in lines] == ["50%", "all of them"]


def test_success_needs_a_tagged_song() -> None:
    with pytest.raises(DataError, match="no song with a tag"):
        top_k_curve(predictions([[0, 0]], [[0.1, 0.2]]))


def test_spread_places_are_apart_and_near() -> None:
    places = np.array([3, 3.1, 3.2, 10, 19.9, 20])
    spots = spread(places, 1, 0, 20)
    assert (np.diff(spots) >= 1 - 1e-9).all()
    assert spots[0] == pytest.approx(2.1) and spots[3] == 10 and spots[-1] == pytest.approx(20)
    assert spread(np.zeros(0), 1, 0, 1).shape == (0,)


def test_tags_are_grouped_by_category() -> None:
    vocabulary = official_vocabulary()
    order, spans = by_category(vocabulary)
    assert sorted(order) == list(range(188))
    for category, (first, last) in spans.items():
        assert {vocabulary.tags[i].category for i in order[first : last + 1]} == {category}
    assert sum(last - first + 1 for first, last in spans.values()) == 188


def test_things_that_are_alike_stand_together() -> None:
    places = np.array([0.0, 9, 1, 8, 0.5, 20])
    order = alike_order(np.abs(places[:, None] - places))
    assert sorted(order) == list(range(6))
    along = places[order]
    assert list(along) in (sorted(places), sorted(places, reverse=True))
