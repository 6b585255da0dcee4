"""The report: one page that stands alone, two files for programs, and songs told right."""

import csv
import json
import os
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from command import earmark, earmark_process
from miniature import CLIPS, annotations
from sounds import music, write

from earmark import plots
from earmark.errors import OutputError
from earmark.evaluation.predictions import Predictions, schema
from earmark.evaluation.summary import summary
from earmark.extras import install_command
from earmark.report.folder import write_report
from earmark.report.hardest import hardest_songs
from earmark.vocabulary import official_vocabulary

TAGS = ("guitar", "rock", "violin", "no vocals", "sitar")
TITLES = {
    "headline": "In short",
    "curves": "Curves",
    "categories": "By category",
    "captured": "What it catches",
    "reliability": "Whether scores mean what they say",
    "confusion": "What it hears instead",
    "songs": "The songs it gets most wrong",
    "tags": "Every tag",
    "method": "How it was measured",
}


class Page(HTMLParser):
    """What a browser would find: elements, and the words of each section."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.words: dict[str, str] = {}
        self.open: list[str] = []
        self.section = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag == "section":
            self.section = dict(attributes)["id"]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words[self.section] = self.words.get(self.section, "") + data

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


def predictions(
    truth: list | np.ndarray, scores: list | np.ndarray, tags=TAGS, files: tuple = ()
) -> Predictions:
    truth, scores = np.array(truth, np.float32), np.array(scores, np.float32)
    files = files or tuple(f"/nowhere/{i}.mp3" for i in range(len(truth)))
    groups = np.array([f"artist {i % 5}" for i in range(len(truth))])
    return Predictions(files, groups, truth, scores, tuple(tags), {"model": "mine", "data": "d"})


def some(songs: int = 60, **more) -> Predictions:
    """The last tag is nowhere."""
    chance = np.random.default_rng(1)
    truth = chance.random((songs, 5)) < [0.5, 0.4, 0.3, 0.2, 0]
    return predictions(truth, 0.3 * truth + 0.7 * chance.random((songs, 5)), **more)


def report(given: Predictions, folder: Path, least: int = 1) -> Page:
    return Page(write_report(given, summary(given, least=least), folder, source="p", least=least))


def as_file(given: Predictions, path: Path) -> Path:
    rows = [
        {
            "file": given.files[i],
            "group": str(given.groups[i]),
            "tags": [tag for tag, value in zip(given.tags, given.truth[i], strict=True) if value],
            "not_tags": None,
            "scores": given.scores[i],
        }
        for i in range(len(given.files))
    ]
    parquet.write_table(pa.Table.from_pylist(rows, schema(given.tags, given.metadata)), path)
    return path


def test_the_page_stands_alone(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    many = predictions(
        chance.random((60, 40)) < 0.2, chance.random((60, 40)), official_vocabulary().names[:40]
    )
    page = report(many, tmp_path / "deep" / "report")
    assert not page.open
    links = [a["href"] for a in page.all("a")]
    assert links == [*(f"#{name}" for name in TITLES), "results.json", "per_tag.csv"]
    assert [section["id"] for section in page.all("section")] == list(TITLES)
    assert all(page.words[name].startswith(title) for name, title in TITLES.items())
    pictures = page.all("img")
    assert [image["src"][:22] for image in pictures] == ["data:image/svg+xml;bas"] * 7
    assert all(len(image["alt"]) > 40 and int(image["width"]) > 300 for image in pictures)
    assert not page.all("link")
    assert all("src" not in script for script in page.all("script"))
    assert "default-src 'none'" in page.all("meta")[1]["content"]
    assert sorted(os.listdir(tmp_path / "deep" / "report")) == [
        "index.html",
        "per_tag.csv",
        "results.json",
    ]


def test_the_files_agree_with_the_measures(tmp_path: Path) -> None:
    given = some()
    found = summary(given, least=4).to_dict()
    page = report(given, tmp_path, least=4)
    assert json.loads((tmp_path / "results.json").read_text()) == found
    with open(tmp_path / "per_tag.csv", encoding="utf-8", newline="") as file:
        rows = {row["tag"]: row for row in csv.DictReader(file)}
    best_first = sorted(found["per_tag"], key=lambda tag: -found["per_tag"][tag]["roc_auc"])
    assert list(rows) == [*best_first, "sitar"]
    for tag, own in found["per_tag"].items():
        assert {key: float(rows[tag][key]) for key in own} == own
        assert int(rows[tag]["captured"]) + int(rows[tag]["missed"]) == own["positives"]
    nowhere = {"tag": "sitar", "category": "instrument", "positives": "0", "negatives": "60"}
    assert rows["sitar"] == nowhere | {"counts": "no"} | dict.fromkeys(
        ("roc_auc", "pr_auc", "precision", "recall", "f1", "captured", "missed"), ""
    )
    assert f"{found['roc_auc']:.3f}" in page.words["headline"]
    assert f"{found['pr_auc_ci'][0]:.3f} to {found['pr_auc_ci'][1]:.3f}" in page.words["headline"]
    assert "4 tags with at least 4 songs" in page.words["method"]
    assert "1 tag left out: sitar" in page.words["method"]
    assert "1,000 bootstrap draws of 5 artists" in page.words["method"]


def test_the_hardest_songs() -> None:
    unknown = np.nan
    given = predictions(
        [
            [1, 0, 0, 0, 0],  # right
            [1, 0, 0, 1, 0],  # places 3 and 5 of 5
            [0, 0, 0, 0, 0],  # without a tag
            [1, 1, 1, 1, 1],  # nothing is absent
            [1, unknown, 0, 0, unknown],  # last of the three that are known
        ],
        [
            [0.9, 0.1, 0.2, 0.3, 0.4],
            [0.3, 0.9, 0.8, 0.1, 0.2],
            [0.9, 0.8, 0.7, 0.6, 0.5],
            [0.9, 0.8, 0.7, 0.6, 0.5],
            [0.1, 0.9, 0.5, 0.4, unknown],
        ],
    )
    last, second, right = hardest_songs(given, 5)
    assert [song.file for song in (last, second)] == ["/nowhere/4.mp3", "/nowhere/1.mp3"]
    assert last.precision == pytest.approx(1 / 3)
    assert second.precision == pytest.approx((1 / 3 + 2 / 5) / 2)
    assert right.precision == 1
    assert [(tag.tag, tag.place) for tag in second.true] == [("guitar", 3), ("no vocals", 5)]
    assert [(tag.tag, tag.place) for tag in last.true] == [("guitar", 4)]
    assert [(tag.tag, tag.place) for tag in last.wrong] == [("violin", 2), ("no vocals", 3)]
    assert last.wrong[0].score == pytest.approx(0.5)
    assert [song.file for song in hardest_songs(given, 1)] == ["/nowhere/4.mp3"]


def test_songs_are_shown_where_their_sound_is(tmp_path: Path) -> None:
    there = write(tmp_path / "there.wav", music(3, 16000), 16000)
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    files = (str(there), str(tmp_path / "gone.wav"), str(tmp_path / "broken.wav"))
    scores = [[0.1, 0.9, 0, 0, 0], [0.1, 0.9, 0.8, 0, 0], [0.1, 0.9, 0.8, 0.7, 0]]
    page = report(predictions([[1, 0, 0, 0, 0]] * 3, scores, files=files), tmp_path / "report")
    pictures = [image for image in page.all("img") if image["src"].startswith("data:image/png")]
    assert [image["alt"] for image in pictures] == [
        "Log-mel spectrogram of the first 30 seconds of there.wav."
    ]
    words = page.words["songs"]
    assert words.index("broken.wav") < words.index("gone.wav") < words.index("there.wav")
    assert "gone.wav is not where the predictions say" in words
    assert "No picture: " + files[2] in words


def test_words_from_outside_stay_words(tmp_path: Path) -> None:
    evil = '<script src="x">"&'
    tags = (evil, *TAGS[1:])
    files = tuple(f"/nowhere/{evil}{i}\udcff.mp3" for i in range(60))
    given = some(tags=tags, files=files)
    given = Predictions(
        given.files, given.groups, given.truth, given.scores, given.tags, {"model": evil}
    )
    page = report(given, tmp_path)
    assert not page.open
    assert [script for script in page.all("script") if script] == []
    assert evil in page.words["tags"]
    assert f"{evil}" in page.words[""]
    assert r"\xff.mp3" in page.words["songs"]


def test_what_cannot_be_drawn_is_said(tmp_path: Path) -> None:
    given = some()
    page = report(predictions(given.truth, given.scores * 20 - 10), tmp_path)
    # Of five tags none can be missed among ten scores.
    assert "No picture: no tag is missed in 4 songs" in page.words["confusion"]
    assert "No picture: the scores are not all between 0 and 1" in page.words["reliability"]
    assert "not measured, as the scores are not all" in page.words["method"]
    assert "Calibration error" not in page.words["headline"]
    with pytest.raises(OutputError, match=r"results\.json/x: cannot be made a folder"):
        report(given, tmp_path / "results.json" / "x")


def test_the_command_writes_it_beside_the_headline(tmp_path: Path) -> None:
    path = as_file(some(), tmp_path / "p.parquet")
    options = ("--min-positives", 4, "--format", "json")
    done = earmark("evaluate", path, "-o", tmp_path / "report", *options)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((tmp_path / "report/results.json").read_text())
    page = tmp_path / "report" / "index.html"
    assert done.stderr == f"earmark: {page}: the report is written\n"
    words = Page(page).words
    assert "How well mine hears 60 songs" in words[""]
    assert "with at least 4 songs that" in words["method"]
    done = earmark("evaluate", path, "-o", path)
    assert done.returncode == 1
    assert done.stderr == f"earmark: {path}: cannot be made a folder (File exists)\n"


def test_protocols_are_a_section(tmp_path: Path) -> None:
    files = [file for file, _ in CLIPS.values()]
    (tmp_path / "annotations_final.csv").write_bytes(annotations())
    names = official_vocabulary().names
    truth = np.array([[tag in tags for tag in names] for _, tags in CLIPS.values()])
    scores = np.random.default_rng(0).random(truth.shape)
    path = as_file(predictions(truth, scores, names, tuple(files)), tmp_path / "p.parquet")
    options = ("--protocols", "--data", tmp_path, "-o", tmp_path / "report")
    done = earmark("evaluate", path, *options)
    assert done.returncode == 0, done.stderr
    words = Page(tmp_path / "report" / "index.html").words["protocols"]
    assert words.count("synonyms merged") == 2
    found = json.loads((tmp_path / "report" / "results.json").read_text())["protocols"]
    assert found["A"]["all 188"]["songs"] == 2
    assert found["B"]["all 188"]["songs"] == 1


def test_without_matplotlib_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['matplotlib'] = None")
    path = as_file(some(), tmp_path / "p.parquet")
    bare = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
    done = earmark_process("evaluate", path, "-o", tmp_path / "report", env=bare)
    assert done.returncode == 1
    assert done.stderr == f"earmark: pictures need matplotlib: {install_command('plots')}\n"
    assert not (tmp_path / "report").exists()
    assert earmark_process("evaluate", path, env=bare).returncode == 0


def test_its_pictures_count_the_tags_that_its_figures_count(tmp_path: Path, monkeypatch) -> None:
    """Curves and categories leave out what is too rare, as the words do."""
    asked = {}

    def watch(name: str, own: Callable) -> None:
        def drawn(given: Predictions, least: int) -> object:
            asked[name] = least
            return own(given, least)

        monkeypatch.setattr(plots, name, drawn)

    for name in ("roc_pr", "category_bars"):
        watch(name, getattr(plots, name))
    report(some(), tmp_path, least=4)
    assert asked == {"roc_pr": 4, "category_bars": 4}
