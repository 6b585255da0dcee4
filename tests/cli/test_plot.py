"""``earmark plot``: every sub-command writes its picture and says where."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from command import earmark
from PIL import Image
from sounds import music, write
from typer.testing import CliRunner

from earmark.cli.plot import plot
from earmark.errors import DataError, EarmarkError, OutputError

RATE = 16000
TAGS = ("rock", "violin", "slow", "loud")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A folder with songs, a manifest, predictions and a training run."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    from earmark.evaluation.predictions import schema

    folder = tmp_path_factory.mktemp("house")
    files = [str(write(folder / f"{i}.wav", music(1, RATE, seed=i), RATE)) for i in range(8)]
    given = [TAGS[: 1 + i % 4] for i in range(8)]
    with open(folder / "songs.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "tags"])
        table.writerows([name, ";".join(tags)] for name, tags in zip(files, given, strict=True))
    scores = np.random.default_rng(0).random((8, 4)).astype(np.float32)
    records = [
        {"file": name, "group": "", "tags": tags, "not_tags": None, "scores": row}
        for name, tags, row in zip(files, given, scores, strict=True)
    ]
    table = pa.Table.from_pylist(records, schema(TAGS, {}))
    parquet.write_table(table, folder / "p.parquet")
    (folder / "run").mkdir()
    (folder / "run" / "log.jsonl").write_text(json.dumps({"epoch": 1, "loss": 2.0}) + "\n")
    return folder


COMMANDS = {
    "waveform": ("{}/0.wav", "--start", "0.2", "--seconds", "0.5"),
    "melspectrogram": ("{}/0.wav", "-m", "cnn3"),
    "feature": ("chroma", "{}/0.wav", "--seconds", "0.5"),
    "taggram": ("{}/0.wav", "-n", "4"),
    "gallery": ("--data", "{}/songs.csv", "--tag", "violin", "-n", "2"),
    "examples": ("{}/p.parquet", "--tag", "slow", "-n", "2"),
    "top-k": ("{}/p.parquet", "--song", "3", "-k", "2"),
    "success": ("{}/p.parquet",),
    "curves": ("{}/p.parquet",),
    "reliability": ("{}/p.parquet",),
    "confusion": ("{}/p.parquet", "-k", "1", "--min-positives", "1"),
    "categories": ("{}/p.parquet",),
    "captured": ("{}/p.parquet", "-k", "2", "--min-positives", "1"),
    "tags": ("{}/p.parquet",),
    "cooccurrence": ("{}/songs.csv", "-n", "3"),
    "learning": ("{}/run",),
    "filters": (),
    "feature-maps": ("{}/0.wav", "-n", "4"),
    "saliency": ("{}/0.wav", "--tag", "piano"),
}


def run(house, name: str, *more: str):
    arguments = [argument.format(house) for argument in (*COMMANDS[name], *more)]
    return CliRunner().invoke(plot, [name, *arguments])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_picture_is_written_under_its_own_name(house, tmp_path, monkeypatch, name) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(house, name)
    assert done.exit_code == 0, done.exception
    assert done.stdout == f"{name}.png\n"
    with Image.open(tmp_path / f"{name}.png") as image:
        assert image.format == "PNG" and image.width > 400


def test_no_picture_is_forgotten_here() -> None:
    named = {command.name or command.callback.__name__ for command in plot.registered_commands}
    assert set(COMMANDS) <= named


def test_the_output_may_be_anywhere(house, tmp_path) -> None:
    path = tmp_path / "deep.svg"
    assert run(house, "tags", "-o", str(path)).stdout == f"{path}\n"
    assert path.read_bytes().startswith(b"<?xml")


def test_labels_come_from_a_manifest_with_own_tags(tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("swing\nbop\n")
    (tmp_path / "m.csv").write_text("file,tags\na.wav,swing;bop\n")
    command = ["tags", str(tmp_path / "m.csv"), "-o", str(tmp_path / "t.png")]
    refused = CliRunner().invoke(plot, command).exception
    assert isinstance(refused, EarmarkError) and "swing" in str(refused)
    assert CliRunner().invoke(plot, [*command, "--tags", str(tmp_path / "mine.txt")]).exit_code == 0


def test_a_wrong_format_is_told_before_the_work(house, tmp_path) -> None:
    done = run(house, "taggram", "-o", str(tmp_path / "t.gif"))
    assert isinstance(done.exception, OutputError)
    assert str(done.exception).endswith("must end in .png, .svg or .pdf")


def test_predictions_that_are_none_are_one_sentence(house, tmp_path) -> None:
    (tmp_path / "p.parquet").write_bytes(b"PAR1 nonsense")
    for command in ("tags", "curves"):
        done = CliRunner().invoke(plot, [command, str(tmp_path / "p.parquet")])
        assert isinstance(done.exception, DataError)
        assert "not a Parquet file that can be read" in str(done.exception)


@pytest.mark.parametrize(
    ("name", "more", "reason"),
    [
        ("examples", ("--tag", "jazzy"), "'jazzy' is not one of the 4 tags"),
        ("top-k", ("--song", "99"), "the predictions have 8 songs, so none is number 99"),
        ("curves", ("--min-positives", "9"), "no tag has 9 songs with it and 9 without"),
        ("confusion", ("-k", "4"), "no tag is missed in 1 songs"),
        ("categories", ("--min-positives", "9"), "no tag has 9 songs with it"),
        ("captured", ("--min-positives", "9"), "no tag has 9 songs"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_its_file(house, tmp_path, name, more, reason) -> None:
    told = run(house, name, *more, "-o", str(tmp_path / "x.png")).exception
    assert isinstance(told, EarmarkError)
    assert str(told).startswith(f"{house}/p.parquet: {reason}")


def test_labels_that_cannot_be_drawn_are_told_with_their_file(tmp_path) -> None:
    (tmp_path / "m.csv").write_text("file,tags\na.wav,\n")
    for name in ("tags", "cooccurrence"):
        told = CliRunner().invoke(plot, [name, str(tmp_path / "m.csv")]).exception
        assert isinstance(told, DataError) and str(told).startswith(f"{tmp_path / 'm.csv'}: ")


@pytest.mark.parametrize("name", ["waveform", "melspectrogram", "feature-maps", "saliency"])
def test_a_time_without_end_is_wrong_usage(house, tmp_path, name) -> None:
    done = run(house, name, "--start", "inf", "-o", str(tmp_path / "x.png"))
    assert done.exit_code == 2
    assert "inf is no number of seconds" in done.output


def test_a_length_without_end_is_wrong_usage(house, tmp_path) -> None:
    done = run(house, "waveform", "--seconds", "inf", "-o", str(tmp_path / "x.png"))
    assert done.exit_code == 2


@pytest.mark.parametrize("verb", ["tags", "cooccurrence"])
def test_data_are_named_as_elsewhere_or_first(tmp_path: Path, verb: str) -> None:
    (tmp_path / "m.csv").write_text("file,tags\na.wav,rock;guitar\nb.wav,rock;drums\n")
    for number, named in enumerate((["m.csv"], ["--data", "m.csv"])):
        out = tmp_path / f"{number}.png"
        done = earmark("plot", verb, *named, "-o", out, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()
    for wrong in ([], ["m.csv", "--data", "m.csv"]):
        done = earmark("plot", verb, *wrong, cwd=tmp_path)
        assert done.returncode == 2 and "one data set is needed" in done.stderr
