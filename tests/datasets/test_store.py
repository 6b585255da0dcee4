"""The store as its readers see it: what goes in comes out, and what is damaged is told."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from sounds import music, write
from stores import MEL, OTHER, WAVES, assert_stored, features, samples, sounds

from earmark.datasets import store as module
from earmark.datasets.build import build
from earmark.datasets.chunk import store_chunk
from earmark.datasets.store import DATA, INDEX, Store, room
from earmark.errors import DataError


def fill(folder: Path, files: list[str]) -> Path:
    """A store with one shard for each file, and the folder of its shards."""
    place = folder / room(MEL)
    place.mkdir(parents=True, exist_ok=True)
    for file in files:
        assert store_chunk([file], place, MEL).stored == 1
    return place


def test_log_mel_frames_come_back(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 3)
    built = build(files, tmp_path / "store", MEL, jobs=1)
    assert (built.stored, built.kept, built.failed, built.warnings) == (3, 0, [], [])
    store = Store(tmp_path / "store", MEL)
    assert len(store) == 3
    assert_stored(store, files)
    for file in files:
        entry = store.find(file)
        assert store.read(entry).dtype == np.float16
        assert entry.length == len(features(file))


def test_waveforms_come_back(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    build(files, tmp_path / "store", WAVES, jobs=2)
    store = Store(tmp_path / "store", WAVES)
    for file in files:
        stored = store.read(store.find(file))
        assert stored.dtype == np.int16
        np.testing.assert_allclose(stored / 32767, samples(file), atol=0.51 / 32767)


def test_a_waveform_beyond_full_scale_is_clipped(tmp_path: Path) -> None:
    loud = np.tile(np.float32([0.5, 1.5, -1.5]), 400)
    file = str(write(tmp_path / "loud.wav", loud, 16000, "FLOAT"))
    (tmp_path / room(WAVES)).mkdir()
    store_chunk([file], tmp_path / room(WAVES), WAVES)
    store = Store(tmp_path, WAVES)
    assert store.read(store.find(file), 0, 3).tolist() == [16384, 32767, -32768]


def test_front_ends_live_side_by_side(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 1)
    for kind in (MEL, OTHER, WAVES):
        (tmp_path / room(kind)).mkdir()
        store_chunk(files, tmp_path / room(kind), kind)
    for kind, shape in ((MEL, (32, 96)), (OTHER, (24, 48)), (WAVES, (16000,))):
        store = Store(tmp_path, kind)
        assert store.read(store.find(files[0])).shape == shape


def test_crops_come_from_inside_and_short_sounds_are_repeated(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2, seconds=2.0)
    fill(tmp_path / "store", files)
    store, rng = Store(tmp_path / "store", MEL), np.random.default_rng(0)
    entry = store.find(files[1])
    whole = np.asarray(store.read(entry))
    starts = set()
    for _ in range(400):
        crop = store.crop(entry, 20, rng)
        (matches,) = np.nonzero(
            [np.array_equal(crop, whole[i : i + 20]) for i in range(len(whole) - 19)]
        )
        assert len(matches) == 1
        starts.update(matches.tolist())
    assert starts == set(range(len(whole) - 19))  # both ends are reached
    long = store.crop(entry, len(whole) + 30, rng)
    np.testing.assert_array_equal(long, np.concatenate([whole, whole[:30]]))


def test_reading_a_stretch_reads_no_more(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    fill(tmp_path / "store", files)
    store = Store(tmp_path / "store", MEL)
    entry = store.find(files[1])
    stretch = store.read(entry, 5, 7)
    assert isinstance(stretch, np.memmap)
    assert not stretch.flags.owndata
    assert not stretch.flags.writeable
    np.testing.assert_array_equal(stretch, np.asarray(store.read(entry))[5:12])
    with pytest.raises(IndexError):
        store.read(entry, entry.length - 3, 4)
    with pytest.raises(IndexError):
        store.read(entry, -1, 4)


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    first, second = sounds(tmp_path / "in", 2)
    fill(tmp_path / "store", [first])
    store = Store(tmp_path / "store", MEL)
    assert store.find(second) is None
    assert store.find(tmp_path / "missing.wav") is None
    assert store.find("a\0b") is None
    write(Path(first), music(2.5, 16000, seed=9), 16000)
    assert store.find(first) is None
    assert len(Store(tmp_path / "nowhere", MEL)) == 0


def test_a_file_that_only_looks_new_is_new(tmp_path: Path) -> None:
    (file,) = sounds(tmp_path / "in", 1)
    fill(tmp_path / "store", [file])
    store, facts = Store(tmp_path / "store", MEL), os.stat(file)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert store.find(file) is None
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert store.find(file) is not None


def test_entries_stay_what_they_are_when_shards_come_and_go(tmp_path: Path, monkeypatch) -> None:
    files = sounds(tmp_path / "in", 12)
    place = fill(tmp_path / "store", files[:3])
    store = Store(tmp_path / "store", MEL)
    entries = store.find_all(files[:3])
    monkeypatch.setattr(module, "OPEN", 2)  # of the maps, too, some come and go
    first = sorted(place.glob(f"*{INDEX}"))[0]
    for file in files[3:]:  # names are drawn at random, so some come before the old ones
        fill(tmp_path / "store", [file])
        store.refresh()
    assert len(store) == 12
    assert_stored(store, files)
    for file, entry in zip(files, entries, strict=False):
        np.testing.assert_allclose(store.read(entry), features(file), rtol=2**-10, atol=1e-4)
    first.unlink()
    store.refresh()
    assert len(store) == 11
    there = [file for file in files if store.find(file)]
    assert len(there) == 11
    assert_stored(store, there)


def test_what_two_builders_stored_counts_once(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    fill(tmp_path / "store", [files[0], files[0], files[1]])
    store = Store(tmp_path / "store", MEL)
    assert len(store) == 2
    assert_stored(store, files)


@pytest.mark.parametrize(
    ("suffix", "change", "reason"),
    [
        (INDEX, lambda content: content[:-3], "damaged index"),
        (INDEX, lambda content: b"", "damaged index"),
        (INDEX, lambda content: b"words", "damaged index"),
        (DATA, lambda content: content[:-192], "not as long as its index says"),
        (DATA, lambda content: content[:-3], "not as long as its index says"),
        (DATA, lambda content: b"", "not as long as its index says"),
    ],
)
def test_a_damaged_shard_is_told_and_can_be_built_again(
    tmp_path: Path, suffix: str, change, reason: str
) -> None:
    files = sounds(tmp_path / "in", 2)
    place = fill(tmp_path / "store", files)
    path = sorted(place.glob(f"*{suffix}"))[0]
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=reason) as caught:
        Store(tmp_path / "store", MEL)
    assert str(caught.value).startswith(f"{path}: ")
    index = path.with_name(path.name.removesuffix(suffix) + INDEX)
    assert "to build it again" in str(caught.value)
    index.unlink()  # as the sentence says
    assert build(files, tmp_path / "store", MEL, jobs=1).stored == 1
    assert_stored(Store(tmp_path / "store", MEL), files)


def test_data_that_is_gone_is_told(tmp_path: Path) -> None:
    place = fill(tmp_path / "store", sounds(tmp_path / "in", 1))
    (data,) = place.glob(f"*{DATA}")
    data.unlink()
    with pytest.raises(DataError, match="No such file or directory"):
        Store(tmp_path / "store", MEL)


def test_an_index_of_something_else_is_told(tmp_path: Path) -> None:
    place = fill(tmp_path / "store", sounds(tmp_path / "in", 1))
    (index,) = place.glob(f"*{INDEX}")
    np.save(index, np.zeros(3))
    with pytest.raises(DataError, match="not an index of a store"):
        Store(tmp_path / "store", MEL)


def test_a_store_can_be_moved(tmp_path: Path) -> None:
    files = sounds(tmp_path / "in", 2)
    fill(tmp_path / "store", files)
    shutil.move(tmp_path / "store", tmp_path / "moved")
    assert_stored(Store(tmp_path / "moved", MEL), files)
