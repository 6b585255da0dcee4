"""Notes in beats, and a writer of Standard MIDI Files: just what the example pieces need.

In: parts made of notes and controller moves, all timed in beats (a quarter note is one beat), and
a tempo map. Out: one format 1 MIDI file. Music is written down as text, `"C5:1.5 D5:.5 | E5+G5:2"`:
pitch (C4 is middle C), colon, length in beats; `+` joins a chord, `R` rests, bar lines are ignored.
"""

import random
import struct
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

TICKS_PER_BEAT = 480
DRUM_CHANNEL = 9
VOLUME, PAN, EXPRESSION, PEDAL, REVERB = 7, 10, 11, 64, 91  # controller numbers
FILTER_CUTOFF = 8  # number of the soundfont generator that `Part.brightness` moves
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFTS = {"": 0, "#": 1, "b": -1}


@dataclass(frozen=True)
class Note:
    """One note: `start` and `length` in beats, `pitch` and `velocity` as in MIDI (0 to 127)."""

    start: float
    length: float
    pitch: int
    velocity: int = 80


@dataclass
class Part:
    """One player: a General MIDI program on a channel, its place in the mix, its notes.

    `controls` holds `(beat, controller number, value)`, values 0 to 127; `pan` 64 is the middle.
    `brightness` moves the cutoff of the sampler's low-pass filter, in cents: -1200 halves it.
    """

    channel: int
    program: int
    notes: list[Note]
    volume: int = 100
    pan: int = 64
    reverb: int = 40
    brightness: int = 0
    controls: list[tuple[float, int, int]] = field(default_factory=list)


def pitch(name: str) -> int:
    """MIDI number of a written pitch: `C4` is 60, `Eb3` is 51, `F#5` is 78."""
    return 12 * (int(name[-1]) + 1) + _STEPS[name[0]] + _SHIFTS[name[1:-1]]


def phrase(text: str, at: float = 0.0, velocity: int = 80) -> list[Note]:
    """Read written music (see the module's first lines), the first note starting at beat `at`."""
    notes = []
    for word in text.replace("|", " ").split():
        names, length = word.split(":")
        if names != "R":
            chord = [pitch(name) for name in names.split("+")]
            notes += [Note(at, float(length), number, velocity) for number in chord]
        at += float(length)
    return notes


def steps(text: str, number: int, at: float, velocity: int) -> list[Note]:
    """Read a drum pattern in sixteenths: `X` accent, `x` stroke, `o` ghost stroke, `.` nothing."""
    force = {"X": 1.15, "x": 1.0, "o": 0.5}
    return [
        Note(at + i / 4, 0.2, number, round(velocity * force[mark]))
        for i, mark in enumerate(text.replace(" ", ""))
        if mark != "."
    ]


def between(points: list[tuple[float, float]], beat: float) -> float:
    """Value at `beat` of the broken line through `points`, pairs of (beat, value) in order."""
    if beat <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if beat <= right:
            return low + (high - low) * (beat - left) / (right - left)
    return points[-1][1]


def louder(notes: list[Note], points: list[tuple[float, float]]) -> list[Note]:
    """Scale the velocities by the broken line through `points`, 1 being as written."""
    return [
        replace(note, velocity=round(note.velocity * between(points, note.start))) for note in notes
    ]


def humanised(notes: list[Note], rng: random.Random, timing: float, force: float) -> list[Note]:
    """Move starts by a deviation of `timing` beats and velocities by one of `force` steps."""
    return [
        replace(
            note,
            start=max(0.0, note.start + rng.gauss(0, timing)),
            velocity=min(127, max(1, round(note.velocity + rng.gauss(0, force)))),
        )
        for note in notes
    ]


def write_midi(path: Path, parts: list[Part], tempo: list[tuple[float, float]]) -> None:
    """Write a Standard MIDI File, format 1: a tempo track, then a track for each part.

    Parameters
    ----------
    path : Path
        The file to write.
    parts : list of Part
        The players, each on a channel of its own.
    tempo : list of (float, float)
        Tempo map: from this beat on, this many beats a minute.
    """
    changes = [
        (_ticks(beat), 0, b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big"))
        for beat, bpm in tempo
    ]
    tracks = [_track(changes)] + [_track(_events(part)) for part in parts]
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS_PER_BEAT)
    path.write_bytes(header + b"".join(tracks))


def _ticks(beat: float) -> int:
    return round(beat * TICKS_PER_BEAT)


def _events(part: Part) -> list[tuple[int, int, bytes]]:
    """(tick, rank, message) of a part; of one tick's events the lowest rank goes first."""
    cutoff = 8192 + part.brightness // 2  # 14 bits, two cents a step
    setup = [(VOLUME, part.volume), (PAN, part.pan), (REVERB, part.reverb)]
    # A SoundFont 2 generator, by non-registered parameter: bank, generator, low and high bits.
    setup += [(99, 120), (98, FILTER_CUTOFF), (38, cutoff & 0x7F), (6, cutoff >> 7)]
    events = [(0, 0, bytes([0xC0 | part.channel, part.program]))]
    for beat, controller, value in [(0.0, c, v) for c, v in setup] + part.controls:
        events.append((_ticks(beat), 2, bytes([0xB0 | part.channel, controller, value])))
    next_start: dict[int, float] = {}
    for note in sorted(part.notes, key=lambda note: note.start, reverse=True):
        # A note must end before its pitch is struck again, or its end would cut the new one off.
        end = min(note.start + note.length, next_start.get(note.pitch, float("inf")))
        next_start[note.pitch] = note.start
        on = bytes([0x90 | part.channel, note.pitch, note.velocity])
        off = bytes([0x80 | part.channel, note.pitch, 0])
        events += [(_ticks(note.start), 3, on), (_ticks(end), 1, off)]
    return events


def _track(events: list[tuple[int, int, bytes]]) -> bytes:
    body, now = b"", 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        body += _variable_length(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def _variable_length(value: int) -> bytes:
    """Seven bits a byte, the most significant first, all but the last with the top bit set."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    return bytes(reversed(out))
