"""Scores become music played by random instruments."""

import shutil
from pathlib import Path

import mido
import numpy as np
import pytest

from earmark.errors import TrainingError
from workshop import rendered
from workshop.rendered import ANY, FAMILIES, ScoreNote, excerpt, instruments, notes_of, played

SOUNDFONTS = sorted(Path("/usr/share/sounds/sf2").glob("*.sf2"))


def scale(part: int, count: int, every: float = 0.5) -> list[ScoreNote]:
    return [ScoreNote(part, 60 + i % 12, 90, i * every, (i + 1) * every) for i in range(count)]


def score(path: Path, parts: int = 2, count: int = 40) -> Path:
    notes = sorted((n for p in range(parts) for n in scale(p, count)), key=lambda n: n.start)
    file = played(notes, [0] * parts, False, np.random.default_rng(0))
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)
    return path


def two_tracks(path: Path) -> Path:
    """Two tracks on one channel, as notation programs write them, the second twice as fast."""
    file = mido.MidiFile(ticks_per_beat=480)
    for pitch, ticks in ((60, 480), (72, 240)):
        track = mido.MidiTrack()
        for _ in range(4):
            track.append(mido.Message("note_on", note=pitch, velocity=80))
            track.append(mido.Message("note_on", note=pitch, velocity=0, time=ticks))
        file.tracks.append(track)
    file.tracks[0].insert(0, mido.MetaMessage("set_tempo", tempo=1_000_000))
    file.save(path)
    return path


def test_tracks_are_parts_and_time_is_in_seconds(tmp_path: Path) -> None:
    notes = notes_of(two_tracks(tmp_path / "a.mid"))
    assert [n.pitch for n in notes if n.part == 0] == [60] * 4
    starts = [n.start for n in notes if n.part == 1]
    assert starts == pytest.approx([0, 0.5, 1, 1.5])
    assert [n.start for n in notes] == sorted(n.start for n in notes)
    assert notes[-1].end == pytest.approx(4)


def test_what_is_no_midi_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_text("no music")
    with pytest.raises(TrainingError, match=r"a\.mid: cannot be read as MIDI"):
        notes_of(tmp_path / "a.mid")


def test_an_excerpt_is_a_minute_at_one_speed_and_pitch() -> None:
    notes = scale(0, 1000)
    for seed in range(20):
        taken = excerpt(notes, np.random.default_rng(seed))
        assert taken[0].start >= 0 and taken[-1].start < rendered.SECONDS
        steps = np.diff([note.start for note in taken])
        assert np.ptp(steps) < 1e-9 and 0.5 / 1.5 <= steps[0] <= 0.5 / 0.7
        assert len(taken) == pytest.approx(rendered.SECONDS / steps[0], abs=1)


def test_instruments_are_one_or_of_a_family_or_any() -> None:
    drawn = [instruments(4, np.random.default_rng(seed)) for seed in range(300)]
    alone = sum(len(set(programs)) == 1 for programs in drawn)
    families = sum(any(set(p) <= set(family) for family in FAMILIES.values()) for p in drawn)
    assert 0.35 < alone / 300 < 0.55 and 0.7 < families / 300 < 0.85
    assert {program for programs in drawn for program in programs} == set(ANY)


def test_each_part_has_its_instrument_and_drums_their_channel() -> None:
    notes = sorted(scale(0, 8) + scale(12, 8), key=lambda note: note.start)
    file = played(notes, [40] * 13, True, np.random.default_rng(0))
    messages = list(file)
    assert {m.program for m in messages if m.type == "program_change"} == {40}
    heard = {m.channel for m in messages if m.type == "note_on"}
    assert heard == {0, 9, 13}  # the tenth channel is the drums' own, so later parts move up
    again = played(notes, [40] * 13, True, np.random.default_rng(0))
    assert list(again) == messages


@pytest.mark.skipif(
    not (shutil.which("fluidsynth") and SOUNDFONTS), reason="no fluidsynth with a soundfont here"
)
def test_pieces_are_rendered_once_and_bad_scores_named(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import soundfile

    score(tmp_path / "midi" / "good.mid")
    (tmp_path / "midi" / "bad.mid").write_text("no music")
    command = ["rendered", str(tmp_path / "midi"), "-o", str(tmp_path / "out"), "--count", "6"]
    monkeypatch.setattr("sys.argv", [*command, "--soundfont", str(SOUNDFONTS[0]), "--jobs", "1"])
    rendered.main()
    pieces = sorted((tmp_path / "out").iterdir())
    assert 0 < len(pieces) < 6 and "bad.mid: cannot be read as MIDI" in capsys.readouterr().err
    samples, rate = soundfile.read(pieces[0])
    assert 10 < len(samples) / rate <= 60 and 0.29 < np.abs(samples).max() <= 1
    before = {piece: piece.stat().st_mtime_ns for piece in pieces}
    rendered.main()
    assert {piece: piece.stat().st_mtime_ns for piece in pieces} == before
