"""Scores played by instruments drawn at random, as music that nobody labelled.

Real recordings under open licences hold little early and chamber music, and few of the rarer
instruments. Scores are plenty. Each piece here is a stretch of one, at another speed and pitch, its
parts given to instruments of a General MIDI soundfont: all to one, to some of a family, or to any;
some get drums. :mod:`workshop.unlabelled` takes the sounds as one more source.

In: a folder of MIDI files; music21, for one, brings a thousand scores that it writes as MIDI. Out:
FLAC files. Needs the command ``fluidsynth`` and a soundfont.

Run ``python -m workshop.rendered --help``.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import mido
import numpy as np
import soundfile

from earmark.atomic import atomic_path
from earmark.cores import available_cores
from earmark.errors import TrainingError
from earmark.messages import say
from workshop.processes import done_in_processes

SECONDS = 60.0
LEAST_NOTES = 16
SPEED, PITCH = (0.7, 1.5), 5  # times as fast; semitones up or down
DRUM_CHANNEL, DRUM_SHARE = 9, 0.2
SAMPLE_RATE = 44100
TICKS, TEMPO = 480, 500_000  # a beat, which lasts half a second

# General MIDI's programs, from 0.
FAMILIES: dict[str, tuple[int, ...]] = {
    "piano": (0, 1, 3),
    "harpsichord": (6,),
    "bells": (8, 9, 11, 12, 14),
    "organ": (16, 19, 20, 21),
    "guitar": (24, 25, 27),
    "electric guitar": (26, 28, 29, 30),
    "strings": (40, 41, 42, 43, 44, 48, 49),
    "plucked": (6, 24, 45, 46, 104, 105, 107),
    "choir": (52, 53, 54),
    "brass": (56, 57, 58, 60, 61),
    "wind": (64, 66, 68, 69, 70, 71, 72, 73, 74),
    "synth": (50, 51, 80, 81, 84, 88, 89, 90, 91, 94, 95),
    "folk": (15, 21, 22, 24, 73, 74, 75, 105, 109, 110, 111),
}
ANY = tuple(sorted({program for programs in FAMILIES.values() for program in programs}))
KICK, SNARE, HAT = 36, 38, 42


@dataclass(frozen=True)
class ScoreNote:
    """A note of one part: MIDI pitch and velocity, beginning and end in seconds."""

    part: int
    pitch: int
    velocity: int
    start: float
    end: float


def notes_of(file: Path) -> list[ScoreNote]:
    """All notes of a MIDI file, by beginning; each track is a part, of at most sixteen.

    Raises
    ------
    TrainingError
        It is no MIDI file.
    """
    try:
        score = mido.MidiFile(file, clip=True)
        for part, track in enumerate(score.tracks):
            for message in track:
                if hasattr(message, "channel"):
                    message.channel = part % 16
        messages = list(score)
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        raise TrainingError(f"{file}: cannot be read as MIDI ({error})") from error
    now, notes = 0.0, []
    sounding: dict[tuple[int, int], tuple[float, int]] = {}
    for message in messages:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if key in sounding:
            start, velocity = sounding.pop(key)
            notes.append(ScoreNote(*key, velocity, start, now))
        if message.type == "note_on" and message.velocity:
            sounding[key] = (now, message.velocity)
    return sorted(notes, key=lambda note: note.start)


def excerpt(notes: Sequence[ScoreNote], rng: np.random.Generator) -> list[ScoreNote]:
    """A minute from somewhere in a piece, at another speed and pitch.

    Parameters
    ----------
    notes : sequence of ScoreNote, by beginning
    rng : np.random.Generator
    """
    speed = np.exp(rng.uniform(*np.log(SPEED)))
    up = int(rng.integers(-PITCH, PITCH + 1))
    length = notes[-1].start / speed
    begin = rng.uniform(0, max(0.0, length - SECONDS))
    taken = []
    for note in notes:
        start, end = note.start / speed - begin, note.end / speed - begin
        if 0 <= start < SECONDS:
            pitch = int(np.clip(note.pitch + up, 12, 108))
            taken.append(replace(note, pitch=pitch, start=start, end=end))
    return taken


def instruments(parts: int, rng: np.random.Generator) -> list[int]:
    """A General MIDI program for each part: one for all, of one family, or any.

    Parameters
    ----------
    parts : int > 0
    rng : np.random.Generator
    """
    family = FAMILIES[str(rng.choice(list(FAMILIES)))]
    kind = rng.random()
    if kind < 0.4:
        return [int(rng.choice(family))] * parts
    return [int(rng.choice(family if kind < 0.75 else ANY)) for _ in range(parts)]


def beat(rng: np.random.Generator) -> list[tuple[float, int, int]]:
    """A bar of drums again and again, as (second, pitch, velocity): random, with a steady hat."""
    step = rng.uniform(0.1, 0.2)  # seconds: a sixteenth between 75 and 150 beats a minute
    bar = [(0, KICK), (4, SNARE), (12, SNARE)]
    bar += [(int(where), KICK) for where in rng.choice(16, rng.integers(1, 4), replace=False)]
    bar += [(where, HAT) for where in range(0, 16, int(rng.choice([1, 2, 4])))]
    hits = []
    for first in np.arange(0, SECONDS, 16 * step):
        hits += [
            (first + where * step, pitch, int(rng.integers(70, 115)))
            for where, pitch in dict.fromkeys(bar)
        ]
    return hits


def played(
    notes: Sequence[ScoreNote], programs: Sequence[int], drums: bool, rng: np.random.Generator
) -> mido.MidiFile:
    """Notes as a MIDI file, each part with its instrument, its loudness and its place.

    Parameters
    ----------
    notes : sequence of ScoreNote
    programs : sequence of int, a General MIDI program for each part
    drums : bool, whether drums play along
    rng : np.random.Generator
    """
    channels = [channel for channel in range(16) if channel != DRUM_CHANNEL]
    events: list[tuple[float, mido.Message]] = []
    for part, program in enumerate(programs):
        channel = channels[part % len(channels)]
        events.append((0.0, mido.Message("program_change", channel=channel, program=program)))
        for control, low, high in ((7, 60, 115), (10, 30, 98)):  # volume, panning
            value = int(rng.integers(low, high))
            change = mido.Message("control_change", channel=channel, control=control, value=value)
            events.append((0.0, change))
    for note in notes:
        where = {"channel": channels[note.part % len(channels)], "note": note.pitch}
        velocity = int(np.clip(note.velocity + rng.integers(-15, 16), 30, 127))
        events.append((note.start, mido.Message("note_on", velocity=velocity, **where)))
        events.append((note.end, mido.Message("note_off", **where)))
    for second, pitch, velocity in beat(rng) if drums else ():
        hit = {"channel": DRUM_CHANNEL, "note": pitch}
        events.append((second, mido.Message("note_on", velocity=velocity, **hit)))
        events.append((second + 0.1, mido.Message("note_off", **hit)))
    track, before = mido.MidiTrack(), 0
    for second, message in sorted(events, key=lambda event: event[0]):
        tick = round(mido.second2tick(second, TICKS, TEMPO))
        track.append(message.copy(time=tick - before))
        before = tick
    file = mido.MidiFile(ticks_per_beat=TICKS)
    file.tracks.append(track)
    return file


def render(score: mido.MidiFile, soundfont: Path, out: Path, *, room: float, peak: float) -> None:
    """Play a score with fluidsynth into a FLAC file.

    Parameters
    ----------
    score : mido.MidiFile
    soundfont : Path
    out : Path
    room : float in [0, 1], how large the room sounds
    peak : float in (0, 1], of the loudest sample

    Raises
    ------
    TrainingError
        fluidsynth failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        midi, wave = Path(folder) / "score.mid", Path(folder) / "sound.wav"
        score.save(midi)
        command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-r", str(SAMPLE_RATE)]
        command += ["-o", f"synth.reverb.room-size={room:.2f}", "-F", str(wave)]
        done = subprocess.run([*command, str(soundfont), str(midi)], capture_output=True, text=True)
        if done.returncode or not wave.exists():
            raise TrainingError(f"fluidsynth: {done.stderr.strip() or done.stdout.strip()}")
        samples, rate = soundfile.read(wave, dtype="float32")
    samples = samples[: int(SECONDS * rate)]
    if loudest := float(np.abs(samples).max(initial=0.0)):
        samples *= peak / loudest
    with atomic_path(out) as part:
        soundfile.write(part, samples, rate, format="FLAC")


