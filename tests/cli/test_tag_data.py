"""`earmark tag --data`: a data set's sounds, compared with its labels."""

import json
import os
from pathlib import Path

import pytest
from command import ROOT, earmark, run
from miniature import CLIPS, annotations
from sounds import music, write

from earmark.evaluation.topk import top_k
from earmark.verbs.top_k import top_k_text
from earmark.vocabulary import official_vocabulary


@pytest.fixture(scope="module")
def mtat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A MagnaTagATune folder with the sound of all but one of its clips."""
    folder = tmp_path_factory.mktemp("mtat")
    (folder / "annotations_final.csv").write_bytes(annotations())
    for clip, (path, _) in CLIPS.items():
        if clip not in (40, 35644):
            (folder / path).parent.mkdir(exist_ok=True)
            write(folder / path, music(4, 16000, seed=clip), 16000)
    return folder


def test_a_folder_is_tagged_and_compared(mtat: Path) -> None:
    done = earmark("tag", "--data", mtat, "--folders", "f,0", "--top", 3, "-k", 188)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("default)") == 3
    assert "2 songs with tags (1 without a tag left out)" in done.stdout
    assert "100.0% of their tags are among the 188 highest scores" in done.stdout
    assert "100.0% of the songs have at least 80% of their tags there" in done.stdout


def test_sound_that_is_not_there_is_counted(mtat: Path) -> None:
    done = earmark("tag", "--data", mtat, "--format", "json", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    files = [Path(record["file"]).name for record in json.loads(done.stdout)]
    assert files == [Path(CLIPS[clip][0]).name for clip in (2, 6, 29, 50)]
    assert "3 songs with tags (1 without a tag left out, 2 whose sound is not there)" in done.stderr


def test_the_counts_are_those_of_the_scores(mtat: Path) -> None:
    done = earmark("tag", "--data", mtat, "--format", "json", "--all", "-k", 20, "--share", 0.5)
    records = {Path(record["file"]).name: record["tags"] for record in json.loads(done.stdout)}
    found = total = 0
    for path, tags in CLIPS.values():
        best = list(records.get(Path(path).name, {}))[:20]
        if best:
            found += sum(tag in best for tag in tags)
            total += len(tags)
    assert f"{found / total:.1%} of their tags are among the 20 highest" in done.stderr


def test_the_originals_command_takes_a_folder(mtat: Path) -> None:
    command = ["python", str(ROOT / "music_tagger.py"), "-m", "default", "-d", "0"]
    done = run(command, env={**os.environ, "EARMARK_DATA": str(mtat)})
    assert done.returncode == 0, done.stderr
    assert "1 song with tags (0 without a tag left out)" in done.stdout
    bare = {key: value for key, value in os.environ.items() if key != "EARMARK_DATA"}
    done = run(command, env=bare)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == (
        "earmark: magnatagatune: EARMARK_DATA does not name its folder; "
        "`earmark data get magnatagatune FOLDER` fetches it"
    )


def test_a_manifest_with_a_bad_file(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", music(4, 16000), 16000)
    (tmp_path / "m.csv").write_text("file,tags\na.wav,guitar\ngone.wav,piano\n")
    done = earmark("tag", "--data", tmp_path / "m.csv", "-k", 188)
    assert done.returncode == 1
    assert "gone.wav: no such file" in done.stderr
    assert "1 song with tags" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("--data", "{}", "--folders", "9"), 1, "no rows of folder 9"),
        (("--data", "{}", "--folders", "c"), 1, "there is no sound for the rows of folder c"),
        (("--data", "nowhere.csv"), 1, "nowhere.csv: no such manifest or data set folder"),
        (("--folders", "9"), 2, "--folders goes with --data"),
        (("--data", "{}", "song.mp3"), 2, "takes the place of files"),
    ],
)
def test_wrong_ways(mtat: Path, arguments: tuple, code: int, reason: str) -> None:
    done = earmark("tag", *(argument.format(mtat) for argument in arguments))
    assert done.returncode == code
    assert reason in " ".join(done.stderr.replace("│", " ").split())


def test_predictions_by_the_command(mtat: Path, tmp_path: Path) -> None:
    from earmark.evaluation.predictions import read_predictions

    output = tmp_path / "p.parquet"
    done = earmark("predict", "--data", mtat, "-o", output, "--split", "test", "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert f"{output}: 2 sounds with scores" in done.stderr
    read = read_predictions(output)
    assert [Path(file).name for file in read.files] == [Path(CLIPS[c][0]).name for c in (2, 6)]
    assert list(read.groups) == ["bach", "bach"]


def test_only_common_tags_are_listed() -> None:
    import numpy as np

    vocabulary = official_vocabulary()
    truth = np.zeros((6, 188), np.float32)
    truth[:, vocabulary.index("guitar")] = 1
    truth[0, vocabulary.index("piano")] = 1
    scores = np.zeros_like(truth)
    scores[:4, vocabulary.index("guitar")] = 1
    text = top_k_text(top_k(truth, scores, 1, 1.0), vocabulary, 0)
    assert "guitar                  4       2  66.7%" in text
    assert "piano" not in text
    nothing = top_k(np.zeros_like(truth), scores, 1, 1.0)
    assert top_k_text(nothing, vocabulary, 3).startswith("no labels to compare with (6 without")
