"""What MagnaTagATune's networks say, told from what networks hear that never saw MagnaTagATune.

The two teachers trained on MagnaTagATune know its songs by heart and were taught by no others. A
probe, a small network over the embeddings of the other two (Alain and Bengio 2017, *Understanding
intermediate layers using linear classifier probes*), learns to say what they say from 20 hours of
any music. What only one recording or one of their errors explains it can hardly learn, so its
guess is a smoother one; docs/measurements.md tells how good it is and what it taught others.

In: the corpus' own windows with scores and embeddings (:mod:`workshop.tracks`). Out: scores
of the top 50 tags for those windows and for any other. Probes are cross-fitted: what is told of a
training window comes from a probe that learned nothing of its artist or group (in a second round
only by way of what the first round's probes say of others); nothing of the valid split is learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from earmark.errors import TrainingError
from earmark.folds import grouped_folds
from earmark.tagging.calibration import sigmoid
from earmark.training.loop.losses import weighted_binary_crossentropy
from workshop.corpus import Corpus
from workshop.teachers import EMBEDDING, said_alone

HEARD = ("MSD_musicnn", "YAMNet")  # whose embeddings it is given
FOLDS = 5
ROUNDS = 2  # probes of the second round learn the mean of those networks and of the first round
HIDDEN, DROPOUT, FURTHEST = 256, 0.3, 8.0  # standard deviations at which an input is cut
EPOCHS, BATCH, RATE, DECAY = 12, 256, 2e-3, 1e-3

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Probes:
    """Probes of all folds.

    Attributes
    ----------
    middle, width : np.ndarray [shape=(features,)], mean and standard deviation of the embeddings
    networks : list of nn.Module, one a fold
    """

    middle: np.ndarray
    width: np.ndarray
    networks: list[nn.Module]

    def __call__(self, windows: Arrays) -> np.ndarray:
        """What all probes say of windows on average [shape=(n, 50), float32, in [0, 1]].

        Parameters
        ----------
        windows : dict with the embeddings of ``MSD_musicnn`` and ``YAMNet``, as of
            :meth:`workshop.teachers.Teachers.raw`
        """
        inputs = self._inputs(windows)
        logits = np.mean([_logits(network, inputs) for network in self.networks], 0)
        return sigmoid(logits).astype(np.float32)

    def of_tracks(self, tracks: Arrays, corpus: Corpus) -> np.ndarray:
        """What is told of the corpus' own windows: of training tracks by the probe without them.

        Parameters
        ----------
        tracks : dict as from :func:`workshop.tracks.load_tracks`
        corpus : Corpus

        Returns
        -------
        np.ndarray [shape=(n, 50), float32, in [0, 1]]
        """
        inputs, said = self._inputs(tracks), self(tracks)
        fold = folds_of_tracks(corpus)[tracks["row"]]
        for number, network in enumerate(self.networks):
            own = fold == number
            said[own] = chances(network, inputs[own])
        return said

    def _inputs(self, windows: Arrays) -> np.ndarray:
        return standardised(embedded(windows), self.middle, self.width)


def fit_probes(tracks: Arrays, corpus: Corpus, seed: int = 0) -> Probes:
    """Learn a probe for each fold of the training tracks.

    Parameters
    ----------
    tracks : dict as from :func:`workshop.tracks.load_tracks`, with embeddings
    corpus : Corpus
    seed : int >= 0

    Raises
    ------
    TrainingError
        The windows were labelled before embeddings were kept.
    """
    if any(EMBEDDING + name not in tracks for name in HEARD):
        raise TrainingError(
            "the tracks' own windows hold no embeddings of the teachers; "
            "python -m workshop.tracks makes them anew in an empty folder"
        )
    fold, heard = folds_of_tracks(corpus)[tracks["row"]], embedded(tracks)
    middle, width, wanted = heard.mean(0), heard.std(0) + 1e-3, said_alone(tracks)
    for learned in range(ROUNDS):
        probes = Probes(middle, width, [])
        inputs = probes._inputs(tracks)
        for number in range(FOLDS):
            some = (fold >= 0) & (fold != number)
            some = some if some.any() else fold >= 0
            probes.networks.append(learn_probe(inputs[some], wanted[some], seed + learned))
        wanted = (said_alone(tracks) + probes.of_tracks(tracks, corpus)) / 2
    return probes


def folds_of_tracks(corpus: Corpus) -> np.ndarray:
    """Fold of each training track [shape=(files,)]; artists and groups stay whole; -1 elsewhere."""
    artist, group, source = (corpus.column(name) for name in ("artist", "group", "source"))
    kept = np.where(artist != "", artist, np.where(group != "", group, source))
    fold = np.full(len(kept), -1)
    train = np.flatnonzero(corpus.column("split") == "train")
    fold[train] = grouped_folds(kept[train], FOLDS, seed=0)
    return fold


def embedded(windows: Arrays, names: Sequence[str] = HEARD) -> np.ndarray:
    """Embeddings of some teachers side by side [shape=(n, features), float32]."""
    return np.concatenate([windows[EMBEDDING + name].astype(np.float32) for name in names], 1)


def standardised(values: np.ndarray, middle: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Values of each column by their mean and standard deviation, the furthest cut."""
    return ((values - middle) / width).clip(-FURTHEST, FURTHEST)


def chances(network: nn.Module, inputs: np.ndarray) -> np.ndarray:
    """Scores of one probe [shape=(n, 50), float32, in [0, 1]]."""
    return sigmoid(_logits(network, inputs)).astype(np.float32)


@torch.no_grad()
def _logits(network: nn.Module, inputs: np.ndarray) -> np.ndarray:
    return network(torch.from_numpy(inputs)).numpy()


def learn_probe(inputs: np.ndarray, wanted: np.ndarray, seed: int) -> nn.Module:
    """A probe of some windows; the caller's random numbers stay as they were.

    Parameters
    ----------
    inputs : np.ndarray [shape=(n, features), float32], standardised
    wanted : np.ndarray [shape=(n, tags), float32, in [0, 1]]
    seed : int >= 0
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = nn.Sequential(
            nn.Dropout(DROPOUT),
            nn.Linear(inputs.shape[1], HIDDEN),
            nn.ReLU(),
            nn.Dropout(DROPOUT),
            nn.Linear(HIDDEN, wanted.shape[1]),
        )
        x, y = torch.from_numpy(inputs), torch.from_numpy(wanted)
        with torch.no_grad():
            network[-1].bias.copy_(torch.logit(y.mean(0), eps=1e-4))
        steps = -(-len(x) // BATCH)
        optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=EPOCHS * steps)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(x)).split(BATCH):
                loss = weighted_binary_crossentropy(network(x[rows]), y[rows], torch.ones(1))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
    return network.eval()