def render_piece(
    number: int, files: Sequence[Path], soundfont: Path, out: Path, seed: int
) -> str | None:
    """Render piece `number`, which the seed and the number decide wholly, unless it is there.

    Returns
    -------
    str or None
        The sentence that says why there is none.
    """
    target = out / f"{number:05d}.flac"
    if target.exists():
        return None
    rng = np.random.default_rng((seed, number))
    file = files[rng.integers(len(files))]
    try:
        notes = notes_of(file)
        taken = excerpt(notes, rng) if notes else []
        if len(taken) < LEAST_NOTES:
            return f"{file}: too few notes"
        programs = instruments(1 + max(note.part for note in taken), rng)
        score = played(taken, programs, bool(rng.random() < DRUM_SHARE), rng)
        render(score, soundfont, target, room=rng.uniform(0.1, 0.9), peak=rng.uniform(0.3, 0.99))
    except TrainingError as error:
        return str(error)
    return None


def main() -> None:
    """Render scores with random instruments."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, help="MIDI files")
    parser.add_argument("-o", "--out", type=Path, required=True, help="gets the FLAC files")
    parser.add_argument("--soundfont", type=Path, required=True, help="General MIDI, sf2 or sf3")
    parser.add_argument("--count", type=int, default=600, help="pieces of a minute")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = parser.parse_args()
    if not shutil.which("fluidsynth"):
        raise SystemExit("rendering needs the command fluidsynth")
    if not options.soundfont.is_file():
        raise SystemExit(f"{options.soundfont}: there is no such soundfont")
    files = sorted(options.folder.rglob("*.mid"))
    if not files:
        raise SystemExit(f"{options.folder}: no MIDI files (*.mid)")
    options.out.mkdir(parents=True, exist_ok=True)
    task = partial(
        render_piece, files=files, soundfont=options.soundfont, out=options.out, seed=options.seed
    )
    for sentence in done_in_processes(task, range(options.count), options.jobs):
        if sentence:
            say(sentence)
    say(f"{options.out}: {len(list(options.out.glob('*.flac')))} pieces")


if __name__ == "__main__":
    main()
