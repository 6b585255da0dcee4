"""Cached windows with what a network is taught of them, and a judge made of those held out.

In: the shards of :mod:`workshop.windows` (drawn, bent and mixed) and of
:mod:`workshop.tracks` (the corpus' own, as they are), the teachers' merge, people's labels.
Windows lie joined on the disk and are memory-mapped, so there may be more than the memory holds.
"""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.training.export.network_file import Shipped
from earmark.training.songs.validation import AT_ONCE, measures
from workshop.corpus import Corpus, load_corpus
from workshop.made_of import require
from workshop.probe import Probes
from workshop.targets import (
    blend,
    human_weights,
    silent_targets,
    track_targets,
    window_targets,
)
from workshop.teachers import MEL_TEACHERS, PROBE, TEACHERS, Teachers, said_alone

NETWORKS = TEACHERS
RAW_SCORES = 50 + 50 + 50 + 521 + 50  # the probe's last
NO_TRACK = -1
EMPTY_ROOM = 0.25  # highest value of log-mel; noise of -65 dB stays below

Arrays = dict[str, np.ndarray]


def taught_windows(
    folder: Path,
    tracks: Arrays,
    teachers: Teachers,
    corpus: Corpus,
    more: Path | None = None,
    probes: Probes | None = None,
    worn: Arrays | None = None,
) -> Arrays:
    """All that training learns: drawn windows, then the own windows of training tracks.

    Parameters
    ----------
    folder : Path, of drawn windows
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    teachers : Teachers
    corpus : Corpus
    more : Path or None
        A corpus of :mod:`workshop.unlabelled`, with windows drawn from it in ``windows``;
        they come last.
    probes : Probes or None, as for :func:`drawn_windows`
    worn : dict or None, other windows like `tracks`, of :mod:`workshop.worn`

    Returns
    -------
    dict as from :func:`drawn_windows`
    """
    drawn = _shards(folder, teachers, corpus, probes)
    kinds = [tracks] if worn is None else [tracks, worn]
    own = (track_windows(kind, teachers, corpus, probes) for kind in kinds)
    others: Iterator[Arrays] = iter(())
    if more is not None:
        parts = _shards(more / "windows", teachers, load_corpus(more, more, 1), probes)
        others = (part | {"held": np.full_like(part["held"], NO_TRACK)} for part in parts)
    return joined(chain(drawn, own, others), folder)


def drawn_windows(
    folder: Path,
    teachers: Teachers,
    corpus: Corpus,
    shards: int | None = None,
    probes: Probes | None = None,
) -> Arrays:
    """Windows that were bent and mixed before the teachers heard them.

    Parameters
    ----------
    folder : Path, with shards of :mod:`workshop.windows`
    teachers : Teachers
    corpus : Corpus
    shards : int > 0, only the first ones; None for all
    probes : Probes or None, a fifth opinion; without, it is the mean of MagnaTagATune's networks

    Returns
    -------
    dict of arrays, one row a window
        ``mel`` (n, 94, 96), ``target`` and ``weight`` (n, 188), ``raw`` (n, 721) teacher scores,
        all float16, and ``held`` (n, 2) int32, the tracks in it, negative for none.
    """
    return joined(_shards(folder, teachers, corpus, probes, shards), folder)


def _shards(
    folder: Path,
    teachers: Teachers,
    corpus: Corpus,
    probes: Probes | None,
    shards: int | None = None,
) -> Iterator[Arrays]:
    """Each shard's windows."""
    require(folder, {"corpus": corpus.sound})
    for path in sorted(folder.glob("windows-*.npz"))[:shards]:
        with np.load(path) as shard:
            raw = raw_scores(shard)
            if probes is not None:
                raw[PROBE] = probes(shard)
            target, weight = window_targets(
                corpus,
                teachers.merge(raw),
                teachers.confidence(),
                shard["track"],
                shard["second"],
                shard["second_db"],
            )
            held = np.stack([shard["track"], shard["second"]], 1)
            yield _taught(shard["mel"], target, weight, raw, held)


def track_windows(
    tracks: Arrays,
    teachers: Teachers,
    corpus: Corpus,
    probes: Probes | None = None,
    split: str = "train",
) -> Arrays:
    """The own windows of a split's tracks.

    Parameters
    ----------
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    teachers : Teachers
    corpus : Corpus
    probes : Probes or None, as for :func:`drawn_windows`
    split : str

    Returns
    -------
    dict as from :func:`drawn_windows`
    """
    own = (corpus.column("split") == split)[tracks["row"]]
    raw = {name: tracks[name][own].astype(np.float32) for name in NETWORKS}
    if probes is not None:
        raw[PROBE] = probes.of_tracks(tracks, corpus)[own]
    row = tracks["row"][own]
    people = track_targets(corpus)[row]
    target, weight = blend(teachers.merge(raw), teachers.confidence(), people, human_weights())
    held = np.stack([row, np.full(len(row), NO_TRACK)], 1)
    return _taught(tracks["mel"][own], target, weight, raw, held)


