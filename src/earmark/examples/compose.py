"""The three example pieces, composed in code: `python -m earmark.examples.compose [-o FOLDER]`.

Out: `piano.ogg` (a nocturne), `strings.ogg` (a sarabande) and `band.ogg` (rock), about half a
minute each. The music is original; the players' unevenness comes from a seeded generator, so the
MIDI is the same on every run. Needs `fluidsynth` and a General MIDI soundfont (see render.py).
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from earmark.errors import EarmarkError
from earmark.examples.midi import (
    DRUM_CHANNEL,
    EXPRESSION,
    PEDAL,
    Note,
    Part,
    between,
    humanised,
    louder,
    phrase,
    pitch,
    steps,
    write_midi,
)
from earmark.examples.render import Master, render

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")

# General MIDI programs, counted from 0, and drum keys
GRAND_PIANO, CLEAN_GUITAR, OVERDRIVEN_GUITAR, DISTORTED_GUITAR, PICKED_BASS = 0, 27, 29, 30, 34
VIOLIN, VIOLA, CELLO = 40, 41, 42
KICK, SNARE, HAT, OPEN_HAT, LOW_TOM, MID_TOM, HIGH_TOM, CRASH = 36, 38, 42, 46, 45, 47, 50, 49


@dataclass(frozen=True)
class Score:
    """A finished piece: its parts, its tempo map (beat, beats a minute), and how to master it."""

    parts: list[Part]
    tempo: list[tuple[float, float]]
    master: Master


def piano() -> Score:
    """A nocturne in D flat major: a singing line over broken chords, eight bars of 4/4."""
    rng = random.Random(1)
    melody = phrase(
        "F5:2 Ab5:1 Db6:1 | C6:1.5 Bb5:.5 F5:2 | Gb5:1.5 Ab5:.5 Bb5:1 Gb5+Eb6:1 |"
        "Gb5+Db6:1 Gb5+C6:1 Eb5+Ab5:2 | Eb5+A5:1 C6:.5 Eb6:.5 F5+Db6:1.5 C6:.5 |"
        "Db5+Bb5:1.5 Db6:.5 Db5+A5:1 Gb5:1 | F5:1 Ab5:.5 Bb5:.125 Ab5:.125 G5:.125 Ab5:.125 "
        "Gb5:.75 F5:.25 C5+Eb5:1 | Db5:4",
        velocity=80,
    )
    cells = (  # half a bar each; four notes are played up and down in triplets
        "Db3 Ab3 Db4 F4, F3 Ab3 Db4 Ab4, Bb2 F3 Db4 F4, Ab2 F3 Db4 Ab4,"
        "Gb2 Db3 Bb3 Db4, Eb3 Bb3 Db4 Gb4, Ab2 Eb3 Db4 Gb4 C4 Eb3, Ab3 C4 Eb4 Gb4,"
        "A2 F3 C4 Eb4, Bb2 F3 Db4 F4, Gb2 Db3 Bb3 Db4, Gb2 Db3 A3 Db4,"
        "Ab2 F3 Db4 F4, Ab2 Eb3 C4 Gb4, Db2 Ab2 F3 Ab3 Db4 F4, Ab4 F4 Db4 Ab3 F3 Ab2"
    )
    accompaniment: list[Note] = []
    for half_bar, cell in enumerate(cells.split(",")):
        names = cell.split()
        names = names if len(names) == 6 else names + names[2:0:-1]
        for i, name in enumerate(names):
            velocity = 56 if i == 0 else 38
            accompaniment.append(Note(2 * half_bar + i / 3, 0.4, pitch(name), velocity))
    accompaniment += phrase("Db2+Ab2+F3+Db4:3", at=32, velocity=36)
    arch = [(0, 0.85), (7, 1.0), (12, 1.08), (15, 0.9), (19, 1.2), (24, 1.0), (29, 0.8), (33, 0.65)]
    notes = humanised(louder(melody, arch), rng, 0.012, 3)
    notes += humanised(louder(accompaniment, arch), rng, 0.012, 3)
    pedal = []
    for half_bar in range(15):
        pedal += [(2.0 * half_bar, PEDAL, 0), (2 * half_bar + 0.15, PEDAL, 127)]
    pedal.append((37.0, PEDAL, 0))
    # Rubato: a breath at the end of each phrase, forward in the middle, a long ritardando.
    pace = [(0, 68), (3, 76), (7, 72), (12, 80), (15.5, 64), (16, 70), (20, 84), (25, 76)]
    pace += [(29, 65), (30, 54), (31.5, 46), (32.5, 50)]
    tempo = [(beat / 2, between(pace, beat / 2)) for beat in range(70)]
    player = Part(0, GRAND_PIANO, notes, 100, 64, 60, -2900, pedal)
    return Score([player], tempo, Master(peak=-3, room=0.6, compression=0.8))


def strings() -> Score:
    """A sarabande in C minor for four strings: twelve bars of 3/4, its middle a chain of sevenths.

    Two violins suspend against each other over a bass that falls by fifths; a Neapolitan sixth
    leads to the last cadence, which closes in major.
    """
    rng = random.Random(2)
    lines = (
        "G4:1 C5:1.5 D5:.5 | D5:1 F5:1.5 Eb5:.5 | G5:1 F5:1 Eb5:.5 C5:.5 | D5:3 |"
        "Eb5:2 F5:.5 Eb5:.5 | D5:2 Eb5:.5 D5:.5 | C5:2 D5:.5 C5:.5 | B4:1 C5:2 |"
        "C5:1 Ab5:1.5 G5:.5 | F5:1 Db5:2 | C5:1 B4:1 C5:.5 B4:.5 | C5:4",
        "Eb4:1 G4:2 | G4:3 | C5:3 | C5:1 B4:2 |"
        "G4:1 Ab4:1.5 Bb4:.5 | Ab4:1 G4:1.5 Ab4:.5 | G4:1 F4:1.5 G4:.5 | F4:1 Eb4:2 |"
        "Eb4:1 C5:2 | Ab4:3 | G4:1 F4:2 | F4:1 E4:3",
        "C4:1 Eb4:2 | D4:3 | Eb4:1 F4:2 | D4:3 |"
        "C4:3 | F4:1 Eb4:2 | Eb4:1 D4:2 | D4:1 C4:2 |"
        "C4:1 Eb4:2 | Db4:3 | Eb4:1 D4:2 | C4:4",
        "C3:3 | B2:2 D3:1 | C3:1 Ab2:2 | G2:2 B2:1 |"
        "C3:1 F3:1.5 C3:.5 | Bb2:1 Eb3:1.5 Bb2:.5 | Ab2:1 D3:1.5 Ab2:.5 | G2:1 C3:2 |"
        "Ab2:3 | F2:3 | G2:3 | C2:4",
    )
    players = ((VIOLIN, 36, 120), (VIOLIN, 54, 84), (VIOLA, 76, 84), (CELLO, 92, 115))
    parts = []
    for channel, ((program, pan, volume), text) in enumerate(zip(players, lines, strict=True)):
        line = phrase(text, velocity=78)
        # Bows overlap a little: legato.
        legato = [replace(note, length=note.length + 0.03) for note in line]
        notes = humanised(legato, rng, 0.015, 4)
        parts.append(Part(channel, program, notes, volume, pan, 20, 0, _bowing(line)))
    tempo = [(0.0, 76.0), (10.0, 74.0), (11.0, 68.0), (12.0, 78.0), (27.0, 76.0), (30.0, 70.0)]
    tempo += [(33.0, 62.0), (34.0, 56.0), (35.0, 48.0), (36.0, 54.0)]
    return Score(parts, tempo, Master(peak=-3, room=0.6, compression=0.83))


def _bowing(line: list[Note]) -> list[tuple[float, int, int]]:
    """Expression over each bow stroke: long notes swell and fade, within the arch of the piece."""
    arch = [(0, 92), (6, 106), (11, 90), (13, 98), (20, 110), (24, 96), (28, 122), (33, 100)]
    moves = []
    for note in line:
        depth = min(0.18, 0.09 * note.length)
        for eighth in range(8):
            place = eighth / 8
            level = between(arch, note.start) * (1 - depth * (2 * place - 0.9) ** 2)
            moves.append((note.start + place * note.length, EXPRESSION, round(level)))
    return moves


def band() -> Score:
    """Rock in E minor: eight bars of verse on a riff, eight of chorus under a lead guitar."""
    rng = random.Random(3)
    riff = "E:1.5 E:.5 G:.5 A:1 G:.5 | E:1.5 D:.5 C:1 D:1 | "
    verse = riff * 3 + "C:1.5 C:.5 C:1 C:1 | D:1.5 D:.5 D:.5 D:.5 D:.5 D:.5 | "
    strum = "{0}:1 {0}:.5 {0}:1 {0}:.5 {0}:.5 {0}:.5 | "
    chorus = "".join(strum.format(root) for root in "CGDECGD") + "D:1 D:1 B:1 B:1 | E:4"
    power, bass = _rhythm_section(verse + chorus)
    picking = phrase(
        "E4:.5 G4:.5 B4:.5 F#4:.5 G4:.5 B4:.5 F#4:.5 G4:.5 |"
        "E4:.5 G4:.5 B4:.5 D4:.5 E4:.5 G4:.5 F#4:.5 D4:.5 |" * 3,
        velocity=72,
    )
    lead = phrase(
        "G4:1 E5:2 D5:1 | D5:1.5 B4:.5 G4:1 A4:1 | A4:1 F#5:2 E5:1 | E5:1.5 D5:.5 B4:2 |"
        "G4:1 E5:1.5 F#5:.5 G5:1 | D5:1.5 B4:.5 D5:1 G5:1 | A5:1.5 G5:.5 F#5:1 E5:1 |"
        "F#5:1.5 E5:.5 D#5:1 F#5:1 | E5:4",
        at=32,
        velocity=96,
    )
    build = [(0, 0.9), (24, 0.92), (31, 1.0), (32, 1.08), (64, 1.1)]
    left = humanised(louder(power, build), rng, 0.012, 5)
    right = humanised(louder(power, build), rng, 0.012, 5)
    parts = [
        Part(0, DISTORTED_GUITAR, left, 52, 14, 20, -1000),
        Part(1, OVERDRIVEN_GUITAR, right, 60, 114, 20, -1000),
        Part(2, CLEAN_GUITAR, humanised(picking, rng, 0.01, 5), 60, 90, 50),
        Part(3, OVERDRIVEN_GUITAR, humanised(lead, rng, 0.012, 4), 68, 60, 60),
        Part(4, PICKED_BASS, humanised(louder(bass, build), rng, 0.008, 4), 95, 64, 8),
        Part(DRUM_CHANNEL, 0, humanised(_drums(), rng, 0.006, 5), 127, 64, 30),
    ]
    return Score(parts, [(0.0, 125.0)], Master(peak=-2.5, room=0.35, compression=0.95, drive=2))


def _rhythm_section(roots: str) -> tuple[list[Note], list[Note]]:
    """Power chords, and a bass in eighths an octave below, on roots written like a phrase."""
    guitar_roots = {"E": "E2", "G": "G2", "A": "A2", "B": "B2", "C": "C3", "D": "D3"}
    words = [word.split(":") for word in roots.replace("|", " ").split()]
    line = phrase(" ".join(f"{guitar_roots[root]}:{length}" for root, length in words))
    power: list[Note] = []
    bass: list[Note] = []
    for note in line:
        chord = [note.pitch, note.pitch + 7, note.pitch + 12]
        power += [Note(note.start, 0.93 * note.length, number, 92) for number in chord]
        strokes = 1 if note is line[-1] else round(2 * note.length)
        for i in range(strokes):
            length, velocity = 0.9 * note.length / strokes, 88 if i else 100
            bass.append(Note(note.start + i / 2, length, note.pitch - 12, velocity))
    return power, bass


def _drums() -> list[Note]:
    """Sixteen bars: hi-hat closed in the verse, open in the chorus, fills, and a last hit."""
    verse_kicks = ("X.....x.x.......", "X.....x.x.x.....")
    chorus_kicks = ("X...x.....x.....", "X.....x.x.x.....")
    hits: list[Note] = []
    for bar in range(16):
        at = 4.0 * bar
        kicks, hat, force = (verse_kicks, HAT, 76) if bar < 8 else (chorus_kicks, OPEN_HAT, 84)
        hits += steps(kicks[bar % 2], KICK, at, 104)
        if bar in (7, 15):
            hits += steps("X.x.X.x.", hat, at, force)
            hits += steps("....X...X.xx....", SNARE, at, 104)
            hits += steps("............x...", HIGH_TOM, at, 104)
            hits += steps(".............xx.", MID_TOM, at, 102)
            hits += steps("...............X", LOW_TOM, at, 104)
        else:
            hits += steps("X.x.X.x.X.x.X.x.", hat, at, force)
            hits += steps("....X.......X..o", SNARE, at, 108)
        if bar in (0, 8, 12):
            hits += steps("X", CRASH, at, 100)
    for drum in (KICK, SNARE, CRASH):
        hits += steps("X", drum, 64, 104)
    return hits


PIECES: dict[str, Callable[[], Score]] = {"piano": piano, "strings": strings, "band": band}


def main() -> None:
    """Render the three pieces into a folder."""
    parser = argparse.ArgumentParser(description="Render Earmark's three example pieces.")
    parser.add_argument(
        "--soundfont", type=Path, default=SOUNDFONT, help="General MIDI soundfont (%(default)s)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path(), help="folder for the .ogg files (here)"
    )
    arguments = parser.parse_args()
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        for name, compose in PIECES.items():
            score = compose()
            target = arguments.output / f"{name}.ogg"
            with tempfile.TemporaryDirectory() as folder:
                midi = Path(folder) / f"{name}.mid"
                write_midi(midi, score.parts, score.tempo)
                seconds = render(midi, arguments.soundfont, target, score.master)
            print(f"{target}: {seconds:.1f} s, {target.stat().st_size / 1000:.0f} kB")
    except (EarmarkError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
