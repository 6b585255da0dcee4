"""MagnaTagATune's annotations, statistics and splits: a miniature, and the real table."""

import csv
import gzip
import json
from collections import Counter
from hashlib import md5
from pathlib import Path

import pytest
from command import earmark
from miniature import CLIPS, annotations

from earmark.datasets import open_dataset
from earmark.datasets.fetch import OFFICIAL
from earmark.datasets.magnatagatune import read_clips
from earmark.datasets.splits import PARTS, SPLITS, folder_split
from earmark.errors import DataError
from earmark.vocabulary.top50 import TOP_50

MTAT = Path(__file__).parents[3] / "shared" / "mtat"
COUNTS = {
    "folder": {"train": 18709, "valid": 1825, "test": 5329},
    "A": {"train": 18706, "valid": 1825, "test": 5329},
    "B": {"train": 15244, "valid": 1529, "test": 4332},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "annotations_final.csv").write_bytes(annotations())
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real table in its official form, written from the rebuilt copy."""
    if not MTAT.exists():
        pytest.skip("the table of all labels is not there")
    folder = tmp_path_factory.mktemp("mtat")
    with (
        gzip.open(MTAT / "mtat_annotations_188.csv.gz", "rt", encoding="utf-8") as rows,
        open(folder / "annotations_final.csv", "w", encoding="utf-8", newline="") as out,
    ):
        table = csv.reader(rows)
        official = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        official.writerow(["clip_id", *next(table)[9:], "mp3_path"])
        official.writerows([row[0], *row[9:], row[1]] for row in table)
    return folder


def test_rows_of_the_annotations(folder: Path) -> None:
    first, second, *_ = open_dataset(folder).rows()
    assert first.file == str(folder / CLIPS[2][0])
    assert set(first.tags) == {"opera", "violin"}
    assert first.not_tags is None
    assert (first.split, first.group, first.folder, first.number) == ("test", "bach", "f", 1)
    assert second.tags == ()
    assert [row.folder for row in open_dataset(folder).rows(folders=("0", "f"))] == ["f", "f", "0"]
    assert [clip for clip, _ in read_clips(folder)] == list(CLIPS)


def test_the_word_means_the_folder_of_the_variable(folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("EARMARK_DATA", str(folder))
    assert len(list(open_dataset("magnatagatune").rows())) == len(CLIPS)
    monkeypatch.delenv("EARMARK_DATA")
    with pytest.raises(DataError, match="earmark data get magnatagatune FOLDER"):
        open_dataset("magnatagatune")


def test_a_folder_without_annotations_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no annotations_final\.csv; .*data get"):
        open_dataset(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (annotations()[:-30], "row 6 is cut short|damaged after row 5"),
        (annotations()[: len(annotations()) * 3 // 4], "cut short|damaged"),
        (b'"clip_id"\t"rock"\t"mp3_path"\r\n', "not the annotations of MagnaTagATune"),
        (b"", "not the annotations"),
        (annotations().replace(b'"6"', b'"six"', 1), "damaged after row 2"),
        (annotations().replace(b'\t"1"', b'\t"one"', 1), "row 1 has a mark other than 0 and 1"),
    ],
)
def test_half_downloaded_annotations(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "annotations_final.csv").write_bytes(content)
    with pytest.raises(DataError, match=reason) as caught:
        list(open_dataset(tmp_path).rows())
    assert "data get" in str(caught.value)


def test_folders_are_split_twelve_one_three() -> None:
    assert Counter(map(folder_split, "0123456789abcdef")) == PARTS
    assert (folder_split("b"), folder_split("c"), folder_split("d")) == ("train", "valid", "test")
    assert folder_split("") == folder_split("g") == folder_split("01") == ""


def test_protocols_leave_out_what_they_should(folder: Path) -> None:
    kept = {name: {clip for clip, *_ in SPLITS[name](read_clips(folder))} for name in SPLITS}
    assert kept["folder"] == set(CLIPS)
    assert kept["A"] == kept["artist"] == set(CLIPS) - {35644}
    assert kept["B"] == {2, 50}  # clip 40 has no top-50 tag, clip 29 is short, clip 6 untagged


def test_the_real_table_is_the_published_file(whole: Path) -> None:
    content = (whole / "annotations_final.csv").read_bytes()
    assert md5(content).hexdigest() == OFFICIAL.tables["annotations_final.csv"]


def test_the_real_table_by_the_command(whole: Path) -> None:
    done = earmark("data", "stats", whole, "--format", "json")
    counts = json.loads(done.stdout)
    assert (counts["clips"], counts["labels"], counts["untagged"]) == (25863, 89395, 4221)
    assert counts["tags"]["guitar"] == 4852
    assert len(counts["tags"]) == 188
    assert next(iter(counts["tags"])) == "guitar"
    assert counts["splits"]["test"]["clips"] == 5329
    assert sum(int(n) * clips for n, clips in counts["tags_per_clip"].items()) == 89395
    assert "25,863 clips, 89,395 labels" in earmark("data", "stats", whole).stdout


def test_splits_are_the_published_ones(whole: Path) -> None:
    with gzip.open(MTAT / "mtat_splits.csv.gz", "rt", encoding="utf-8") as file:
        published = {int(row["clip_id"]): row for row in csv.DictReader(file)}
    clips = list(read_clips(whole))
    for name, counts in COUNTS.items():
        assert Counter(split for *_, split in SPLITS[name](clips)) == counts
    for clip, _, split in SPLITS["folder"](clips):
        assert published[clip]["split_folder_12_1_3"] == split
    ours = {clip: split for clip, _, split in SPLITS["B"](clips)}
    theirs = {clip: row["split_jongpillee"] for clip, row in published.items()}
    assert ours == {clip: split for clip, split in theirs.items() if split}
    empty = {clip for clip, row in published.items() if row["audio_empty_in_release"] == "1"}
    assert published.keys() - {clip for clip, *_ in SPLITS["A"](clips)} == empty


def test_no_artist_is_in_two_of_our_splits(whole: Path) -> None:
    homes: dict[str, set[str]] = {}
    counts: Counter = Counter()
    for _, row, split in SPLITS["artist"](read_clips(whole)):
        homes.setdefault(row.group, set()).add(split)
        counts[split] += 1
    assert all(len(splits) == 1 for splits in homes.values())
    assert len(homes) == 230
    assert counts == {"train": 19542, "valid": 1552, "test": 4766}
    for split, part in PARTS.items():
        assert abs(counts[split] / counts.total() - part / 16) < 0.02


def test_tags_are_spread_over_our_splits(whole: Path) -> None:
    clips = list(read_clips(whole))
    counts = {split: Counter() for split in PARTS}
    for _, row, split in SPLITS["artist"](clips):
        counts[split].update(row.tags)
    assert len(counts["train"]) == len(counts["test"]) == 188
    assert len(counts["valid"]) == 168
    for tag in TOP_50:
        shares = [counts[split][tag] for split in PARTS]
        assert min(shares[1:]) >= 10
        assert 0.6 < shares[0] / sum(shares) < 0.9
    backwards = {clip: split for clip, _, split in SPLITS["artist"](clips[::-1])}
    assert backwards == {clip: split for clip, _, split in SPLITS["artist"](clips)}


def test_the_top_50_are_the_most_common(whole: Path) -> None:
    counts = Counter(tag for _, row in read_clips(whole) for tag in row.tags)
    assert len(set(TOP_50)) == 50
    assert list(TOP_50) == (MTAT / "tags_top50.txt").read_text("utf-8").split("\n")[:50]
    assert [counts[tag] for tag in TOP_50] == sorted((counts[t] for t in TOP_50), reverse=True)
    assert min(counts[tag] for tag in TOP_50) >= max(
        count for tag, count in counts.items() if tag not in TOP_50
    )