def track_guess(tracks: Arrays, teachers: Teachers, files: int) -> np.ndarray:
    """The teachers' mean guess of each file, [shape=(files, 188), float32]; 0 without windows."""
    guess = teachers.merge(raw_scores(tracks))
    sums = np.zeros((files, guess.shape[1]), np.float32)
    np.add.at(sums, tracks["row"], guess)
    return sums / np.maximum(np.bincount(tracks["row"], minlength=files), 1)[:, None]


def raw_scores(arrays: Arrays) -> Arrays:
    """What each teacher said, float32."""
    return {name: arrays[name].astype(np.float32) for name in NETWORKS}


def joined(parts: Iterable[Arrays], scratch: Path) -> Arrays:
    """Several sets of windows as one; the memory holds one set at a time.

    Parameters
    ----------
    parts : iterable of dict, one or more
    scratch : Path, folder on the disk where the sets are laid behind each other, in files without
        names that are gone with the process

    Returns
    -------
    dict of memory-mapped arrays

    Raises
    ------
    TrainingError
        The folder cannot be written, or the disk is full.
    """
    files: dict[str, IO[bytes]] = {}
    rows, kinds = 0, {}
    for part in parts:
        try:
            for name, array in part.items():
                if name not in files:
                    files[name] = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115
                array.tofile(files[name])
        except OSError as error:
            reason = error.strerror or error
            raise TrainingError(f"{scratch}: windows cannot be laid there: {reason}") from error
        kinds = {name: (array.dtype, array.shape[1:]) for name, array in part.items()}
        rows += len(part["mel"])
    return {
        name: np.memmap(files[name], kind, "r", shape=(rows, *shape))
        for name, (kind, shape) in kinds.items()
    }


def _taught(
    mel: np.ndarray, target: np.ndarray, weight: np.ndarray, raw: Arrays, held: np.ndarray
) -> Arrays:
    """Windows with their lessons; where nothing sounds, those who know only music are not asked.

    They would name what fits silence least badly, such as a guitar.
    """
    silent = mel.max((1, 2)) <= EMPTY_ROOM
    target, weight = target.copy(), weight.copy()
    target[silent], weight[silent] = silent_targets(), 1.0
    probe = raw[PROBE] if PROBE in raw else said_alone(raw)
    said = np.concatenate([*(raw[name] for name in NETWORKS), probe], 1)
    said[silent, : sum(raw[name].shape[1] for name in MEL_TEACHERS)] = 0
    said[silent, -probe.shape[1] :] = 0
    return {
        "mel": mel,
        "target": target.astype(np.float16),
        "weight": weight.astype(np.float16),
        "raw": said.astype(np.float16),
        "held": held.astype(np.int32),
    }


class TrackJudge:
    """Judges a network by the own windows of the corpus' valid tracks and what people said of them.

    Parameters
    ----------
    corpus : Corpus
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    """

    def __init__(self, corpus: Corpus, tracks: Arrays) -> None:
        own = (corpus.column("split") == "valid")[tracks["row"]]
        self._mel = tracks["mel"][own]
        rows, self._track = np.unique(tracks["row"][own], return_inverse=True)
        self._targets = track_targets(corpus)[rows]
        fractions = corpus.mtat_fractions()[rows]
        self._labels = np.where(np.isnan(fractions), corpus.human_labels()[rows], fractions > 0)

    def __len__(self) -> int:
        return len(self._targets)

    @torch.no_grad()
    def __call__(self, network: nn.Module) -> dict[str, float]:
        """ROC-AUC, PR-AUC and cross-entropy of tracks, whose score is the mean over windows."""
        shipped, device = Shipped(network), next(network.parameters()).device
        scores = []
        for first in range(0, len(self._mel), AT_ONCE):
            mel = torch.from_numpy(self._mel[first : first + AT_ONCE].astype(np.float32))
            scores.append(shipped(mel.to(device))[0].float().cpu().numpy())
        sums = np.zeros_like(self._targets)
        np.add.at(sums, self._track, np.concatenate(scores))
        means = sums / np.bincount(self._track)[:, None]
        return measures(self._labels, self._targets, means)
