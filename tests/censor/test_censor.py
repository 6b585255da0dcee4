"""`earmark censor`: plans, EDL files that come back, options, reports."""

import json
from pathlib import Path

import numpy as np
import pytest
from passages import DRUMS, changing
from sounds import read_soundfile, write
from typer.testing import CliRunner

from earmark.censor.edl import CUT, MUTE, Entry, edl_text, read_edl
from earmark.censor.gate import Cutter, Gate
from earmark.cli.main import app
from earmark.errors import MediaError
from earmark.tagging.events import Event

RATE = 16000


def command(*arguments: object):
    return CliRunner().invoke(app, ["censor", *map(str, arguments)])


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "song.wav", changing(), RATE, "PCM_16")


def silent(path: Path) -> np.ndarray:
    """Seconds that are silent, of each whole second."""
    samples = read_soundfile(path)[0][:, 0]
    return np.abs(samples[: len(samples) // RATE * RATE]).reshape(-1, RATE).max(axis=1) == 0


def test_what_is_described_is_muted_and_reported(song: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    done = command(song, out, "--mute", "drums", "--format", "json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    (passage,) = record["passages"]
    assert record["done"] == "muted" and passage["why"] == "drums"
    assert abs(passage["start"] - DRUMS[0]) <= 1.25 and abs(passage["end"] - DRUMS[1]) <= 1.25
    assert record["silenced"] == pytest.approx(passage["end"] - passage["start"], abs=0.01)
    gone = silent(out)
    assert gone[11:19].all() and not gone[:8].any() and not gone[22:].any()


def test_keep_is_the_reverse(song: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert command(song, out, "--keep", "drums").exit_code == 0
    gone = silent(out)
    assert gone[:8].all() and gone[22:].all() and not gone[11:19].any()


def test_careful_takes_more_than_sparing(song: Path) -> None:
    def seconds(*more: object) -> float:
        done = command(song, "--mute", "drums", "--dry-run", "--format", "json", *more)
        return json.loads(done.stdout)["silenced"]

    usual = seconds()
    assert seconds("--careful") > usual >= seconds("--sparing")
    assert seconds("--pad", 1) == pytest.approx(usual + 2, abs=0.01)


def test_a_dry_run_comes_back_as_it_was_edited(song: Path, tmp_path: Path) -> None:
    edl, out = tmp_path / "song.edl", tmp_path / "out.wav"
    done = command(song, "--mute", "drums", "--dry-run", "--edl", edl)
    assert done.exit_code == 0 and "would be muted" in done.stdout
    (line,) = edl.read_text().splitlines()
    assert line.endswith("\t1")
    edl.write_text(f"# the band\n{line}\n\n0:00:01 2.5 1  # and a word\n")
    done = command(song, out, "--from", edl)
    assert done.exit_code == 0 and "song.edl" in done.stdout
    gone = silent(out)
    assert gone[11:19].all() and not gone[3:8].any()
    samples = read_soundfile(out)[0][:, 0]
    assert np.abs(samples[int(1.03 * RATE) : int(2.47 * RATE)]).max() == 0
    np.testing.assert_array_equal(samples[:RATE], read_soundfile(song)[0][:RATE, 0])


def test_an_edl_that_cuts_cuts(song: Path, tmp_path: Path) -> None:
    edl, out = tmp_path / "cut.edl", tmp_path / "out.wav"
    edl.write_text("10 20 0\n")
    assert command(song, out, "--from", edl).exit_code == 0
    assert len(read_soundfile(out)[0]) == 20.02 * RATE
    done = command(song, tmp_path / "other.wav", "--from", edl, "--beep")
    assert isinstance(done.exception, MediaError) and "contradict" in str(done.exception)
    done = command(song, tmp_path / "other.wav", "--mute", "drums", "--cut")
    assert done.exit_code == 0
    assert 17 < len(read_soundfile(tmp_path / "other.wav")[0]) / RATE < 22


def test_wrong_usage_is_told(song: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    for arguments in (
        [song, out],
        [song, "--mute", "drums"],
        [song, out, "--mute", "drums", "--keep", "piano"],
        [song, out, "--mute", "drums", "--beep", "--cut"],
        [song, out, "--mute", "drums", "--careful", "--sparing"],
        [song, out, "--mute", "drumz"],
        [song, out, "--mute", "drums", "--duck", "-3"],
        [song, out, "--mute", "drums", "-m", "nobody"],
    ):
        assert command(*arguments).exit_code == 2, arguments
    assert not out.exists()


def test_no_name_stands_for_two_files(song: Path, tmp_path: Path) -> None:
    edl = tmp_path / "a.edl"
    edl.write_text("1 2 1\n")
    for arguments in (
        [song, song, "--mute", "drums"],
        [song, tmp_path / "o.wav", "--mute", "drums", "--edl", song],
        [song, tmp_path / "o.wav", "--from", edl, "--edl", edl],
        [song, edl, "--from", edl],
        [song, tmp_path / "o.wav", "--mute", "drums", "--edl", tmp_path / "o.wav"],
    ):
        done = command(*arguments)
        assert isinstance(done.exception, MediaError), arguments
        assert "the very file to read" in str(done.exception)
    assert edl.read_text() == "1 2 1\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 2", "line 1 is not"),
        ("1 2 7", "line 1 is not"),
        ("\n2 1 1", "line 2 ends before"),
        ("a 2 1", "'a' is no time"),
        ("-1 2 1", "'-1' is no time"),
        ("nan 2 1", "'nan' is no time"),
        ("1 2 0\n3 4 1", "must be one"),
        ("100 200 1", "beyond the end"),
    ],
)
def test_an_edl_that_makes_no_sense_is_one_sentence(
    song: Path, tmp_path: Path, text: str, why: str
) -> None:
    edl = tmp_path / "bad.edl"
    edl.write_text(text)
    done = command(song, tmp_path / "out.wav", "--from", edl)
    assert isinstance(done.exception, MediaError), done.output
    assert why in str(done.exception) and "\n" not in str(done.exception)
    assert not (tmp_path / "out.wav").exists()


def test_an_edl_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "x.edl"
    path.write_text(edl_text([Event(1.25, 2.5, "x", 1.0), Event(3661.0, 3662.0, "x", 1.0)], CUT))
    assert read_edl(path) == [Entry(1.25, 2.5, CUT), Entry(3661, 3662, CUT)]
    path.write_text("1:01:01.5 3700 1\n0:30 31 1")
    assert read_edl(path) == [Entry(30, 31, MUTE), Entry(3661.5, 3700, MUTE)]


@pytest.mark.parametrize("block", [1, 7, 160, 16000])
def test_gate_and_cutter_do_not_depend_on_blocks(block: int) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 4000))
    spans = [(0.5, 1.0), (1.01, 1.02), (2.5, 3.0)]

    def by(size: int) -> tuple[np.ndarray, np.ndarray]:
        gate, cutter, gated, rest = Gate(spans, tone=True), Cutter(spans, 1000), [], []
        for first in range(0, 4000, size):
            piece = samples[:, first : first + size]
            at = first / 1000
            touched = gate.touches(at, at + piece.shape[1] / 1000)
            gated.append(gate(piece, 1000, at) if touched else piece)
            rest.append(cutter(piece))
        return np.concatenate(gated, axis=1), np.concatenate(rest, axis=1)

    for one, other in zip(by(block), by(4000), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    gated, rest = by(4000)
    assert rest.shape[1] == 4000 - (500 - 20) * 2
    np.testing.assert_array_equal(gated[:, :500], samples[:, :500])
    np.testing.assert_array_equal(gated[:, 1020:2500], samples[:, 1020:2500])
