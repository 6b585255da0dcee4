"""Pictures of results: the plotted numbers are those that one can count by hand."""

import json
import threading

import numpy as np
import pytest
from results import TAGS, many, predictions
from sklearn.metrics import average_precision_score, roc_auc_score

from earmark.datasets import Row
from earmark.datasets.stats import statistics
from earmark.errors import DataError
from earmark.evaluation.confusion import heard_instead
from earmark.evaluation.curves import GRID, tag_curves
from earmark.plots import (
    captured_bars,
    category_bars,
    common_tags,
    confusion_map,
    cooccurrence,
    learning_curves,
    reliability_diagram,
    rendered,
    roc_pr,
)
from earmark.vocabulary import Vocabulary, official_vocabulary

unknown = np.nan


def names_of(labels) -> list[str]:
    return [label.get_text() for label in labels]


def matrix_of(axes) -> np.ndarray:
    return np.ma.filled(axes.images[0].get_array().astype(float), np.nan)


def test_cooccurrence_is_the_share_of_the_rows_songs() -> None:
    truth = [[1, 1, 0], [1, 0, 0], [1, 1, 1], [unknown, 1, 0]]
    axes = cooccurrence(predictions(truth, np.zeros((4, 3)))).axes[0]
    rows, columns = names_of(axes.get_yticklabels()), names_of(axes.get_xticklabels())
    assert rows == columns and set(rows) == {"guitar", "rock", "violin"}
    values = matrix_of(axes)
    share = {(a, b): values[i, j] for i, a in enumerate(rows) for j, b in enumerate(columns)}
    assert share["guitar", "rock"] == pytest.approx(2 / 3)
    assert share["rock", "guitar"] == 1  # of the two in which it is known
    assert share["violin", "rock"] == 1 and share["rock", "violin"] == pytest.approx(1 / 3)
    assert np.isnan(share["rock", "rock"])


def test_cooccurrence_of_a_data_set_is_that_of_its_labels() -> None:
    rows = [Row(1, "a", ("rock", "loud"), None), Row(2, "b", ("rock",), None)]
    axes = cooccurrence(statistics(rows, official_vocabulary())).axes[0]
    values, names = matrix_of(axes), names_of(axes.get_yticklabels())
    rock, loud = names.index("rock"), names.index("loud")
    assert values[rock, loud] == 0.5 and values[loud, rock] == 1


def test_cooccurrence_shows_the_most_common_only() -> None:
    found = many()
    axes = cooccurrence(found, 7).axes[0]
    counts = dict(zip(found.tags, found.truth.sum(0), strict=True))
    shown = names_of(axes.get_yticklabels())
    left_out = set(found.tags) - set(shown)
    assert len(shown) == 7
    assert min(counts[tag] for tag in shown) >= max(counts[tag] for tag in left_out)
    with pytest.raises(DataError, match="fewer than two tags"):
        cooccurrence(predictions([[1, 0]], [[0, 0]]))


def test_heard_instead_counts_the_wrong_tags_of_missed_songs() -> None:
    truth = [[1, 0, 0], [1, 0, unknown], [1, 0, 0], [0, 1, 0]]
    scores = [[0.1, 0.9, 0.2], [0.1, 0.2, 0.9], [0.9, 0.1, 0.2], [unknown, 0.1, 0.3]]
    shares, missed = heard_instead(np.array(truth), np.array(scores), 1)
    assert list(missed) == [2, 1, 0]
    assert shares[0, 1] == 0.5 and shares[0, 2] == 0  # of song 2 nobody knows the third tag
    assert shares[1, 2] == 1 and shares[1, 0] == 0
    assert np.isnan(shares[2]).all()


def test_confusion_shows_the_most_missed_tags_with_their_counts() -> None:
    found = many()
    axes = confusion_map(found, 5, 6).axes[0]
    shares, missed = heard_instead(found.truth, found.scores, 5)
    labels = names_of(axes.get_yticklabels())
    worst = np.argsort(-missed, kind="stable")[:6]
    assert labels == [f"{found.tags[i]} ({missed[i]})" for i in worst]
    columns = [found.tags.index(name) for name in names_of(axes.get_xticklabels())]
    assert matrix_of(axes) == pytest.approx(shares[np.ix_(worst, columns)])
    with pytest.raises(DataError, match="no tag is missed"):
        confusion_map(predictions([[1, 0]], [[0.9, 0.1]]))


