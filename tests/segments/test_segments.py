"""`earmark segments`: passages found, listed and cut, from real files."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from passages import DRUMS, changing
from sounds import MAKERS, decoded, lag, own_rate, read_av, read_soundfile, snr, write, write_video
from typer.testing import CliRunner

from earmark.cli.main import app
from earmark.errors import EarmarkError, MediaError
from earmark.segments.cut import clip_name, cut
from earmark.segments.find import Found
from earmark.segments.forms import written
from earmark.tagging.events import Event


def command(*arguments: object):
    return CliRunner().invoke(app, ["segments", *map(str, arguments)])


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "söng.wav", changing(), 16000)


def test_passages_are_where_they_are(song: Path) -> None:
    done = command(song, "--tag", "drums", "--format", "json")
    assert done.exit_code == 0, done.output
    ((record),) = json.loads(done.stdout)
    (passage,) = record["segments"]
    assert record["file"] == str(song)
    assert abs(passage["start"] - DRUMS[0]) <= 1 and abs(passage["end"] - DRUMS[1]) <= 1
    assert passage["tag"] == "drums" and 0.5 < passage["score"] <= 1


def test_padding_makes_passages_longer_but_not_than_the_sound(song: Path) -> None:
    def spans(*more: object) -> list[tuple[float, float]]:
        done = command(song, "--tag", "drums", "--format", "csv", *more)
        rows = csv.DictReader(io.StringIO(done.stdout))
        return [(float(row["start"]), float(row["end"])) for row in rows]

    ((start, end),) = spans()
    assert spans("--pad", 1) == [(start - 1, end + 1)]
    assert spans("--pad", 100) == [(0, 30)]
    assert spans("--min-length", 15) == []


def test_clips_are_cut_out_and_named_after_their_start(song: Path, tmp_path: Path) -> None:
    done = command(song, "--tag", "drums", "-o", tmp_path / "clips")
    assert done.exit_code == 0, done.output
    (clip,) = (tmp_path / "clips").iterdir()
    assert done.stdout == f"{clip}\n"
    hours, minutes, seconds = re.fullmatch(
        r"söng-(\d\d)-(\d\d)-(\d\d\.\d{3})\.wav", clip.name
    ).groups()
    start = round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 16000)
    whole, _ = read_soundfile(song)
    got, rate = read_soundfile(clip)
    assert rate == 16000 and abs(start - DRUMS[0] * 16000) <= 16000
    np.testing.assert_array_equal(got, whole[start : start + len(got)])


@pytest.mark.parametrize("kind", MAKERS)
def test_a_clip_of_any_format_is_the_passage(kind: str, tmp_path: Path) -> None:
    rate = own_rate(kind)
    file = MAKERS[kind](tmp_path, changing(rate, 2)[: rate * 7], rate)
    whole, _ = decoded(file, 16000)
    found = Found(str(file), 0, 7, [Event(1.5, 4.25, "x", 0.7)])
    (clip,) = cut(found, tmp_path / "clips")
    got, warnings = decoded(clip, 16000)
    assert not warnings
    assert abs(len(got) / 16000 - 2.75) < 0.06
    wanted = whole[24000:68000]
    late = lag(wanted, got)
    assert abs(late) < 0.06 * 16000
    middle = slice(8000, 32000)
    assert snr(wanted[middle], np.roll(got, -late)[middle]) > 9


@pytest.mark.parametrize("kind", ["flac", "alac", "wav of 24 bits", "wav of floats"])
def test_a_clip_of_a_lossless_file_has_its_very_samples(kind: str, tmp_path: Path) -> None:
    file = MAKERS[kind](tmp_path, changing(44100, 2)[: 44100 * 4], 44100)
    (clip,) = cut(Found(str(file), 0, 4, [Event(1.0, 2.5, "x", 0.7)]), tmp_path / "clips")
    whole, got = read_av(file)[0], read_av(clip)[0]
    np.testing.assert_array_equal(got, whole[44100 : 44100 + 66150])


def found(*spans: tuple[float, float], tag: str = "drums") -> Found:
    return Found("a b.mp3", 0, 4000, [Event(*span, tag, 0.75) for span in spans])


def test_every_form_says_the_same_passages() -> None:
    two = found((1.5, 2.25), (3661.0, 3662.5))
    assert (
        written("labels", [two]) == "1.500000\t2.250000\tdrums\n3661.000000\t3662.500000\tdrums\n"
    )
    assert written("srt", [two]) == (
        "1\n00:00:01,500 --> 00:00:02,250\ndrums\n\n2\n01:01:01,000 --> 01:01:02,500\ndrums\n\n"
    )
    assert written("vtt", [two]).startswith(
        "WEBVTT\n\n00:00:01.500 --> 00:00:02.250\ndrums\n\n01:01:01.000 --> "
    )
    assert written("edl", [two]) == "1.500\t2.250\t0\n3661.000\t3662.500\t0\n"
    starts = re.findall(r"START=(\d+)\nEND=(\d+)\ntitle=(.*)", written("chapters", [two]))
    assert starts == [
        ("0", "1500", "-"),
        ("1500", "2250", "drums"),
        ("2250", "3661000", "-"),
        ("3661000", "3662500", "drums"),
        ("3662500", "4000000", "-"),
    ]


def test_signs_of_expressions_are_escaped() -> None:
    tricky = found((1, 2), tag="rap > .6 and drums <= .5")
    assert "rap &gt; .6 and drums &lt;= .5" in written("vtt", [tricky])
    assert r"title=rap > .6 and drums <\= .5" in written("chapters", [tricky])


def test_chapters_are_read_by_ffmpeg(song: Path, tmp_path: Path) -> None:
    import av

    path = tmp_path / "c.ffmeta"
    assert command(song, "--tag", "drums", "--format", "chapters", "-o", path).exit_code == 0
    with av.open(str(path)) as container:
        chapters = container.chapters()
    assert [chapter["metadata"]["title"] for chapter in chapters] == ["-", "drums", "-"]


def test_several_files_need_a_folder_or_a_form_with_names(song: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.wav", changing()[:80000], 16000)
    done = command(song, other, "--tag", "drums", "--format", "srt")
    assert isinstance(done.exception, MediaError) and "-o FOLDER" in str(done.exception)
    done = command(song, other, "--tag", "drums", "--format", "srt", "-o", tmp_path / "lists")
    assert done.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "lists").iterdir())
    assert names == ["other.wav.srt", "söng.wav.srt"]


def test_bad_files_are_one_sentence_and_the_rest_goes_on(song: Path, tmp_path: Path) -> None:
    silent = write_video(tmp_path / "silent.mp4")
    text = tmp_path / "notes.txt"
    text.write_text("not sound at all " * 200)
    empty = tmp_path / "empty.mp3"
    empty.touch()
    missing = tmp_path / "missing.mp3"
    done = command(silent, text, empty, missing, song, "--tag", "drums")
    assert done.exit_code == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 4
    for line, why in zip(
        lines, ["no sound track", "no sound track", "is empty", "no such file"], strict=True
    ):
        assert why in line
    assert "drums" in done.stdout


def test_wrong_usage_is_told(song: Path) -> None:
    for more in (["--tag", "drumz"], ["--tag", "drums", "--hop", "9"], ["--tag", ""]):
        assert command(song, *more).exit_code == 2
    done = command(song, "--tag", "drums", "--stream", 1)
    assert done.exit_code == 1 and "there is no 1" in done.stderr


def test_a_clip_never_takes_its_sources_place(tmp_path: Path) -> None:
    name = f"{clip_name('a.wav', 0)}.wav"
    source = write(tmp_path / "a.wav", changing()[:32000], 16000)
    link = tmp_path / name
    link.symlink_to(source)
    before = source.read_bytes()
    with pytest.raises(EarmarkError, match="very file"):
        list(cut(Found(str(source), 0, 2, [Event(0.0, 1.0, "x", 1.0)]), tmp_path))
    assert source.read_bytes() == before
