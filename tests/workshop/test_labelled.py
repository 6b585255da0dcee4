"""Windows and what they are taught: shards written here, teachers who say what we choose."""

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from sounds import music

pytest.importorskip("torch", reason="the train extra is not installed")

from earmark.errors import TrainingError
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import Corpus
from workshop.labelled import (
    drawn_windows,
    joined,
    taught_windows,
    track_guess,
    track_windows,
)
from workshop.teachers import Teachers
from workshop.tracks import cut, load_tracks, starts
from workshop.windows import SAMPLES, write_shard

TAG = official_vocabulary().index


@pytest.fixture
def teachers(tmp_path: Path) -> Teachers:
    """Teachers whose top 50 are taken as they are, of whom YAMNet knows sitars and banjos."""
    extension = np.zeros((188, 51), np.float32)
    for place, tag in enumerate(TOP_50):
        extension[TAG(tag), place] = 1
    extension[TAG("banjo"), -1] = 0.1
    np.savez(
        tmp_path / "merge.npz",
        tags=np.array(official_vocabulary().names),
        extension=extension,
        msd_scale=np.ones(50),
        yamnet_scale=np.ones(521),
    )
    meaning = {"sitar": [["yam", "Sitar", 1.0]], "banjo": [["yam", "Sitar", 1.0]]}
    (tmp_path / "same_meaning.json").write_text(json.dumps(meaning))
    for name, labels in (("mtt", TOP_50), ("msd", ["x"]), ("yamnet", ["Sitar"])):
        (tmp_path / f"{name}_labels.json").write_text(json.dumps(labels))
    return Teachers(tmp_path)


def shard(rows: list[int]) -> dict[str, np.ndarray]:
    """Windows in which everybody hears nothing but YAMNet a sitar."""
    n = len(rows)
    arrays = {name: np.zeros((n, 50), np.float16) for name in ("MTT_musicnn", "MTT_vgg")}
    arrays |= {"MSD_musicnn": np.zeros((n, 50), np.float16)}
    arrays["YAMNet"] = np.zeros((n, 521), np.float16)
    arrays["YAMNet"][:, 0] = 0.8
    arrays["mel"] = np.ones((n, 94, 96), np.float16)
    return arrays


def corpus() -> Corpus:
    blank = {"tags": "", "not_tags": "", "mtat_tags": "", "split": "train"}
    rows = [blank | {"tags": "sitar;no flute;no vocals"}, blank | {"split": "valid"}, blank]
    return Corpus(rows, np.zeros(0, np.int16), np.zeros(4, np.int64))


def test_other_teachers_raise_a_guess_only_part_of_the_way(teachers: Teachers) -> None:
    guess = teachers.merge(shard([0]))[0]
    assert guess[TAG("sitar")] == pytest.approx(0.25 * 0.8, abs=1e-3)  # one of the top 50
    assert guess[TAG("banjo")] == pytest.approx((0.1 + 0.8) / 2, abs=1e-3)
    assert guess[TAG("rock")] == 0


def test_own_windows_of_a_split_with_what_people_said(teachers: Teachers, tmp_path: Path) -> None:
    write_shard(tmp_path / "tracks-00000.npz", shard([0, 0, 1]) | {"row": np.array([0, 0, 1])})
    write_shard(tmp_path / "tracks-00001.npz", shard([2]) | {"row": np.array([2])})
    tracks = load_tracks(tmp_path, corpus())
    train = track_windows(tracks, teachers, corpus())
    assert len(train["mel"]) == 3 and train["raw"].shape == (3, 721)
    said = train["target"][0]
    assert said[TAG("sitar")] == pytest.approx((0.2 + 0.5) / 2, abs=1e-3)
    assert said[TAG("no vocals")] == pytest.approx(0.4 / 2, abs=1e-3)
    assert said[TAG("no flute")] == 0  # of an instrument, absence says nothing
    assert len(track_windows(tracks, teachers, corpus(), split="valid")["mel"]) == 1
    guess = track_guess(tracks, teachers, 4)
    assert guess[0, TAG("sitar")] == pytest.approx(0.2, abs=1e-3)
    assert (guess[3] == 0).all()


def test_drawn_windows_of_all_shards(teachers: Teachers, tmp_path: Path) -> None:
    made = {"second": np.array([-1, -1]), "second_db": np.full(2, -np.inf, np.float32)}
    for number in range(2):
        more = {"track": np.array([number * 2, 2]), **made}
        write_shard(tmp_path / f"windows-0000{number}.npz", shard([0, 2]) | more)
    data = drawn_windows(tmp_path, teachers, corpus())
    assert {name: len(array) for name, array in data.items()} == dict.fromkeys(
        ("mel", "target", "weight", "raw", "held"), 4
    )
    assert data["held"].tolist() == [[0, -1], [2, -1], [2, -1], [2, -1]]
    assert len(drawn_windows(tmp_path, teachers, corpus(), shards=1)["mel"]) == 2
    assert data["target"][0, TAG("sitar")] > data["target"][1, TAG("sitar")]