def test_curves_enclose_the_areas_that_scikit_learn_computes() -> None:
    chance = np.random.default_rng(3)
    there = chance.random(3000) < 0.3
    scores = np.round(there + chance.normal(0, 1, 3000), 2)  # with ties
    rate, precision = tag_curves(there, scores)
    assert np.trapezoid(rate, GRID) == pytest.approx(roc_auc_score(there, scores), abs=2e-3)
    area = average_precision_score(there, scores)
    assert np.trapezoid(precision, GRID) == pytest.approx(area, abs=2e-3)


def test_curves_name_the_best_the_worst_and_the_mean() -> None:
    truth = np.zeros((40, 3))
    truth[:10, :2], truth[5:15, 2] = 1, unknown
    truth[20:30, 2] = 1
    scores = np.zeros((40, 3))
    scores[:, 0] = truth[:, 0]  # perfect
    scores[:, 1] = np.random.default_rng(0).random(40)
    scores[:, 2] = np.nan_to_num(truth[:, 2]) + np.arange(40) % 2
    panels = roc_pr(predictions(truth, scores)).axes
    for axes in panels:
        words = [line.get_label() for line in axes.lines if not line.get_label().startswith("_")]
        assert words[0].startswith("best: guitar (1.00, 10 songs)")
        assert words[1].startswith("worst: rock (")
        assert words[2].startswith("mean of 3 tags (")
        mean = next(line for line in axes.lines if line.get_label() == words[2])
        thin = [line.get_ydata() for line in axes.lines if len(line.get_xdata()) == 201][:3]
        assert mean.get_ydata() == pytest.approx(np.mean(thin, axis=0))
    with pytest.raises(DataError, match="no tag has 1 songs with it"):
        roc_pr(predictions(np.ones((3, 2)), np.ones((3, 2))))


def test_reliability_of_calibrated_scores_is_the_diagonal() -> None:
    figure = reliability_diagram(many(2000), 10)
    upper, lower = figure.axes
    observed = next(line for line in upper.lines if line.get_label() == "observed")
    common = [bar.get_height() > 500 for bar in lower.patches]
    x, y = (np.asarray(data)[common] for data in observed.get_data())
    assert len(x) >= 5 and y == pytest.approx(x, abs=0.06)
    assert sum(bar.get_height() for bar in lower.patches) == 2000 * 188
    ends = [end for bar in lower.patches for end in (bar.get_x(), bar.get_x() + bar.get_width())]
    assert ends == sorted(ends) and ends[0] >= 0 and ends[-1] <= 1  # none covers another


