"""`earmark evaluate` and `compare`: predictions of ours, and of a peer on real songs."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from command import earmark
from miniature import annotations
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from earmark.evaluation.predictions import read_predictions, schema
from earmark.evaluation.summary import summary
from earmark.verbs.evaluate import summary_text
from earmark.vocabulary import official_vocabulary
from earmark.writers.plain_json import to_json

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
TAGS = ("guitar", "piano", "flute", "wind")


def write(path: Path, seed: int, skill: float, songs: int = 60) -> Path:
    """Predictions of songs by 20 artists; the last tag is nowhere."""
    truth = np.random.default_rng(7).random((songs, 4)) < [0.5, 0.3, 0.2, 0]
    scores = np.random.default_rng(seed).random((songs, 4)) * (1 - skill) + skill * truth
    rows = [
        {
            "file": f"{i}.mp3",
            "group": f"artist {i % 20}",
            "tags": [tag for tag, there in zip(TAGS, own, strict=True) if there],
            "not_tags": None,
            "scores": score.astype(np.float32),
        }
        for i, (own, score) in enumerate(zip(truth, scores, strict=True))
    ]
    parquet.write_table(pa.Table.from_pylist(rows, schema(TAGS, {"model": "mine"})), path)
    return path


def test_the_headline_as_json(tmp_path: Path) -> None:
    path = write(tmp_path / "p.parquet", 0, 0.3)
    done = earmark("evaluate", path, "--format", "json", "--min-positives", 2)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    table = parquet.read_table(path).to_pydict()
    truth = np.array([[tag in tags for tag in TAGS[:3]] for tags in table["tags"]])
    scores = np.array(table["scores"])[:, :3]
    assert (found["songs"], found["tags"], found["too_few"]) == (60, 3, ["wind"])
    assert found["roc_auc"] == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)
    assert found["pr_auc"] == pytest.approx(average_precision_score(truth, scores), abs=1e-9)
    low, high = found["roc_auc_ci"]
    assert low < found["roc_auc"] < high
    guitar = found["per_tag"]["guitar"]
    assert guitar["positives"] + guitar["negatives"] == 60
    assert guitar["roc_auc"] == pytest.approx(roc_auc_score(truth[:, 0], scores[:, 0]))
    assert found["top_k"]["success"]["1"] == 1  # there are only four tags
    assert 0 < found["calibration"]["error"] < 1
    assert found["model"] == "mine"
    assert found["shown"]["by"] == "the 10 highest scores"  # of four: every tag is shown
    assert found["shown"]["micro"]["recall"] == 1
    assert found["missed"] == {}


def test_shown_tags_at_a_threshold(tmp_path: Path) -> None:
    path = write(tmp_path / "p.parquet", 0, 0.3)
    done = earmark("evaluate", path, "--format", "json", "--threshold", "0.6")
    found = json.loads(done.stdout)
    table = parquet.read_table(path).to_pydict()
    truth = np.array([[tag in tags for tag in TAGS] for tags in table["tags"]])
    shown = np.array(table["scores"]) >= 0.6
    assert found["shown"]["by"] == "a score of 0.6"
    assert found["shown"]["micro"]["f1"] == pytest.approx(f1_score(truth, shown, average="micro"))
    guitar = f1_score(truth[:, 0], shown[:, 0])
    assert found["per_tag"]["guitar"]["f1"] == pytest.approx(guitar)
    assert found["shown"]["tags_per_song"] == pytest.approx(shown.sum(1).mean())
    assert "shown by a score of 0.6" in earmark("evaluate", path, "--threshold", "0.6").stdout


def test_the_table_for_people(tmp_path: Path) -> None:
    done = earmark("evaluate", write(tmp_path / "p.parquet", 0, 0.3))
    assert done.stdout.startswith("60 songs, 3 tags that count (mine)")
    assert "1 tag with fewer than 1 songs with or without them: left out" in done.stdout
    assert "\nguitar " in done.stdout


def test_what_does_not_exist_is_a_dash(tmp_path: Path) -> None:
    """Nobody said what is absent: nothing can be wrong, so there is no precision."""
    rows = [
        {"file": f"{i}.mp3", "tags": ["guitar"], "not_tags": [], "scores": [0.9, 0.1, 0.2, 0.3]}
        for i in range(4)
    ]
    path = tmp_path / "p.parquet"
    parquet.write_table(pa.Table.from_pylist(rows, schema(TAGS, {"model": "mine"})), path)
    found = summary(read_predictions(path), threshold=0.5)
    text = summary_text(found, 1)
    assert "precision - (macro -), recall - (macro -), F1 - (macro -)" in text
    assert "lwlrap -, mean reciprocal rank -" in text
    assert "expected calibration error -, Brier score -" in text
    assert "nan" not in text and "1.000" not in text
    assert json.loads(to_json(found.to_dict()))["shown"]["micro"]["precision"] is None


def test_two_models_side_by_side(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.parquet", 1, 0.5), write(tmp_path / "b.parquet", 2, 0.0, 50)
    found = json.loads(earmark("compare", good, bad, "--format", "json").stdout)
    assert (found["songs"], found["only_first"], found["only_second"]) == (50, 10, 0)
    assert found["roc_auc"]["difference"] > 0.2
    assert found["roc_auc"]["ci"][0] > 0
    assert found["roc_auc"]["p"] < 0.01
    assert list(found["per_tag"]) == list(TAGS[:3])
    same = json.loads(earmark("compare", good, good, "--format", "json").stdout)
    assert same["pr_auc"]["difference"] == 0
    assert same["pr_auc"]["ci"] == [0, 0]
    assert same["pr_auc"]["p"] == 1
    assert "50 songs and 3 tags in both (10 songs only in A" in earmark("compare", good, bad).stdout


def test_predictions_that_cannot_be_compared(tmp_path: Path) -> None:
    first = write(tmp_path / "a.parquet", 1, 0.5)
    table = parquet.read_table(first)
    other = table.set_column(2, "tags", pa.array([["guitar"]] * 60, pa.list_(pa.string())))
    parquet.write_table(other, tmp_path / "b.parquet")
    done = earmark("compare", first, tmp_path / "b.parquet")
    assert done.returncode == 1
    assert "its true tags are not the same in both" in done.stderr
    renamed = table.set_column(0, "file", pa.array([f"x{i}" for i in range(60)]))
    parquet.write_table(renamed, tmp_path / "c.parquet")
    assert "share no song" in earmark("compare", first, tmp_path / "c.parquet").stderr
    assert "no such predictions file" in earmark("evaluate", tmp_path / "d.parquet").stderr
    parquet.write_table(table.slice(0, 0), tmp_path / "e.parquet")
    assert "no song with a tag" in earmark("evaluate", tmp_path / "e.parquet").stderr


def test_compare_leaves_out_what_one_of_both_does_not_know(tmp_path: Path) -> None:
    """A model beside itself without some scores is no better and no worse."""
    whole = write(tmp_path / "a.parquet", 1, 0.3)
    table = parquet.read_table(whole)
    scores = table.column("scores").to_pylist()
    for own in scores[::3]:
        own[:2] = [float("nan")] * 2
    partly = table.set_column(4, "scores", pa.array(scores, pa.list_(pa.float32())))
    parquet.write_table(partly, tmp_path / "b.parquet")
    both = (whole, tmp_path / "b.parquet")
    for pair in (both, both[::-1]):
        found = json.loads(earmark("compare", *pair, "--format", "json").stdout)
        assert (found["songs"], found["tags"]) == (60, 3)
        for name in ("roc_auc", "pr_auc"):
            assert (found[name]["difference"], found[name]["ci"]) == (0, [0, 0])
            assert all(tag[name]["difference"] == 0 for tag in found["per_tag"].values())


def test_a_song_that_is_there_twice(tmp_path: Path) -> None:
    once, twice = write(tmp_path / "a.parquet", 1, 0.3), tmp_path / "b.parquet"
    table = parquet.read_table(once)
    parquet.write_table(pa.concat_tables([table, table.slice(0, 1)]), twice)
    for pair in ((once, twice), (twice, once)):
        done = earmark("compare", *pair)
        assert done.returncode == 1
        assert "0.mp3 is there twice, so songs cannot be told apart" in done.stderr
    done = earmark("evaluate", twice)
    assert done.stdout.startswith("61 songs")
    assert done.stderr.count("\n") == 1
    assert "b.parquet: 0.mp3 is there more than once, and counts as often" in done.stderr


def test_a_sure_difference_has_a_p_below_what_the_draws_tell(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.parquet", 1, 0.5), write(tmp_path / "b.parquet", 2, 0.0)
    assert "   < 0.002\n" in earmark("compare", good, bad).stdout


def test_nothing_that_counts_is_said_in_words(tmp_path: Path) -> None:
    path = write(tmp_path / "p.parquet", 0, 0.3)
    done = earmark("evaluate", path, "--min-positives", 1000)
    assert done.returncode == 0
    assert "  no tag counts, so ROC-AUC and PR-AUC have no mean\n" in done.stdout
    assert "nan" not in done.stdout.splitlines()[1]
    table = parquet.read_table(path)
    names = json.dumps(["jig", "reel", "hop", "sitar solo"]).encode()
    others = table.set_column(2, "tags", pa.array([["jig"]] * 60))
    parquet.write_table(others.replace_schema_metadata({b"earmark.tags": names}), path)
    done = earmark("evaluate", path, "--top50")
    assert done.returncode == 1
    assert "p.parquet: none of its tags is one of the top 50" in done.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--threshold", "nan"), "nan is no score"),
        (("--threshold", "-inf"), "-inf is no score"),
        (("--protocols", "--top50"), "neither --top50 nor --threshold"),
        (("--protocols", "--threshold", "0.5"), "neither --top50 nor --threshold"),
        (("--split", "test"), "--data and --split go with --protocols"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(
    tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    done = earmark("evaluate", write(tmp_path / "p.parquet", 0, 0.3), *options)
    assert done.returncode == 2
    assert reason in done.stderr


def test_protocols_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "annotations_final.csv").write_bytes(annotations())
    path = write(tmp_path / "p.parquet", 0, 0.3)
    done = earmark("evaluate", path, "--protocols", "--data", tmp_path)
    assert done.returncode == 1
    assert "p.parquet: the predictions lack 2 of the 2 clips of A's test split" in done.stderr
    done = earmark("evaluate", path, "--protocols", "--data", path)
    assert "protocols need a MagnaTagATune folder" in done.stderr
    done = earmark("evaluate", path, "--protocols", "--data", tmp_path, "--split", "tset")
    assert done.returncode == 1
    assert "p.parquet: there is no split 'tset', but train, valid, test" in done.stderr


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not there")
def test_a_peers_scores_of_real_songs_are_measured(tmp_path: Path) -> None:
    """musicnn's scores of the songs with MagnaTagATune tags, with NaN for the tags it lacks."""
    official = official_vocabulary()
    with open(CORPUS / "corpus.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["mtat_tags"]]
    with np.load(CORPUS / "musicnn_scores.npz") as peer:
        labels = [str(label) for label in peer["labels"]]
        place = {int(number): i for i, number in enumerate(peer["file_id"])}
        known = np.stack([peer["score"][place[int(row["id"])]] for row in rows]).astype(float)
    scores = np.full((len(rows), 188), np.nan, np.float32)
    scores[:, [official.index(label) for label in labels]] = known
    given = [
        [
            pair.rpartition(":")[0]
            for pair in row["mtat_tags"].split(";")
            if float(pair.rpartition(":")[2]) > 0
        ]
        for row in rows
    ]
    columns = {
        "file": [row["file"] for row in rows],
        "group": [row["artist"] for row in rows],
        "tags": given,
        "scores": list(scores),
    }
    parquet.write_table(pa.table(columns), tmp_path / "peer.parquet")
    options = ("--top50", "--min-positives", 4, "--format", "json")
    found = json.loads(earmark("evaluate", tmp_path / "peer.parquet", *options).stdout)
    truth = np.array([[label in tags for label in labels] for tags in given])
    counted = (truth.sum(0) >= 4) & ((~truth).sum(0) >= 4)
    assert (found["songs"], found["tags"]) == (131, int(counted.sum()))
    own = known.astype(np.float32)[:, counted]
    assert found["roc_auc"] == pytest.approx(roc_auc_score(truth[:, counted], own), abs=1e-9)
    expected = average_precision_score(truth[:, counted], own)
    assert found["pr_auc"] == pytest.approx(expected, abs=1e-9)
    every = json.loads(earmark("evaluate", tmp_path / "peer.parquet", "--format", "json").stdout)
    assert len(every["per_tag"]) <= 50
