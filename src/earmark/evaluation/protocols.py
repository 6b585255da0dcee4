"""The published protocols of MagnaTagATune, all from one predictions file, so that nobody errs.

A predictions file must hold every clip of the split that a protocol measures, and may hold more. A
clip is known by the last two parts of its path (``f/artist-album-01-title-0-29.mp3``).

Protocol A measures every clip that can be decoded, B only those of full length with one of the top
50 tags (:mod:`earmark.datasets.splits`). Each is measured over the top 50, over all 188, and with
synonyms merged: a group of words counts as there if a listener gave any of them, and its score is
the highest of theirs.
"""

import os
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import numpy as np

from earmark.datasets.row import Row
from earmark.datasets.splits import SPLITS
from earmark.errors import DataError
from earmark.evaluation.metrics import evaluate
from earmark.evaluation.predictions import Predictions, repeated
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50

PROTOCOLS = ("A", "B")
SPLIT_NAMES = ("train", "valid", "test")
NAMED = 3  # missing clips that are named


def clip_name(file: str) -> str:
    """The part of a path by which a clip is known: its folder and its name."""
    return "/".join(PurePath(file.replace(os.sep, "/")).parts[-2:])


def of_split(
    predictions: Predictions, clips: Iterable[tuple[int, Row]], protocol: str, split: str
) -> Predictions:
    """The songs of a protocol's split, in the order of the predictions.

    Parameters
    ----------
    predictions : Predictions
    clips : iterable of (clip, Row), all of MagnaTagATune's
    protocol : 'A', 'B', or another of :data:`earmark.datasets.splits.SPLITS`
    split : 'train', 'valid' or 'test'

    Raises
    ------
    DataError
        There is no such split, or clips of it are missing; the text says how many and names some.
    """
    if split not in SPLIT_NAMES:
        raise DataError(f"there is no split {split!r}, but {', '.join(SPLIT_NAMES)}")
    wanted = {clip_name(row.file) for _, row, home in SPLITS[protocol](clips) if home == split}
    names = [clip_name(file) for file in predictions.files]
    if not wanted:
        raise DataError(f"the annotations have no clip of {protocol}'s {split} split")
    if missing := sorted(wanted.difference(names)):
        some = ", ".join(missing[:NAMED])
        count = f"{len(missing)} of the {len(wanted)} clips of {protocol}'s {split} split"
        raise DataError(f"the predictions lack {count}, as {some}")
    if (twice := repeated(names)) is not None:
        raise DataError(f"the predictions hold {twice} twice")
    return predictions.songs(np.array([name in wanted for name in names]))


def merged(predictions: Predictions) -> Predictions:
    """Synonyms as one tag, under the name of their group."""
    vocabulary = official_vocabulary().ordered(predictions.tags)
    groups = tuple(dict.fromkeys(vocabulary.group(tag) for tag in predictions.tags))
    truth, scores = [], []
    for group in groups:
        members = [
            predictions.places[tag] for tag in predictions.tags if vocabulary.group(tag) == group
        ]
        own = predictions.truth[:, members]
        # Any member that is there decides; only if all are known to be absent is the group.
        truth.append(np.where((own == 1).any(1), 1, np.where(np.isnan(own).any(1), np.nan, 0)))
        known = ~np.isnan(predictions.scores[:, members])
        best = np.where(known, predictions.scores[:, members], -np.inf).max(1)
        scores.append(np.where(known.any(1), best, np.nan))
    return Predictions(
        predictions.files,
        predictions.groups,
        np.stack(truth, 1).astype(np.float32),
        np.stack(scores, 1).astype(np.float32),
        groups,
        predictions.metadata,
    )


def protocols(
    predictions: Predictions,
    clips: list[tuple[int, Row]],
    split: str = "test",
    *,
    least: int = 1,
    draws: int = 1000,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Every protocol over every set of tags.

    Returns
    -------
    dict
        ``"A"`` and ``"B"`` -> ``"top 50"``, ``"all 188"``, ``"synonyms merged"`` -> what
        :func:`earmark.evaluation.metrics.evaluate` returns. Only the top 50 where the predictions
        have no column for some of the others.

    Raises
    ------
    DataError
        The predictions do not hold the split, see :func:`of_split`, or one of the top 50 tags.
    """
    whole = set(official_vocabulary().names) <= set(predictions.tags)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for protocol in PROTOCOLS:
        songs = of_split(predictions, clips, protocol, split)
        if lacking := [tag for tag in TOP_50 if tag not in songs.places]:
            count = f"{len(lacking)} of the top 50 tags"
            raise DataError(f"the predictions lack {count}, as {lacking[0]}")
        sets = {"top 50": songs.columns(TOP_50)}
        if whole:
            every = songs.columns(official_vocabulary().names)
            sets |= {"all 188": every, "synonyms merged": merged(every)}
        found[protocol] = {
            name: evaluate(some.truth, some.scores, some.artists, least=least, draws=draws)
            for name, some in sets.items()
        }
    return found
