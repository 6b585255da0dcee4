"""`earmark live`: lines, JSON, standard input, Ctrl-C, what it says of devices, the display."""

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from passages import changing
from radio import radio
from rich.console import Console
from sounds import MAKERS, music, write
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.live import listen
from earmark.live.display import Display, Screen
from earmark.live.raw import from_pcm, to_pcm

COMMAND = [sys.executable, "-m", "earmark", "live"]


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "song.wav", changing()[5 * 16000 :], 16000)


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_lines_for_people_and_for_programs(song: Path) -> None:
    def run(*more: str) -> str:
        done = CliRunner().invoke(app, ["live", str(song), "--tag", "drums", *more])
        assert done.exit_code == 0, done.output
        return done.stdout

    told = records(run("--jsonl"))
    assert [(r["event"], r.get("tag") or r.get("state")) for r in told] == [
        ("state", "connected"),
        ("on", "drums"),
        ("off", "drums"),
        ("state", "ended"),
    ]
    assert all(set(r) >= {"event", "seconds", "time"} for r in told)
    lines = run("--events").splitlines()
    assert lines[0].endswith("connected") and lines[-1].endswith("ended")
    assert [line.split()[1:3] for line in lines[1:-1]] == [["+", "drums"], ["-", "drums"]]


@pytest.mark.parametrize("kind", ["raw", "mp3 by lame"])
def test_standard_input(kind: str, tmp_path: Path) -> None:
    samples = changing()[8 * 16000 : 16 * 16000]
    if kind == "raw":
        data, more = to_pcm(samples), ["--rate", "16000"]
    else:
        data, more = MAKERS[kind](tmp_path, samples, 16000).read_bytes(), []
    done = subprocess.run(
        [*COMMAND, "-", "--jsonl", "--tag", "drums", *more],
        input=data,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = records(done.stdout.decode())
    assert told[-1]["state"] == "ended" and told[-1]["seconds"] == pytest.approx(8, abs=0.2)
    assert "drums" in [record.get("tag") for record in told]


def test_samples_of_16_bits_stay_as_they_are() -> None:
    data = bytes(range(256)) * 16
    assert to_pcm(from_pcm(data, 2)) == data


def test_ctrl_c_ends_it_while_the_source_hangs(tmp_path: Path) -> None:
    body = MAKERS["mp3 by lame"](tmp_path, music(2, 44100), 44100).read_bytes()
    with radio([body], ["stall"]) as station:
        process = subprocess.Popen(
            [*COMMAND, station.url, "--jsonl"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        try:
            assert json.loads(process.stdout.readline())["state"] == "connected"
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
        print(f"stopped after {time.monotonic() - began:.2f} s")
    assert process.returncode == 130 and b"Traceback" not in said


def test_usage_is_explained(tmp_path: Path, song: Path) -> None:
    for arguments, code, words in [
        ([tmp_path / "none.mp3"], 1, "no such file"),
        (["-", "--channels", "2"], 1, "need --rate"),
        ([song, "--rate", "16000"], 1, "has its own rate"),
        ([song, "--tag", "drumz"], 2, "the nearest is"),
        ([song, "--hop", "9"], 2, "hop"),
        ([song, "-m", "nobody"], 2, "nobody"),
    ]:
        done = CliRunner().invoke(app, ["live", *map(str, arguments)])
        said = done.output + str(done.exception)
        assert done.exit_code == code and words in said, (arguments, said)


def test_devices_are_listed_or_it_is_said_that_there_is_none() -> None:
    pytest.importorskip("sounddevice")
    done = CliRunner().invoke(app, ["live", "--list-devices"])
    assert done.exit_code == 0
    assert "device:" in done.stdout or done.stdout == "no microphone or other device to listen to\n"
    done = CliRunner().invoke(app, ["live", "device:no such thing at all"])
    assert done.exit_code == 1 and "device" in str(done.exception)


def test_the_display_shows_five_bars_the_level_and_the_state(song: Path) -> None:
    display = Display("song")
    drawn, console = (Console(record=True, width=70, file=io.StringIO()) for _ in range(2))
    with Screen("song", drawn) as screen:
        for event in listen(song):
            display.take(event)
            screen.take(event)
    console.print(display.picture(70))
    lines = console.export_text().splitlines()
    assert "0:00:25" in lines[0] and "ended" in lines[0]
    bars = [line for line in lines[1:6] if line.split()[-1].replace(".", "").isdigit()]
    assert len(bars) == 5 and all(len(line) <= 70 for line in lines)
    assert len(lines) == 7 and "piano" in drawn.export_text()
    assert "dBFS" in lines[6] and "█" in lines[6]
