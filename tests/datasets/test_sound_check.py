"""Listening to every file of a data set: what is damaged is told, and nothing stops it."""

import os
import subprocess
import sys
from pathlib import Path

from sounds import music, write

from earmark.datasets.sound_check import sound_problems


def test_good_short_empty_damaged_and_missing(tmp_path: Path) -> None:
    good = str(write(tmp_path / "good.wav", music(3, 16000), 16000))
    short = str(write(tmp_path / "short.wav", music(1, 16000), 16000))
    cut = write(tmp_path / "cut.flac", music(3, 16000), 16000)
    cut.write_bytes(cut.read_bytes()[:20_000])
    (tmp_path / "empty.mp3").touch()
    files = [good, short, str(cut), str(tmp_path / "empty.mp3"), str(tmp_path / "missing.mp3")]
    found = list(sound_problems(iter(files), jobs=2, least=2.0))
    assert [file for file, _ in found] == files
    problems = [problem for _, problem in found]
    assert problems[0] is None
    assert problems[1] == f"{short}: only 1.0 seconds long"
    assert problems[2].startswith(str(cut))
    assert problems[3].endswith("empty.mp3: empty")
    assert "missing.mp3: cannot be read (No such file" in problems[4]


CRASH = """
import os
from earmark.datasets import sound_check as module
def crash(file, rate, own=module.decode):
    if file.endswith("2.wav"):
        os._exit(9)
    if file.endswith("3.wav"):
        raise RuntimeError("a surprise")
    return own(file, rate)
module.decode = crash
"""


def test_a_decoder_that_crashes_or_surprises_is_told(tmp_path: Path) -> None:
    files = [str(write(tmp_path / f"{i}.wav", music(0.2, 16000), 16000)) for i in range(5)]
    (tmp_path / "sitecustomize.py").write_text(CRASH)
    (tmp_path / "run.py").write_text(
        "import sys; from earmark.datasets.sound_check import sound_problems\n"
        "if __name__ == '__main__':\n"
        "    print([problem for _, problem in sound_problems(sys.argv[1:], 1)])\n"
    )
    done = subprocess.run(
        [sys.executable, tmp_path / "run.py", *files],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    crashed = f"{files[2]}: its decoder crashed"
    surprise = f"{files[3]}: failed unexpectedly (RuntimeError: a surprise)"
    assert done.stdout == f"{[None, None, crashed, surprise, None]}\n", done.stderr