@pytest.mark.parametrize(
    ("score", "reason"), [(-1.5, "not all between 0 and 1"), (unknown, "nothing can be compared")]
)
def test_reliability_needs_scores_that_are_probabilities(score: float, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        reliability_diagram(predictions([[1]], [[score]]))


def test_categories_have_a_bar_each_and_a_dot_for_each_tag() -> None:
    found = many()
    left, right = category_bars(found).axes
    vocabulary = official_vocabulary()
    genre = [i for i, tag in enumerate(vocabulary.tags) if tag.category == "genre"]
    truth, scores = found.truth, found.scores
    genre = [i for i in genre if 0 < truth[:, i].sum() < len(truth)]
    values = [roc_auc_score(truth[:, i], scores[:, i]) for i in genre]
    assert names_of(left.get_yticklabels())[0] == f"genre ({len(genre)} tags)"
    bar = left.patches[0]
    assert bar.get_x() + bar.get_width() == pytest.approx(np.mean(values))
    assert sorted(left.collections[0].get_offsets()[:, 0]) == pytest.approx(sorted(values))
    assert len(right.patches) == len(left.patches)


def test_captured_bars_are_shares_of_the_songs_with_the_tag() -> None:
    truth = np.zeros((8, 4))
    truth[:, 0] = truth[:4, 1] = truth[:, 3] = 1
    scores = np.tile([0.9, 0.5, 0.1, 0.2], (8, 1))
    scores[:2, 0] = 0
    left, right = captured_bars(predictions(truth, scores), k=1, least=4).axes
    assert names_of(left.get_yticklabels()) == ["guitar", "rock"]
    widths = [bar.get_width() for bar in left.patches]  # captured, then missed
    assert widths == pytest.approx([6 / 8, 2 / 4, 2 / 8, 2 / 4])
    assert [text.get_text() for text in left.texts] == ["6 of 8", "2 of 4"]
    assert names_of(right.get_yticklabels()) == ["slow"]
    with pytest.raises(DataError, match="no tag has 9 songs"):
        captured_bars(predictions(truth, scores), least=9)


def test_common_tags_come_in_order_with_their_counts() -> None:
    truth = np.zeros((5, 6))
    truth[:4, 1], truth[:2, 4], truth[0, 0] = 1, 1, 1
    rows = [
        Row(i, str(i), tuple(tag for tag, there in zip(TAGS, song, strict=True) if there))
        for i, song in enumerate(truth, 1)
    ]
    for source in (predictions(truth, truth), statistics(rows, Vocabulary.from_names(TAGS))):
        axes = common_tags(source, 2).axes[0]
        assert names_of(axes.get_yticklabels()) == ["rock", "female"]
        assert [bar.get_width() for bar in axes.patches] == [4, 2]
        assert axes.texts[0].get_text().strip() == "4 (80.0%)"
        assert axes.get_title("left") == "The 2 most common of 3 tags, 5 songs"
    with pytest.raises(DataError, match="no song has a tag"):
        common_tags(predictions([[0]], [[0]]))


def log(folder, text: str):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log.jsonl").write_text(text)
    return folder


def lines(*records: dict) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_learning_curves_have_a_panel_a_measure_and_a_line_a_run(tmp_path) -> None:
    first = log(
        tmp_path / "first",
        lines(
            {"epoch": 1, "loss": 0.5, "roc_auc": 0.7},
            {"epoch": 2, "loss": 0.4, "note": "lower rate"},
            {"epoch": 2, "loss": 0.3, "roc_auc": 0.8},  # after a stop
        )
        + '{"epoch": 3, "lo',  # being written
    )
    second = log(tmp_path / "second", lines({"epoch": 1, "loss": 0.6}))
    figure = learning_curves([first, second])
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title("left") for axes in panels] == ["training loss", "validation ROC-AUC"]
    a, b = panels[0].lines
    assert (list(a.get_xdata()), list(a.get_ydata())) == ([1, 2], [0.5, 0.3])
    assert list(b.get_ydata()) == [0.6] and b.get_label() == "second"
    assert list(panels[1].lines[0].get_ydata()) == [0.7, 0.8]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no finished epoch"),
        ("nonsense\n", "line 1 is no JSON object with an epoch"),
        ('{"epoch": 1, "loss": 1}\n[3]\n', "line 2 is no JSON"),
        ('{"loss": 1}\n', "line 1 is no JSON object with an epoch"),
    ],
)
def test_a_log_that_makes_no_sense_is_one_sentence(tmp_path, text: str, reason: str) -> None:
    with pytest.raises(DataError, match=rf"log\.jsonl: .*{reason}"):
        learning_curves([log(tmp_path, text)])


def test_a_folder_without_a_log_is_one_sentence(tmp_path) -> None:
    with pytest.raises(DataError, match=r"log\.jsonl: no such log"):
        learning_curves([tmp_path])


def test_threads_draw_the_same_pictures_as_one() -> None:
    found = many()
    draws = [common_tags, category_bars, reliability_diagram, captured_bars]
    alone = [rendered(draw(found), "png") for draw in draws]
    together: dict[int, bytes] = {}

    def work(i: int) -> None:
        together[i] = rendered(draws[i](found), "png")

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[i] for i in range(4)] == alone