def test_the_memory_holds_one_shard_at_a_time(teachers: Teachers, tmp_path: Path) -> None:
    folder = tmp_path / "windows"
    folder.mkdir()
    alone = {"track": np.full(200, 2), "second": np.full(200, -1)}
    alone |= {"second_db": np.full(200, -np.inf, np.float32)}
    for number in range(12):
        write_shard(folder / f"windows-{number:05d}.npz", shard([2] * 200) | alone)
    before = sorted(folder.iterdir())
    tracemalloc.start()
    data = drawn_windows(folder, teachers, corpus())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole = sum(array.nbytes for array in data.values())
    assert len(data["mel"]) == 2400 and peak < whole / 3
    assert all(isinstance(array, np.memmap) for array in data.values())
    assert (data["mel"][::7] == 1).all() and data["raw"][-1, 150] == np.float16(0.8)
    assert sorted(folder.iterdir()) == before
    with pytest.raises(TrainingError, match=r"nowhere: windows cannot be laid there: No such"):
        joined([data], tmp_path / "nowhere")


def test_worn_windows_are_learned_beside_the_clean_ones(teachers: Teachers, tmp_path: Path) -> None:
    alone = {"track": np.array([2]), "second": np.array([-1])}
    alone |= {"second_db": np.full(1, -np.inf, np.float32)}
    write_shard(tmp_path / "windows-00000.npz", shard([2]) | alone)
    tracks = shard([0, 1]) | {"row": np.array([0, 1])}
    worn = tracks | {"mel": tracks["mel"] * 2}
    data = taught_windows(tmp_path, tracks, teachers, corpus(), worn=worn)
    assert data["mel"][:, 0, 0].tolist() == [1, 1, 2]  # of train tracks alone
    assert data["held"].tolist() == [[2, -1], [0, -1], [0, -1]]
    np.testing.assert_array_equal(data["target"][1], data["target"][2])


class Piano:
    """Probes that hear a piano in every window, in those of the corpus a guitar."""

    def __call__(self, windows: dict[str, np.ndarray]) -> np.ndarray:
        return np.tile(np.array(TOP_50) == "piano", (len(windows["mel"]), 1)).astype(np.float32)

    def of_tracks(self, tracks: dict[str, np.ndarray], corpus: Corpus) -> np.ndarray:
        return np.tile(np.array(TOP_50) == "guitar", (len(tracks["mel"]), 1)).astype(np.float32)


def test_probes_are_half_of_a_guess_and_the_last_of_raw_scores(
    teachers: Teachers, tmp_path: Path
) -> None:
    made = {"track": np.array([2]), "second": np.array([-1])}
    made |= {"second_db": np.full(1, -np.inf, np.float32)}
    write_shard(tmp_path / "windows-00000.npz", shard([2]) | made)
    tracks = shard([2]) | {"row": np.array([2])}
    drawn, own = taught_windows(tmp_path, tracks, teachers, corpus(), probes=Piano())["target"]
    assert drawn[TAG("piano")] == own[TAG("guitar")] == 0.5
    assert drawn[TAG("guitar")] == own[TAG("piano")] == 0
    raw = taught_windows(tmp_path, tracks, teachers, corpus(), probes=Piano())["raw"]
    assert raw[:, -50:].argmax(1).tolist() == [TOP_50.index("piano"), TOP_50.index("guitar")]
    assert (taught_windows(tmp_path, tracks, teachers, corpus())["raw"][:, -50:] == 0).all()


def test_where_nothing_sounds_musical_teachers_are_not_asked(teachers: Teachers) -> None:
    windows = shard([0, 0])
    windows["mel"][1] = 0.1
    for name in ("MTT_musicnn", "MTT_vgg", "MSD_musicnn"):
        windows[name][:, TOP_50.index("guitar")] = 0.5
    taught = track_windows(windows | {"row": np.array([0, 0])}, teachers, corpus())
    heard, silent = taught["target"]
    assert heard[TAG("guitar")] == 0.5
    assert silent.argmax() == TAG("silence") and silent[TAG("guitar")] == silent[TAG("sitar")] == 0
    assert (taught["weight"][1] == 1).all()
    assert taught["raw"][0].sum() == pytest.approx(4 * 0.5 + 0.8, abs=1e-2)  # without a probe
    assert taught["raw"][1].sum() == pytest.approx(0.8, abs=1e-3)  # YAMNet knows silence


def test_a_tracks_windows_lie_side_by_side_and_are_whole() -> None:
    assert starts(SAMPLES).tolist() == [0]
    assert starts(100).tolist() == [0]
    assert len(starts(SAMPLES * 100)) == 20
    three = starts(SAMPLES * 2 + 50)
    assert three[-1] + SAMPLES == SAMPLES * 2 + 50
    samples = (music(1, 16000)[:, 0] * 32767).astype(np.int16)
    window = cut(samples, 0)
    assert window.shape == (SAMPLES,) and (window[len(samples) :] == 0).all()
