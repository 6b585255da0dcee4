"""The predictions file: written by us or by anybody, read back as arrays, refused in a sentence."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from earmark.errors import DataError
from earmark.evaluation.predictions import read_predictions, schema
from earmark.vocabulary import official_vocabulary

TAGS = ("guitar", "piano", "flute")
ROWS = [
    {"file": "a.mp3", "group": "bach", "tags": ["guitar"], "not_tags": None, "scores": [1, 0, 0.5]},
    {"file": "b.mp3", "group": "", "tags": [], "not_tags": ["piano"], "scores": [0, 1, np.nan]},
]


def write(path: Path, rows: list[dict], tags: tuple[str, ...] = TAGS, **metadata: str) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows, schema(tags, metadata)), path)
    return path


def test_truth_is_there_absent_or_unknown(tmp_path: Path) -> None:
    read = read_predictions(write(tmp_path / "p.parquet", ROWS, model="m"))
    assert read.files == ("a.mp3", "b.mp3")
    assert read.tags == TAGS
    assert read.metadata == {"model": "m"}
    np.testing.assert_array_equal(read.truth, [[1, 0, 0], [np.nan, 0, np.nan]])
    np.testing.assert_array_equal(read.scores, np.float32([[1, 0, 0.5], [0, 1, np.nan]]))


def test_a_song_without_a_group_is_its_own(tmp_path: Path) -> None:
    read = read_predictions(write(tmp_path / "p.parquet", ROWS))
    assert list(read.artists) == ["bach", "b.mp3"]


def test_songs_and_columns_choose(tmp_path: Path) -> None:
    read = read_predictions(write(tmp_path / "p.parquet", ROWS))
    chosen = read.songs(np.array([False, True])).columns(("piano", "sitar", "guitar"))
    assert chosen.files == ("b.mp3",)
    assert chosen.tags == ("piano", "guitar")
    np.testing.assert_array_equal(chosen.truth, [[0, np.nan]])
    np.testing.assert_array_equal(chosen.scores, [[1, 0]])


def test_a_file_by_pandas_without_our_metadata_has_the_official_tags(tmp_path: Path) -> None:
    import pandas as pd

    scores = np.linspace(0, 1, 188, dtype=np.float32)
    frame = pd.DataFrame({"file": ["x.mp3"], "tags": [["choir"]], "scores": [scores]})
    frame.to_parquet(tmp_path / "p.parquet")
    read = read_predictions(tmp_path / "p.parquet")
    assert read.tags == official_vocabulary().names
    assert read.truth.sum() == 1
    assert read.truth[0, read.places["choir"]] == 1
    np.testing.assert_array_equal(read.scores[0], scores)


def test_shares_of_listeners_are_what_scores_promise(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "shares": [0.25, np.nan, 0]}, {**ROWS[1], "shares": None}]
    found = read_predictions(write(tmp_path / "p.parquet", rows))
    np.testing.assert_array_equal(found.targets[0], [0.25, found.truth[0, 1], 0])
    np.testing.assert_array_equal(found.targets[1], found.truth[1])
    assert found.songs(np.array([0])).columns(TAGS[:1]).targets.tolist() == [[0.25]]
    bad = write(tmp_path / "q.parquet", [{**ROWS[0], "shares": [2, 0, 0]}])
    with pytest.raises(DataError, match="row 1: its shares are not 3 numbers"):
        read_predictions(bad)


def test_pandas_reads_ours(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(write(tmp_path / "p.parquet", ROWS))
    assert list(frame.columns) == ["file", "group", "tags", "not_tags", "scores", "shares"]
    assert json.loads(parquet.read_schema(tmp_path / "p.parquet").metadata[b"earmark.tags"]) == [
        *TAGS
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"scores": [1.0, 2.0]}, "row 2: 2 scores for 3 tags"),
        ({"scores": None}, "row 2: 0 scores for 3 tags"),
        ({"tags": ["gutar"]}, "row 2: 'gutar' is not one of its tags"),
        ({"scores": [np.inf, 0, 0]}, "row 2: a score is infinite"),
        ({"file": None}, "row 2: names no file"),
        ({"file": ""}, "row 2: names no file"),
        ({"tags": ["piano"]}, "row 2: .piano. is both there and absent"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(tmp_path: Path, change: dict, reason: str) -> None:
    path = write(tmp_path / "p.parquet", [ROWS[0], {**ROWS[1], **change}])
    with pytest.raises(DataError, match=reason) as caught:
        read_predictions(path)
    assert str(path) in str(caught.value)


def test_files_that_are_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such predictions file"):
        read_predictions(tmp_path / "missing.parquet")
    (tmp_path / "text.parquet").write_text("no")
    with pytest.raises(DataError, match="not a Parquet file"):
        read_predictions(tmp_path / "text.parquet")
    parquet.write_table(pa.table({"file": ["a"]}), tmp_path / "thin.parquet")
    with pytest.raises(DataError, match="no column 'tags'"):
        read_predictions(tmp_path / "thin.parquet")
    whole = write(tmp_path / "whole.parquet", ROWS).read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="not a Parquet file"):
        read_predictions(tmp_path / "cut.parquet")


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("scores", [0.5, 0.5], "'scores' must hold lists of numbers, not double"),
        ("scores", [["a"] * 3] * 2, "'scores' must hold lists of numbers, not list"),
        ("tags", ["guitar", "piano"], "'tags' must hold lists of words, not string"),
        ("not_tags", [[1], [2]], "'not_tags' must hold lists of words, not list"),
        ("scores", [[1e300, 0, 0]] * 2, "row 1: a score is infinite"),
    ],
)
def test_a_column_of_another_kind_is_told(
    tmp_path: Path, name: str, values: list, reason: str
) -> None:
    table = parquet.read_table(write(tmp_path / "p.parquet", ROWS))
    place = table.column_names.index(name)
    parquet.write_table(table.set_column(place, name, pa.array(values)), tmp_path / "p.parquet")
    with pytest.raises(DataError, match=reason):
        read_predictions(tmp_path / "p.parquet")


@pytest.mark.parametrize(
    ("key", "text", "reason"),
    [
        ("tags", b"[guitar", "earmark.tags are not JSON"),
        ("tags", b"7", "earmark.tags are not a list of names"),
        ("tags", b'"abc"', "earmark.tags are not a list of names"),
        ("tags", b'["a", "b", "a"]', "earmark.tags name 'a' twice"),
        ("thresholds", b"half", "earmark.thresholds are not JSON"),
        ("thresholds", b"0.5", "earmark.thresholds are not a list of numbers"),
        ("thresholds", b'["a", "b", "c"]', "earmark.thresholds are not a list of numbers"),
        ("thresholds", b"[NaN, 0, 0]", "one of its earmark.thresholds is no number"),
        ("thresholds", b"[0.5]", "1 thresholds for 3 tags"),
    ],
)
def test_metadata_that_make_no_sense_are_told(
    tmp_path: Path, key: str, text: bytes, reason: str
) -> None:
    table = parquet.read_table(write(tmp_path / "p.parquet", ROWS))
    metadata = {**table.schema.metadata, b"earmark." + key.encode(): text}
    parquet.write_table(table.replace_schema_metadata(metadata), tmp_path / "p.parquet")
    with pytest.raises(DataError, match=reason):
        read_predictions(tmp_path / "p.parquet")


def test_files_and_groups_may_be_numbers(tmp_path: Path) -> None:
    table = parquet.read_table(write(tmp_path / "p.parquet", ROWS))
    table = table.set_column(0, "file", pa.array([17, 18])).set_column(1, "group", pa.array([0, 1]))
    parquet.write_table(table, tmp_path / "p.parquet")
    read = read_predictions(tmp_path / "p.parquet")
    assert read.files == ("17", "18")
    assert list(read.artists) == ["0", "1"]
