"""What is cached of a corpus serves that corpus alone."""

import os
from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

from earmark.datasets import Row
from earmark.errors import TrainingError
from earmark.fingerprint import fingerprint
from earmark.sound.melspectrogram import FrontEnd
from workshop.clips import load_mels
from workshop.corpus import load_corpus
from workshop.made_of import begin, note
from workshop.tracks import load_tracks
from workshop.windows import write_shard

LOW = FrontEnd(8000, 512, 512, 16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate("ab"):
        write(tmp_path / f"{name}.wav", music(1, 16000, 1, seed), 16000)
    (tmp_path / "corpus.csv").write_text("file,split\na.wav,train\nb.wav,train\n")
    return tmp_path


def test_a_cache_is_not_that_of_another_list_of_files(folder: Path) -> None:
    first = load_corpus(folder, folder / "cache", jobs=1)
    assert load_corpus(folder, folder / "cache", jobs=1).sound == first.sound != ""
    (folder / "corpus.csv").write_text("file,split\na.wav,valid\nb.wav,train\n")
    assert load_corpus(folder, folder / "cache", jobs=1).sound == first.sound  # only a label
    (folder / "corpus.csv").write_text("file,split\nb.wav,train\na.wav,train\n")
    with pytest.raises(TrainingError, match="cache: holds the sound of other files") as refused:
        load_corpus(folder, folder / "cache", jobs=1)
    assert "\n" not in str(refused.value)
    assert load_corpus(folder, folder / "other", jobs=1).sound != first.sound


def test_a_cache_is_not_that_of_files_as_they_were(folder: Path) -> None:
    first = load_corpus(folder, folder / "cache", jobs=1)
    write(folder / "b.wav", music(1, 16000, 1, 9), 16000)
    os.utime(folder / "b.wav", ns=(1, 1))
    with pytest.raises(TrainingError, match="other files"):
        load_corpus(folder, folder / "cache", jobs=1)
    assert load_corpus(folder, folder / "other", jobs=1).sound != first.sound
    (folder / "b.wav").unlink()
    (folder / "a.wav").unlink()  # what was decoded is still that of these names
    assert load_corpus(folder, folder / "cache", jobs=1).sound == first.sound


def test_windows_are_those_of_their_corpus(folder: Path) -> None:
    corpus = load_corpus(folder, folder / "cache", jobs=1)
    shards = folder / "tracks"
    shards.mkdir()
    begin(shards, {"corpus": corpus.sound, "teachers": "t"}, "tracks-*.npz")
    write_shard(shards / "tracks-00000.npz", {"row": np.arange(2)})
    assert load_tracks(shards, corpus)["row"].tolist() == [0, 1]
    (folder / "corpus.csv").write_text("file,split\nb.wav,train\na.wav,train\n")
    other = load_corpus(folder, folder / "other", jobs=1)
    with pytest.raises(TrainingError, match="made of another corpus"):
        load_tracks(shards, other)
    with pytest.raises(TrainingError, match="made of another teachers"):
        begin(shards, {"corpus": corpus.sound, "teachers": "u"}, "tracks-*.npz")
    (shards / "made_of.json").unlink()
    with pytest.raises(TrainingError, match=r"no made_of\.json tells"):
        begin(shards, {"corpus": corpus.sound, "teachers": "t"}, "tracks-*.npz")


def test_frames_of_another_corpus_are_made_anew(folder: Path) -> None:
    corpus = load_corpus(folder, folder / "cache", jobs=1)
    (folder / "mels").mkdir()
    first = load_mels(corpus, folder / "mels", LOW)
    (folder / "corpus.csv").write_text("file,split\nb.wav,train\na.wav,train\n")
    other = load_mels(load_corpus(folder, folder / "other", jobs=1), folder / "mels", LOW)
    np.testing.assert_array_equal(first[0], other[1])
    assert not np.array_equal(first[0], other[0])


def test_fingerprints_do_not_depend_on_how_a_dataclass_is_shown() -> None:
    row = Row(1, "a\udcff.mp3", ("b",), None, {"c": 0.5, "d": 1.0}, "train", "g", "f")
    wanted = ["a\udcff.mp3", ["b"], None, {"c": 0.5, "d": 1.0}, "train", "g", "f"]
    assert row.facts() == wanted
    digest = "0a362cb1dee82c8c88c16c979e71c54c2f291fc390e25f316a426c80ac95c035"
    assert fingerprint(row.facts()) == digest
    assert fingerprint({"d": 1, "c": 2}) == fingerprint({"c": 2, "d": 1})
    assert fingerprint(["ab"]) != fingerprint(["a", "b"])


def test_a_note_is_kept_whole(tmp_path: Path) -> None:
    note(tmp_path, {"corpus": "x"})
    begin(tmp_path, {"corpus": "x"}, "*.npz")
    with pytest.raises(TrainingError, match="another corpus"):
        begin(tmp_path, {"corpus": "y"}, "*.npz")
