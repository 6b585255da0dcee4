"""The store: what goes in comes out, whatever happens while it is built."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command import earmark
from sounds import music, write

from earmark.datasets import build as module
from earmark.datasets import shard
from earmark.datasets.build import Built, build
from earmark.datasets.shard import ShardWriter
from earmark.datasets.store import DATA, INDEX, Store, Waveform, room
from earmark.errors import DataError, OutputError
from earmark.sound import FrontEnd, decode, melspectrogram

MEL = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
OTHER = FrontEnd(sample_rate=12000, n_fft=1024, hop_length=512, n_mels=48)
WAVES = Waveform(16000)


def sounds(folder: Path, count: int, seconds: float = 1.0) -> list[str]:
    folder.mkdir(exist_ok=True)
    return [
        str(write(folder / f"{i}.wav", music(seconds + i % 3, 16000, seed=i % 3), 16000))
        for i in range(count)
    ]


def samples(file: str) -> np.ndarray:
    return np.concatenate(list(decode(file, 16000)))


def features(file: str) -> np.ndarray:
    return melspectrogram(samples(file), MEL)


def test_log_mel_frames_come_back(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 3)
    built = build(files, tmp_path / "store", MEL, jobs=1)
    assert (built.stored, built.kept, built.failed, built.warnings) == (3, 0, [], [])
    store = Store(tmp_path / "store", MEL)
    assert len(store) == 3
    for file, entry in zip(files, store.find_all(files), strict=True):
        stored = store.read(entry)
        assert stored.dtype == np.float16
        np.testing.assert_allclose(stored, features(file), rtol=2**-10, atol=1e-4)
        assert entry.length == len(stored)


def test_half_precision_keeps_what_can_be_heard() -> None:
    frames = np.array([[0, 2.0**-15, 2.0**-14, 0.1, 6.5]], np.float32)
    np.testing.assert_array_equal(
        module.as_half(frames), np.array([[0, 0, 2.0**-14, 0.1, 6.5]], np.float16)
    )


def test_waveforms_come_back(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    build(files, tmp_path / "store", WAVES, jobs=2)
    store = Store(tmp_path / "store", WAVES)
    for file in files:
        stored = store.read(store.find(file))
        assert stored.dtype == np.int16
        np.testing.assert_allclose(stored / 32767, samples(file), atol=0.51 / 32767)


def test_front_ends_live_side_by_side(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    for kind in (MEL, OTHER, WAVES):
        build(files, tmp_path / "store", kind, jobs=1)
    widths = [Store(tmp_path / "store", kind).read for kind in (MEL, OTHER)]
    found = [Store(tmp_path / "store", kind).find(files[0]) for kind in (MEL, OTHER)]
    assert [read(entry).shape[1] for read, entry in zip(widths, found, strict=True)] == [96, 48]


def test_crops_come_from_inside_and_short_sounds_are_repeated(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2, seconds=2.0)
    build(files, tmp_path / "store", MEL, jobs=1)
    store, rng = Store(tmp_path / "store", MEL), np.random.default_rng(0)
    entry = store.find(files[1])
    whole = np.asarray(store.read(entry))
    starts = set()
    for _ in range(50):
        crop = store.crop(entry, 20, rng)
        (matches,) = np.nonzero(
            [np.array_equal(crop, whole[i : i + 20]) for i in range(len(whole) - 19)]
        )
        assert len(matches) >= 1
        starts.update(matches.tolist())
    assert len(starts) > 20
    long = store.crop(entry, len(whole) + 30, rng)
    np.testing.assert_array_equal(long, np.concatenate([whole, whole[:30]]))


def test_reading_a_stretch_reads_no_more(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    build(files, tmp_path / "store", MEL, jobs=1)
    store = Store(tmp_path / "store", MEL)
    entry = store.find(files[0])
    stretch = store.read(entry, 5, 7)
    assert not stretch.flags.owndata  # a view of the mapped file
    np.testing.assert_array_equal(stretch, np.asarray(store.read(entry))[5:12])
    with pytest.raises(IndexError):
        store.read(entry, entry.length - 3, 4)


def test_what_is_there_is_kept_and_what_changed_is_done_again(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 3)
    build(files, tmp_path / "store", MEL, jobs=1)
    assert build(files, tmp_path / "store", MEL, jobs=1).kept == 3
    write(Path(files[0]), music(2.5, 16000, seed=9), 16000)
    assert Store(tmp_path / "store", MEL).find(files[0]) is None
    built = build(files, tmp_path / "store", MEL, jobs=1)
    assert (built.stored, built.kept) == (1, 2)
    store = Store(tmp_path / "store", MEL)
    np.testing.assert_allclose(store.read(store.find(files[0])), features(files[0]), atol=2e-3)


def test_a_file_that_is_named_twice_is_stored_once(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    assert build(files * 3, tmp_path / "store", MEL, jobs=1).stored == 1


def test_bad_files_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 3)
    (tmp_path / "in" / "words.mp3").write_text("words")
    files += [str(tmp_path / "in" / "words.mp3"), str(tmp_path / "in" / "missing.wav")]
    steps: list[Built] = []
    built = build(files, tmp_path / "store", MEL, jobs=2, report=steps.append)
    assert built.stored == 3
    assert sorted(Path(error.path).name for error in built.failed) == ["missing.wav", "words.mp3"]
    assert all(error.path in str(error) for error in built.failed)
    assert sum(step.stored + len(step.failed) for step in steps) == 5
    assert len(Store(tmp_path / "store", MEL)) == 3


def test_a_file_that_vanishes_meanwhile(tmp_path: Path) -> None:
    first, second = sounds(tmp_path / "in", 2)

    def vanish(step: Built) -> None:
        Path(second).unlink(missing_ok=True)

    built = build([first, second], tmp_path / "store", MEL, jobs=1, report=vanish)
    assert built.stored == 1
    assert str(built.failed[0]).startswith(second)


def test_a_file_that_breaks_off_half_way_leaves_no_trace(tmp_path: Path, monkeypatch) -> None:
    first, second, third = sounds(tmp_path / "in", 3)
    frames = module.melspectrogram_stream

    def break_off(stream, kind):
        yield from frames(stream, kind)
        if stream.name == second:
            raise RuntimeError("broken")

    monkeypatch.setattr(module, "melspectrogram_stream", break_off)
    place = tmp_path / "store" / room(MEL)
    place.mkdir(parents=True)
    built = module.store_chunk([first, second, third], place, MEL)
    assert built.stored == 2
    assert "failed unexpectedly (RuntimeError: broken)" in str(built.failed[0])
    store = Store(tmp_path / "store", MEL)
    for file in (first, third):
        np.testing.assert_allclose(store.read(store.find(file)), features(file), atol=2e-3)


CRASH = """
import os, sys
from earmark.datasets import build as module
def crash_at_two(stream, kind, own=module.melspectrogram_stream):
    if stream.name.endswith("2.wav"):
        os._exit(9)
    return own(stream, kind)
