"""Building a store: every file once, whatever happens meanwhile."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from sounds import damage, music, write
from stores import MEL, WAVES, assert_stored, sounds

from earmark.datasets import build as module
from earmark.datasets import chunk, shard
from earmark.datasets.build import Built, build
from earmark.datasets.shard import ShardWriter
from earmark.datasets.store import DATA, INDEX, Store, room
from earmark.errors import OutputError


def test_half_precision_keeps_what_can_be_heard() -> None:
    frames = np.array([[0, 2.0**-15, 2.0**-14, 0.1, 6.5]], np.float32)
    np.testing.assert_array_equal(
        chunk.as_half(frames), np.array([[0, 0, 2.0**-14, 0.1, 6.5]], np.float16)
    )


def test_what_is_there_is_kept_and_what_changed_is_done_again(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 3)
    build(files, tmp_path / "store", MEL, jobs=1)
    assert build(files, tmp_path / "store", MEL, jobs=1).kept == 3
    write(Path(files[0]), music(2.5, 16000, seed=9), 16000)
    built = build(files, tmp_path / "store", MEL, jobs=1)
    assert (built.stored, built.kept) == (1, 2)
    assert_stored(Store(tmp_path / "store", MEL), files)


def test_a_file_that_is_named_twice_is_stored_once(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    assert build(files * 3, tmp_path / "store", MEL, jobs=1).stored == 1


def test_files_are_a_stream_of_any_length(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "STRETCH", 8)
    files = sounds(tmp_path / "in", 5)
    asked, seen = [], []

    def stream():
        for i in range(40):
            asked.append(i)
            yield files[i // 8]

    built = build(stream(), tmp_path / "store", MEL, 1, lambda step: seen.append(len(asked)))
    assert (built.stored, built.kept) == (5, 35)
    assert seen[0] == 8  # no more is asked for than is looked at together
    assert_stored(Store(tmp_path / "store", MEL), files)


def test_bad_files_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 3)
    (tmp_path / "in" / "words.mp3").write_text("words")
    bad = [str(tmp_path / "in" / "words.mp3"), str(tmp_path / "in" / "missing.wav"), "a\0b.wav"]
    steps: list[Built] = []
    built = build(files + bad, tmp_path / "store", MEL, jobs=2, report=steps.append)
    assert built.stored == 3
    assert sorted(error.path for error in built.failed) == sorted(bad)
    assert all(str(error).startswith(f"{error.path}: ") for error in built.failed)
    assert sum(step.stored + len(step.failed) for step in steps) == 6
    assert len(Store(tmp_path / "store", MEL)) == 3


def test_damaged_sound_is_stored_with_a_warning(tmp_path: Path) -> None:
    file = str(damage(write(tmp_path / "1.flac", music(5, 16000), 16000)))
    built = build([file], tmp_path / "store", WAVES, jobs=1)
    assert (built.stored, built.failed) == (1, [])
    assert len(built.warnings) == 1
    assert built.warnings[0].startswith(f"{file}: ")
    store = Store(tmp_path / "store", WAVES)
    assert store.find(file).length > 0


def test_a_file_that_vanishes_meanwhile(tmp_path: Path) -> None:
    first, second = sounds(tmp_path / "in", 2)

    def vanish(step: Built) -> None:
        Path(second).unlink(missing_ok=True)

    built = build([first, second], tmp_path / "store", MEL, jobs=1, report=vanish)
    assert built.stored == 1
    assert str(built.failed[0]).startswith(second)


def test_a_file_that_breaks_off_half_way_leaves_no_trace(tmp_path: Path, monkeypatch) -> None:
    first, second, third = sounds(tmp_path / "in", 3)
    frames = chunk.features_stream

    def break_off(stream, kind):
        yield from frames(stream, kind)
        if stream.name == second:
            raise RuntimeError("broken")

    monkeypatch.setattr(chunk, "features_stream", break_off)
    place = tmp_path / "store" / room(MEL)
    place.mkdir(parents=True)
    built = chunk.store_chunk([first, second, third], place, MEL)
    assert built.stored == 2
    assert "failed unexpectedly (RuntimeError: broken)" in str(built.failed[0])
    assert_stored(Store(tmp_path / "store", MEL), [first, third])


def test_a_full_shard_is_closed_before_the_next_file(tmp_path: Path, monkeypatch) -> None:
    files = sounds(tmp_path / "in", 5)
    place = tmp_path / "store" / room(MEL)
    place.mkdir(parents=True)
    monkeypatch.setattr(chunk, "SHARD_BYTES", 10_000)  # a sound and a half
    assert chunk.store_chunk(files, place, MEL).stored == 5
    assert len(list(place.glob(f"*{INDEX}"))) == 3
    assert_stored(Store(tmp_path / "store", MEL), files)


def test_an_empty_shard_leaves_nothing(tmp_path: Path) -> None:
    writer = ShardWriter(tmp_path, MEL)
    writer.write(np.zeros((3, 96)))
    writer.drop()
    writer.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_builder_left_is_cleared_an_hour_later(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    place = tmp_path / "store" / room(MEL)
    build(files, tmp_path / "store", MEL, jobs=1)
    whole = sorted(place.iterdir())
    old = [place / f"1-old{DATA}.part", place / f"1-old{INDEX}.part", place / f"1-old{DATA}"]
    young = [path.with_name(path.name.replace("old", "young")) for path in old]
    for part in old + young:
        part.write_bytes(b"half")
    for path in old + whole:
        os.utime(path, (time.time() - 2 * shard.LEFT_OVER,) * 2)
    assert build(files, tmp_path / "store", MEL, jobs=1).kept == 1
    assert sorted(place.iterdir()) == sorted(whole + young)


def test_a_store_where_none_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        build([], tmp_path / "file" / "store", MEL, jobs=1)
