"""`earmark tag` on bad input: one sentence, the right exit code, and the rest goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command import earmark, earmark_process
from sounds import music, write, write_av, write_video


def good(folder: Path) -> Path:
    return write(folder / "good.wav", music(3.5, 16000), 16000)


def missing(folder: Path) -> Path:
    return folder / "missing.mp3"


def folder_without_sound(folder: Path) -> Path:
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text("a")
    return folder / "texts"


def empty(folder: Path) -> Path:
    (folder / "empty.wav").touch()
    return folder / "empty.wav"


def text(folder: Path) -> Path:
    (folder / "text.mp3").write_text("These are words, not music.\n" * 500)
    return folder / "text.mp3"


def video_without_sound(folder: Path) -> Path:
    return write_video(folder / "mute.mp4")


def not_a_number(folder: Path) -> Path:
    return write(folder / "nan.wav", np.full(32000, np.nan, np.float32), 16000, "FLOAT")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (missing, "no such file"),
        (folder_without_sound, "holds no sound files"),
        (empty, "empty"),
        (text, "not a sound that can be read"),
        (video_without_sound, "no sound track"),
        (not_a_number, "finite number"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_tags_give_one_sentence_and_exit_code_1(tmp_path: Path, make, reason: str) -> None:
    bad, fine = make(tmp_path), good(tmp_path)
    done = earmark("tag", bad, fine, "--format", "json")
    assert done.returncode == 1
    failed, tagged = json.loads(done.stdout)
    assert failed == {"file": str(bad), "error": failed["error"]}
    assert failed["error"].startswith(f"{bad}: ") and reason in failed["error"]
    assert done.stderr.splitlines() == [f"earmark: {failed['error']}"]
    assert tagged["file"] == str(fine) and tagged["seconds"] > 0


def cut(whole: Path, share: float) -> Path:
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])
    return whole


def cut_mp3(folder: Path) -> Path:
    return cut(write_av(folder / "a.mp3", music(10, 44100), 44100, "libmp3lame"), 0.6)


def cut_flac(folder: Path) -> Path:
    return cut(write(folder / "a.flac", music(10, 44100), 44100), 0.6)


def cut_m4a(folder: Path) -> Path:
    front = {"movflags": "faststart"}
    return cut(write_av(folder / "a.m4a", music(10, 44100), 44100, "aac", options=front), 0.6)


def partly_not_a_number(folder: Path) -> Path:
    samples = music(4, 16000)
    samples[1000:1010] = np.inf
    samples[2000] = np.nan
    return write(folder / "part.wav", samples, 16000, "FLOAT")


def silent(folder: Path) -> Path:
    return write(folder / "silent.wav", np.zeros(64000, np.float32), 16000)


def short(folder: Path) -> Path:
    return write(folder / "short.wav", music(0.1, 44100), 44100)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (cut_mp3, "of 10.0 seconds could be decoded"),
        (cut_flac, "of 10.0 seconds could be decoded"),
        (cut_m4a, "of 10.0 seconds could be decoded"),
        (partly_not_a_number, "11 samples are not finite numbers"),
        (silent, "silent throughout"),
        (short, "only 0.1 seconds long, padded"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_tags_with_a_reservation_give_a_warning_and_exit_code_0(
    tmp_path: Path, make, reason: str
) -> None:
    file = make(tmp_path)
    done = earmark("tag", file, "--format", "json", "--all")
    assert done.returncode == 0
    (record,) = json.loads(done.stdout)
    assert len(record["tags"]) == 188
    assert all(0 <= score <= 1 for score in record["tags"].values())
    assert record["warning"].startswith(f"{file}: ") and reason in record["warning"]
    assert done.stderr.splitlines() == [f"earmark: warning: {record['warning']}"]


def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("root may read everything; the sound tests do this as another user")
    file = good(tmp_path)
    file.chmod(0)
    done = earmark("tag", file)
    assert done.returncode == 1 and "no permission" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-such-option",),
        ("--top", "0"),
        ("--jobs", "0"),
        ("--format", "xml"),
        ("--top", "3", "--all"),
        ("--model", "no-such-model"),
    ],
    ids=" ".join,
)
def test_wrong_usage_gives_exit_code_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = earmark("tag", good(tmp_path), *arguments)
    assert done.returncode == 2
    assert done.stdout == "" and "Error" in done.stderr


def test_decoders_print_nothing_of_their_own(tmp_path: Path) -> None:
    file = write(tmp_path / "damaged.mp3", music(6, 44100, 2), 44100)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    file.write_bytes(content)
    done = earmark_process("tag", file, "--jobs", "1")
    assert done.returncode == 0
    assert "mpg123" not in done.stderr and len(done.stderr.splitlines()) <= 1


def test_csv_of_a_failed_file_has_no_rows(tmp_path: Path) -> None:
    done = earmark("tag", tmp_path / "missing.wav", "--format", "csv")
    assert done.stdout.splitlines() == ["file,start,end,tag,score"]


def test_a_failed_run_leaves_the_old_output_alone(tmp_path: Path) -> None:
    out = tmp_path / "no-such-folder" / "tags.json"
    done = earmark("tag", good(tmp_path), "-o", out)
    assert done.returncode == 1
    assert done.stderr.startswith(f"earmark: {out}: cannot be written")


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "earmark", "tag", str(good(tmp_path))]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "earmark: standard output: cannot be written (No space left on device)"
    ]


def test_a_broken_pipe_ends_quietly(tmp_path: Path) -> None:
    file = good(tmp_path)
    command = [sys.executable, "-m", "earmark", "tag", *[str(file)] * 40, "--all", "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 1


def test_ctrl_c_keeps_what_was_tagged(tmp_path: Path) -> None:
    song = write(tmp_path / "long.flac", music(120, 16000), 16000)
    out = tmp_path / "tags.json"
    command = [sys.executable, "-m", "earmark", "tag", *[str(song)] * 2000, "--jobs", "2"]
    command += ["--format", "json", "-o", str(out)]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Whoever runs the tests in the background may have made it deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    part = None
    while part is None or not part.stat().st_size:
        part = next(tmp_path.glob(".tags.json.*"), None)
        time.sleep(0.05)
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    message = process.stderr.read().decode()
    assert process.wait(60) == 130
    kept = json.loads(out.read_text("utf-8"))
    assert 1 <= len(kept) < 2000
    assert message.splitlines() == [f"earmark: stopped after {len(kept)} of 2000 files"]


def test_a_pipe_that_is_not_sound_is_called_standard_input() -> None:
    done = earmark("tag", "-", stdin=b"words")
    assert done.returncode == 1
    assert done.stderr.startswith("earmark: <stdin>: not a sound that can be read")
