"""Manifests: what each cell means, every kind of file, and sentences for what makes no sense."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from earmark.datasets import Row, open_dataset
from earmark.datasets.manifest import manifest_vocabulary, read_manifest, write_manifest
from earmark.errors import DataError, OutputError
from earmark.vocabulary import Vocabulary, official_vocabulary

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "corpus.csv"


def csv_file(folder: Path, *lines: str, name: str = "m.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def only(path: Path, vocabulary: Vocabulary | None = None) -> Row:
    (row,) = read_manifest(path, vocabulary)
    return row


def test_a_relative_file_counts_from_the_manifest(tmp_path: Path, monkeypatch) -> None:
    csv_file(tmp_path, "file", "a/b.mp3")
    monkeypatch.chdir(tmp_path)
    assert only(Path("m.csv")).file == str(tmp_path / "a" / "b.mp3")
    assert only(csv_file(tmp_path, "file", "/x/y.mp3")).file == "/x/y.mp3"


@pytest.mark.parametrize(
    ("lines", "tags", "not_tags"),
    [
        (("file", "a.mp3"), (), ()),
        (("file,tags", "a.mp3,guitar;slow"), ("guitar", "slow"), None),
        (("file,tags,not_tags", "a.mp3,guitar,"), ("guitar",), ()),
        (("file,tags,not_tags", "a.mp3,guitar, piano ; flute"), ("guitar",), ("piano", "flute")),
        (("file,not_tags", "a.mp3,flute"), (), ("flute",)),
        (("file,tags,not_tags", "a.mp3,guitar,*"), ("guitar",), None),
        (("file,tags,not_tags,mtat_tags", "a.mp3,rock,pop,slow:0.5;fast:0"), ("slow",), None),
    ],
    ids=["file", "rest-absent", "nothing-absent", "both", "only-absent", "star", "mtat"],
)
def test_what_is_absent_and_what_unknown(tmp_path, lines, tags, not_tags) -> None:
    row = only(csv_file(tmp_path, *lines))
    assert (row.tags, row.not_tags) == (tags, not_tags)


def test_labels_are_one_zero_or_unknown() -> None:
    vocabulary = Vocabulary.from_names(["guitar", "flute", "choir"])
    known = Row(1, "a", ("guitar", "not in it"), ("flute",))
    np.testing.assert_array_equal(known.labels(vocabulary), np.float32([1, 0, np.nan]))
    rest_absent = Row(1, "a", ("guitar",), None)
    np.testing.assert_array_equal(rest_absent.labels(vocabulary), np.float32([1, 0, 0]))


def test_soft_targets_split_group_and_folder(tmp_path: Path) -> None:
    header = "file,soft,split,group,mtat_folder,artist"
    row = only(csv_file(tmp_path, header, "a.mp3,slow:0.25;hip hop:1,valid,x,7,Bach"))
    assert row.soft == {"slow": 0.25, "hip hop": 1.0}
    assert (row.split, row.group, row.folder) == ("valid", "x", "7")


def test_byte_order_mark_quotes_and_tabs(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes('\ufefffile,tags\n"a, b.mp3","guitar"\n\n'.encode())
    assert only(path).file.endswith("a, b.mp3")
    path = csv_file(tmp_path, "file\ttags", "a.mp3\tguitar", name="m.tsv")
    assert only(path).tags == ("guitar",)


def test_a_vocabulary_of_ones_own(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "file,tags", "a.mp3,polka")
    assert only(path, Vocabulary.from_names(["polka"])).tags == ("polka",)
    assert next(open_dataset(path, Vocabulary.from_names(["polka"])).rows()).tags == ("polka",)


def test_parquet_with_texts_or_lists(tmp_path: Path) -> None:
    texts = {"file": ["a", "b"], "tags": ["slow;soft", None], "not_tags": ["fast", None]}
    parquet.write_table(pa.table(texts), tmp_path / "t.parquet")
    first, second = read_manifest(tmp_path / "t.parquet")
    assert (first.tags, first.not_tags) == (("slow", "soft"), ("fast",))
    assert (second.tags, second.not_tags) == ((), ())
    lists = {"file": ["a", "b"], "tags": [["slow"], []], "not_tags": [["fast"], None]}
    parquet.write_table(pa.table(lists), tmp_path / "l.parquet")
    first, second = read_manifest(tmp_path / "l.parquet")
    assert (first.tags, first.not_tags) == (("slow",), ("fast",))
    assert (second.tags, second.not_tags) == ((), None)


@pytest.mark.parametrize("name", ["m.csv", "m.tsv", "m.parquet"])
def test_what_is_written_is_read(tmp_path: Path, name: str) -> None:
    song = str(tmp_path / "a" / "x, y.mp3")
    rows = [
        Row(1, song, ("guitar", "slow"), ("flute",), {"slow": 0.5}, "valid"),
        Row(2, "/elsewhere/ü.mp3", ("guitar",), None, {}, "", "Bach", "f"),
        Row(3, "/elsewhere/unknown.mp3"),
    ]
    assert write_manifest(tmp_path / name, iter(rows)) == 3
    assert list(read_manifest(tmp_path / name)) == rows


def test_a_manifest_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_manifest(tmp_path / "no" / "m.csv", [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"tags\nguitar\n", "no column 'file'"),
        (b"file,tags,tags\na,b,c\n", "two columns 'tags'"),
        (b"file,tags\na.mp3,gutar\n", "row 1: 'gutar' is not one of the 188 tags; .*'guitar'"),
        (b"file,tags\nb.mp3,guitar\na.mp3\n", "row 2: 1 cells for 2 columns"),
        (b"file,tags\na.mp3,guitar,slow\n", "row 1: 3 cells for 2 columns"),
        (b"file,soft\na.mp3,slow:2\n", "row 1: 'slow:2' in soft is not tag:value"),
        (b"file,soft\na.mp3,slow:nan\n", "row 1: 'slow:nan' in soft is not tag:value"),
        (b"file,soft\na.mp3,slow\n", "row 1: 'slow' in soft is not tag:value"),
        (b"file,tags,not_tags\na,slow,slow\n", "row 1: 'slow' is in both"),
        (b"file,tags\n,slow\n", "row 1: no file is named"),
        ("file,tags\na\xe4.mp3,slow\n".encode("latin-1"), "not UTF-8 after row 0; save it as"),
        (b'file,tags\n"a.mp3,slow\n', "not a table that can be read"),
        (b"\x00\x01\x02\x00", "not a table|no column"),
    ],
)
def test_bad_manifests_get_one_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=reason) as caught:
        list(read_manifest(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such manifest"):
        open_dataset(tmp_path / "missing.csv")
    with pytest.raises(DataError, match="cannot be read"):
        list(read_manifest(tmp_path / "missing.csv"))
    (tmp_path / "text.parquet").write_text("words")
    with pytest.raises(DataError, match="not a Parquet file"):
        list(read_manifest(tmp_path / "text.parquet"))
    whole = tmp_path / "whole.parquet"
    parquet.write_table(pa.table({"file": ["a"] * 9999}), whole)
    (tmp_path / "cut.parquet").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(DataError, match="Parquet"):
        list(read_manifest(tmp_path / "cut.parquet"))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"file": [1, 2]}, "column 'file' must hold text, not int64"),
        ({"file": ["a", "b"], "tags": [1, 2]}, "'tags' must hold text or lists of text, not int64"),
        ({"file": ["a", "b"], "not_tags": [[1], [2]]}, "'not_tags' must hold text or lists"),
        ({"file": ["a", "b"], "soft": [{"x": 1.0}, None]}, "'soft' must hold text or lists"),
        ({"file": ["a", "b"], "split": [["train"], []]}, "'split' must hold text, not list"),
        ({"file": [b"a", b"\xff"]}, "'file' must hold text, not binary"),
        ({"a": [1]}, "no column 'file'"),
    ],
)
def test_other_peoples_parquet_is_a_sentence(tmp_path: Path, columns: dict, reason: str) -> None:
    parquet.write_table(pa.table(columns), tmp_path / "m.parquet")
    for read in (read_manifest, manifest_vocabulary):
        with pytest.raises(DataError, match=reason) as refused:
            list(read(tmp_path / "m.parquet"))
        assert "\n" not in str(refused.value)


def test_texts_of_parquet_may_be_numbers_of_groups_and_dictionaries(tmp_path: Path) -> None:
    table = pa.table(
        {"file": pa.array(["a", "a"]).dictionary_encode(), "group": [7, 8], "tags": [None, None]}
    )
    parquet.write_table(table, tmp_path / "m.parquet")
    assert [row.group for row in read_manifest(tmp_path / "m.parquet")] == ["7", "8"]


def test_a_text_of_parquet_that_is_not_utf_8_is_a_sentence(tmp_path: Path) -> None:
    bad = pa.array([b"a\xff"]).cast(pa.binary())
    bad = pa.Array.from_buffers(pa.string(), 1, bad.buffers())
    parquet.write_table(pa.table({"file": bad}), tmp_path / "m.parquet")
    with pytest.raises(DataError, match="not UTF-8"):
        list(read_manifest(tmp_path / "m.parquet"))


def test_rows_are_read_one_by_one(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "file,tags", *(f"{i}.mp3,guitar" for i in range(50_000)), "x.mp3,no")
    rows = read_manifest(path)
    assert next(rows).number == 1
    with pytest.raises(DataError, match="row 50001"):
        for row in rows:
            last = row
    assert last.number == 50_000


def test_rows_can_be_chosen_again_and_again(tmp_path: Path) -> None:
    lines = ("file,split,folder", "a,train,0", "b,test,f", "c,test,e")
    data = open_dataset(csv_file(tmp_path, *lines))
    for _ in range(2):
        assert [os.path.basename(row.file) for row in data.rows("test")] == ["b", "c"]
    assert [row.folder for row in data.rows(folders=("f", "0"))] == ["0", "f"]


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not there")
def test_the_corpus_is_a_manifest_as_it_stands() -> None:
    rows = list(open_dataset(CORPUS).rows())
    assert len(rows) == 2941
    assert sum(row.not_tags is None for row in rows) == 131
    assert {row.split for row in rows} == {"train", "valid"}
    assert all(Path(row.file).exists() for row in rows[:50])
    assert all(row.folder for row in rows if row.not_tags is None)
    assert all(tag in official_vocabulary() for row in rows for tag in row.tags)


@pytest.mark.parametrize(
    "text",
    [
        'file;tags;split\na.wav;"rock;guitar";train\n',
        'sep=;\nfile;tags;split\na.wav;"rock;guitar";train\n',
        '"sep=;"\r\nfile;tags;split\r\na.wav;"rock;guitar";train\r\n',
        "sep=,\nfile,tags,split\na.wav,rock;guitar,train\n",
        "SEP=|\nfile|tags|split\na.wav|rock;guitar|train\n",
        "file\ttags\tsplit\na.wav\trock;guitar\ttrain\n",
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text, encoding="utf-8-sig", newline="")
    (row,) = read_manifest(path)
    assert (row.file, row.tags, row.split) == (str(tmp_path / "a.wav"), ("rock", "guitar"), "train")


def test_tags_that_fall_apart_at_semicolons_are_told_with_their_row(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("file;tags\na.wav;rock;guitar\n")
    with pytest.raises(DataError, match="row 1: 3 cells for 2 columns"):
        list(read_manifest(path))


def test_pq_is_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the data extra is not installed")
    path = tmp_path / "m.pq"
    row = Row(1, str(tmp_path / "a.wav"), ("rock",), None, {}, "", "", "")
    assert write_manifest(path, [row]) == 1
    assert path.read_bytes()[:4] == b"PAR1"
    assert [found.tags for found in read_manifest(path)] == [("rock",)]


@pytest.mark.parametrize("suffix", [".csv", ".pq"])
def test_names_are_found_again_however_they_are_written(tmp_path: Path, suffix: str) -> None:
    if suffix == ".pq":
        pytest.importorskip("pyarrow", reason="the data extra is not installed")
    apart, joined = "Cafe\u0301.wav", "Caf\u00e9.wav"
    raw, mark = os.fsdecode(b"caf\xe9\\.wav"), "a\\xff.wav"
    for name in (apart, raw, mark, "line\rbreak.wav"):
        (tmp_path / name).touch()
    names = [joined, raw, mark, "line\rbreak.wav"]
    rows = [Row(i, str(tmp_path / n), (), None, {}, "", "", "") for i, n in enumerate(names, 1)]
    path = tmp_path / f"m{suffix}"
    assert write_manifest(path, rows) == 4
    found = [Path(row.file).name for row in read_manifest(path)]
    assert found == [apart, raw, mark, "line\rbreak.wav"]
    assert all(os.path.exists(row.file) for row in read_manifest(path))
