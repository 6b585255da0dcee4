"""Run a network over the corpus and measure its layers: a model's card in, a dict of numbers out.

What is measured is told in docs/layers.md; the measures are those of :mod:`layer_measures`.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from earmark.zoo import find_model
from earmark.zoo.card import Card
from workshop.corpus import Corpus, load_corpus
from workshop.layers.layer_measures import (
    RATE,
    Layers,
    areas,
    centres,
    describe,
    explained,
    in_common,
    probe,
    resemblance,
    slower,
    variance_shares,
    window,
)
from workshop.teachers import Teachers
from workshop.tracks import load_tracks

PROBED = (
    *("loud", "quiet", "drums", "beat", "techno", "rock", "guitar", "piano", "violin"),
    *("ambient", "female vocal", "male vocal", "fast", "slow"),
)
STYLES = ("classical", "rock", "techno", "ambient")
PIECES, TRAINED, TESTED, PAIRS, OF_A_STYLE = 100, 1200, 400, 60, 20
SHORTEST = 29.0  # seconds of a piece


@dataclass(frozen=True)
class Study:
    """The corpus, and what the teachers heard in it.

    Attributes
    ----------
    corpus : Corpus
    tracks : dict, see :func:`workshop.tracks.load_tracks`
    labels : dict of str -> int, the MagnaTagATune teachers' words and their places
    """

    corpus: Corpus
    tracks: dict[str, np.ndarray]
    labels: dict[str, int]

    @cached_property
    def heard(self) -> np.ndarray:
        """What both MagnaTagATune teachers give each window [shape=(windows, 50)], their mean."""
        both = (self.tracks[name].astype(np.float32) for name in ("MTT_musicnn", "MTT_vgg"))
        return sum(both) / 2

    def rows(self, split: str, most: int, seed: int) -> np.ndarray:
        """Some files of a split that are long enough, in random order."""
        seconds = np.diff(self.corpus.offsets) / RATE
        there = np.isin(np.arange(len(seconds)), self.tracks["row"])
        fits = (self.corpus.column("split") == split) & (seconds >= SHORTEST) & there
        return np.random.default_rng(seed).permutation(np.flatnonzero(fits))[:most]

    def piece(self, row: int, card: Card) -> tuple[np.ndarray, np.ndarray]:
        """Samples of a window of a file, and the teachers' scores of it."""
        length = round(card.window_seconds * RATE)
        mine = np.flatnonzero(self.tracks["row"] == row)
        starts = self.tracks["start"][mine]
        total = self.corpus.offsets[row + 1] - self.corpus.offsets[row]
        # The window of the tracks at the middle, where one of 29 s would begin at 0.
        start = int(starts[len(starts) // 2]) if length < total // 2 else 0
        inside = (starts >= start) & (starts < start + max(1, length - RATE))
        samples = self.corpus.samples(row)[start : start + length]
        return samples.astype(np.float32) / 32768, self.heard[mine[inside]].mean(0)


def open_study(corpus: Path, cache: Path, tracks: Path, teachers: Path) -> Study:
    """Read what a study needs."""
    sound = load_corpus(corpus, cache, 1)
    return Study(sound, load_tracks(tracks, sound), Teachers(teachers).labels("mtt"))


def study_model(name: str, study: Study) -> dict[str, Any]:
    """All numbers of a model; lists have an entry a layer."""
    layers = Layers(find_model(name))
    found: dict[str, Any] = {
        "seconds": layers.card.window_seconds,
        "names": layers.names,
        "depths": layers.depths,
        "sizes": [list(map(int, size)) for size in layers.sizes],
    }
    usual = _answers(found, layers, study)
    _blends(found, layers, study, usual)
    _styles(found, layers, study)
    _probes(found, layers, study)
    return found


def _pieces(rows: np.ndarray, card: Card, study: Study) -> tuple[list[np.ndarray], np.ndarray]:
    """Samples of each file's window, and the teachers' scores."""
    pairs = [study.piece(row, card) for row in rows]
    return [samples for samples, _ in pairs], np.stack([heard for _, heard in pairs])


def _windows(sounds: list[np.ndarray], card: Card) -> np.ndarray:
    return np.stack([window(samples, card) for samples in sounds])


def _answers(found: dict, layers: Layers, study: Study) -> list[np.ndarray]:
    """What maps follow, and where their variance lies; gives back each layer's usual answers."""
    card = layers.card
    rows = study.rows("valid", PIECES, seed=0)
    sounds, heard = _pieces(rows, card, study)
    voice = heard[:, [study.labels[tag] for tag in ("vocal", "vocals", "voice", "singing")]].max(1)
    described = np.stack([describe(samples, card) for samples in sounds])
    voices = np.repeat(voice[:, None, None], described.shape[1], axis=1)
    described = np.concatenate([described, voices], 2)
    kept = [
        np.concatenate(parts) for parts in zip(*layers.batches(_windows(sounds, card)), strict=True)
    ]
    found["pieces"] = len(rows)
    coarsest = min(maps.shape[2] for maps in kept)
    for name in ("alone", "together", "at_one_pace", "variance", "centres"):
        found[name] = []
    for maps in kept:
        lively = maps.std((0, 2, 3)) > 1e-6
        courses = maps[:, lively].mean(3).transpose(0, 2, 1)
        alone, together = explained(*_paced(courses, described, maps.shape[2]))
        _, at_one_pace = explained(*_paced(courses, described, coarsest))
        found["alone"].append(alone.tolist())
        found["together"].append(together.tolist())
        found["at_one_pace"].append(at_one_pace.tolist())
        found["variance"].append(variance_shares(maps[:, lively]).mean(0).tolist())
        found["centres"].append(centres(maps[:, lively], card.front_end).tolist())
    return [maps.mean((0, 2))[None, :, None] for maps in kept]


def _paced(courses: np.ndarray, described: np.ndarray, length: int) -> list[np.ndarray]:
    """Both as means over so many equal parts of each window, windows one after the other."""
    return [np.concatenate([slower(part, length) for part in x]) for x in (courses, described)]


def _blends(found: dict, layers: Layers, study: Study, usual: list[np.ndarray]) -> None:
    """Sums of two pieces that are equally loud."""
    card = layers.card
    sounds, _ = _pieces(study.rows("valid", 2 * PAIRS, seed=1), card, study)
    found["blends"] = []
    for one, two in zip(sounds[::2], sounds[1::2], strict=True):
        length = min(len(one), len(two))
        parts = [s[:length] * 0.05 / max(float(s[:length].std()), 1e-6) for s in (one, two)]
        answers = layers(_windows([*parts, parts[0] + parts[1]], card))
        found["blends"].append(
            [
                resemblance(*(m - u[0])[[2, 0, 1]]).tolist()
                for m, u in zip(answers, usual, strict=True)
            ]
        )


def _styles(found: dict, layers: Layers, study: Study) -> None:
    """Pieces that the teachers find clearly of one style: which maps they have in common."""
    card = layers.card
    rows = study.rows("valid", 10**6, seed=2)
    mean = np.stack([study.heard[study.tracks["row"] == row].mean(0) for row in rows])
    scores = mean[:, [study.labels[style] for style in STYLES]]
    best = scores.argmax(1)
    lead = np.sort(scores, axis=1)[:, -1] - np.sort(scores, axis=1)[:, -2]
    chosen = [np.flatnonzero(best == i) for i in range(len(STYLES))]
    chosen = [c[np.argsort(-lead[c])][:OF_A_STYLE] for c in chosen]
    styles = np.repeat(np.arange(len(STYLES)), [len(c) for c in chosen])
    sounds, _ = _pieces(rows[np.concatenate(chosen)], card, study)
    parts = [
        [m.mean((2, 3)) for m in answers] for answers in layers.batches(_windows(sounds, card))
    ]
    found["styles"] = {style: len(c) for style, c in zip(STYLES, chosen, strict=True)}
    groups = study.corpus.column("group")[rows[np.concatenate(chosen)]]
    found["common"] = [
        in_common(np.concatenate(means), styles, groups) for means in zip(*parts, strict=True)
    ]


def _probes(found: dict, layers: Layers, study: Study) -> None:
    """How well a straight line through a layer's averages tells tags; first, through log-mel's."""
    card = layers.card
    places = [study.labels[tag] for tag in PROBED]
    features, heard, files = {}, {}, {}
    for split, most in (("train", TRAINED), ("valid", TESTED)):
        rows = study.rows(split, most, seed=3)
        sounds, scores = _pieces(rows, card, study)
        windows = _windows(sounds, card)
        parts = [
            [np.concatenate([m.mean((2, 3)), m.std((2, 3))], 1) for m in answers]
            for answers in layers.batches(windows)
        ]
        mel = np.concatenate([windows.mean(1), windows.std(1)], 1)
        features[split] = [mel, *map(np.concatenate, zip(*parts, strict=True))]
        heard[split], files[split] = scores[:, places], rows
    found["probed"] = {split: len(rows) for split, rows in files.items()}
    found["groups"] = len(set(study.corpus.column("group")[files["valid"]]))
    found["areas"] = [
        areas(probe(train, heard["train"], valid, files["train"]), heard["valid"]).tolist()
        for train, valid in zip(features["train"], features["valid"], strict=True)
    ]
