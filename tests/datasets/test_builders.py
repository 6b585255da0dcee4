"""Builders as real processes: two at once, killed, stopped, out of room, with bad decoders."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command import earmark
from sounds import music, write
from stores import MEL, WAVES, assert_stored, sounds

from earmark.datasets.build import build
from earmark.datasets.shard import PART
from earmark.datasets.store import DATA, INDEX, Store, room

BUILD = """
import sys
from earmark.datasets import build as module
from earmark.sound import FrontEnd
module.CHUNK = 2
if __name__ == "__main__":
    built = module.build(sys.argv[2:], sys.argv[1], FrontEnd(16000, 1024, 512, 96), 1)
    print(built.stored, built.kept)
"""


def run(folder: Path, code: str, files: list[str], **more) -> subprocess.CompletedProcess:
    """What a script of its own says, which builds a store of files."""
    (folder / "run.py").write_text(code)
    command = [sys.executable, folder / "run.py", folder / "store", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **more)
    assert done.returncode == 0, done.stderr
    return done


def start(folder: Path, files: list[str]) -> subprocess.Popen:
    """A builder that takes two files at once."""
    (folder / "run.py").write_text(BUILD)
    command = [sys.executable, folder / "run.py", folder / "store", *files]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_builders_share_the_work(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 40, seconds=5.0)
    both = [start(tmp_path, files), start(tmp_path, files)]
    counts = [list(map(int, one.communicate(timeout=60)[0].split())) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert [sum(count) for count in counts] == [40, 40]
    assert 40 <= sum(stored for stored, _ in counts) < 60
    store = Store(tmp_path / "store", MEL)
    assert len(store) == 40
    assert_stored(store, files)


def test_a_killed_builder_loses_little(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 60, seconds=20.0)
    running = start(tmp_path, files)
    place = tmp_path / "store" / room(MEL)
    while len(list(place.glob(f"*{INDEX}"))) < 5 and running.poll() is None:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()
    done = len(Store(tmp_path / "store", MEL))
    assert 10 <= done < 60
    built = build(files, tmp_path / "store", MEL, jobs=1)
    assert built.stored + built.kept == 60
    assert built.kept >= done
    assert_stored(Store(tmp_path / "store", MEL), files)


CRASH = """
import os, sys, time
from earmark.datasets import chunk
from earmark.datasets.build import build
from earmark.datasets.store import Store
from earmark.sound import FrontEnd
mel, files, (crash, report) = FrontEnd(16000, 1024, 512, 96), sys.argv[2:-2], sys.argv[-2:]
def crash_at_two(stream, kind, own=chunk.features_stream):
    if stream.name == files[2]:
        time.sleep(float(crash))
        os._exit(9)
    return own(stream, kind)
chunk.features_stream = crash_at_two
def tell(step):
    time.sleep(step.stored and float(report))
if __name__ == "__main__":
    built = build(files, sys.argv[1], mel, 2, tell)
    store = Store(sys.argv[1], mel)
    print(built.stored, len(store), len(store._index), *built.failed)
"""


@pytest.mark.parametrize(
    ("crash", "report"),
    [
        ("0.5", "0"),  # when the other process has done chunks that are not to be done again
        ("0.1", "0.3"),  # when the parent is elsewhere, and goes on to hand out work
    ],
)
def test_a_decoder_that_crashes_takes_only_its_file_along(
    tmp_path: Path, crash: str, report: str
) -> None:
    files = sounds(tmp_path / "in", 16)
    told = run(tmp_path, CRASH, [*files, crash, report]).stdout
    assert told == f"15 15 15 {files[2]}: its decoder crashed\n"
    assert_stored(Store(tmp_path / "store", MEL), files[:2] + files[3:])


FULL = """
import resource, sys
from earmark.datasets.build import build
from earmark.datasets.store import Waveform
from earmark.errors import OutputError
if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        build(sys.argv[2:], sys.argv[1], Waveform(16000), 2)
    except OutputError as error:
        print(error)
"""


def test_a_full_disk_is_told_and_what_is_complete_stays(tmp_path: Path) -> None:
    short, long = sounds(tmp_path / "in", 4), sounds(tmp_path / "long", 2, seconds=9.0)
    build(short, tmp_path / "store", WAVES, jobs=1)
    place = tmp_path / "store" / room(WAVES)
    before = sorted(place.iterdir())
    told = run(tmp_path, FULL, short + long).stdout
    assert told == f"{place}: the store cannot be written (File too large)\n"
    assert sorted(place.iterdir()) == before
    built = build(short + long, tmp_path / "store", WAVES, jobs=1)
    assert (built.stored, built.kept) == (2, 4)


LONG = """
import resource, sys
from pathlib import Path
from earmark.datasets.chunk import store_chunk
from earmark.datasets.store import Waveform
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
store_chunk(sys.argv[2:], Path(sys.argv[1]), Waveform(16000))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_long_sound_is_never_held_whole(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    file = write(tmp_path / "long.wav", np.tile(music(60, 16000), (60, 1)), 16000)
    grown = int(run(tmp_path, LONG, [file]).stdout)
    assert grown < 60_000  # kilobytes; the hour has 115,200 as int16


def test_ctrl_c_keeps_what_is_whole(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1, seconds=40.0)
    for i in range(1, 400):
        files.append(str(tmp_path / "in" / f"{i}.wav"))
        os.link(files[0], files[-1])
    (tmp_path / "m.csv").write_text("\n".join(["file", *files]))
    words = ["data", "store", tmp_path / "m.csv", "-o", tmp_path / "store", "--jobs", "1"]
    words += ["--model", "voicenet"]  # whose frames are those of MEL
    running = subprocess.Popen(
        [sys.executable, "-m", "earmark", *words],
        stderr=subprocess.PIPE,
        # A process that was started in the background ignores Ctrl-C unless told otherwise.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    place = tmp_path / "store" / room(MEL)
    while not sum(path.stat().st_size for path in place.glob(f"*{DATA}{PART}")):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    assert running.stderr.read() == b""
    assert {path.name.partition(".")[2] for path in place.iterdir()} == {DATA[1:], INDEX[1:]}
    assert 0 < len(Store(tmp_path / "store", MEL)) < 100  # of the chunk's 100


def test_the_command_builds_and_goes_on(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    rows = "\n".join(["file,tags", *(f"{file},guitar" for file in files), "gone.wav,"])
    (tmp_path / "m.csv").write_text(rows)
    done = earmark("data", "store", tmp_path / "m.csv", "-o", tmp_path / "store", "--jobs", 1)
    assert done.returncode == 1
    assert "gone.wav: cannot be read (No such file or directory)" in done.stderr
    assert "2 sounds stored, 0 were there already, 1 failed" in done.stderr
    (tmp_path / "m.csv").write_text("\n".join(["file", *files]))
    done = earmark("data", "store", tmp_path / "m.csv", "-o", tmp_path / "store", "-m", "default")
    assert done.returncode == 0
    assert "0 sounds stored, 2 were there already" in done.stderr