module.melspectrogram_stream = crash_at_two
"""


def test_a_decoder_that_crashes_takes_only_its_file_along(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 6)
    (tmp_path / "sitecustomize.py").write_text(CRASH)
    script = (
        "import sys; from earmark.datasets.build import build; "
        "from earmark.sound import FrontEnd\n"
        "if __name__ == '__main__':\n"
        "    built = build(sys.argv[2:], sys.argv[1], FrontEnd(16000, 1024, 512, 96), 2)\n"
        "    print(built.stored, *built.failed)\n"
    )
    (tmp_path / "run.py").write_text(script)
    done = subprocess.run(
        [sys.executable, tmp_path / "run.py", tmp_path / "store", *files],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == f"5 {files[2]}: its decoder crashed\n", done.stderr


BUILD = """
import sys
from earmark.datasets import build as module
from earmark.sound import FrontEnd
module.CHUNK = 2
if __name__ == "__main__":
    built = module.build(sys.argv[2:], sys.argv[1], FrontEnd(16000, 1024, 512, 96), 1)
    print(built.stored, built.kept)
"""


def start(folder: Path, files: list[str]) -> subprocess.Popen:
    (folder / "run.py").write_text(BUILD)
    command = [sys.executable, folder / "run.py", folder / "store", *files]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


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
    store = Store(tmp_path / "store", MEL)
    assert all(store.find_all(files))


def test_what_a_killed_builder_left_is_cleared_an_hour_later(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    place = tmp_path / "store" / room(MEL)
    place.mkdir(parents=True)
    old, young = place / f"1-old{DATA}.part", place / f"2-young{DATA}.part"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * shard.LEFT_OVER,) * 2)
    build(files, tmp_path / "store", MEL, jobs=1)
    assert not old.exists()
    assert young.exists()
    assert len(Store(tmp_path / "store", MEL)) == 1


def test_two_builders_share_the_work(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 40, seconds=5.0)
    both = [start(tmp_path, files), start(tmp_path, files)]
    stored = [int(one.communicate(timeout=60)[0].split()[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum(stored) >= 40
    store = Store(tmp_path / "store", MEL)
    assert len(store) == 40
    for file, entry in zip(files[:3], store.find_all(files), strict=False):
        np.testing.assert_allclose(store.read(entry), features(file), atol=2e-3)


def test_a_full_disk_is_told_and_what_is_complete_stays(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    build(files[:1], tmp_path / "store", WAVES, jobs=1)
    place = tmp_path / "store" / room(WAVES)
    before = sorted(path.name for path in place.iterdir())
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limit[1]))
    try:
        with pytest.raises(OutputError, match="the store cannot be written"):
            module.store_chunk(files[1:], place, WAVES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert sorted(path.name for path in place.iterdir()) == before
    assert build(files, tmp_path / "store", WAVES, jobs=1).stored == 1


def test_a_store_where_none_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        build([], tmp_path / "file" / "store", MEL, jobs=1)


def test_a_damaged_index_is_told(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    build(files, tmp_path / "store", MEL, jobs=1)
    (index,) = (tmp_path / "store" / room(MEL)).glob(f"*{INDEX}")
    index.write_bytes(index.read_bytes()[:-3])
    with pytest.raises(DataError, match="delete it to build it again"):
        Store(tmp_path / "store", MEL)


def test_an_empty_shard_leaves_nothing(tmp_path: Path) -> None:
    writer = ShardWriter(tmp_path, MEL)
    writer.write(np.zeros((3, 96)))
    writer.drop()
    writer.close()
    assert list(tmp_path.iterdir()) == []


LONG = """
import resource, sys
import numpy as np
from pathlib import Path
from earmark.datasets import build as module
from earmark.datasets.store import Waveform
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
module.store_chunk([sys.argv[1]], Path(sys.argv[2]), Waveform(16000))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_long_sound_is_never_held_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "long.wav", np.tile(music(60, 16000), (60, 1)), 16000)
    done = subprocess.run(
        [sys.executable, "-c", LONG, path, tmp_path], capture_output=True, text=True, timeout=120
    )
    assert int(done.stdout) < 60_000, done.stderr  # kilobytes; the hour has 115,200 as int16


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
