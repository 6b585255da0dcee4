"""How well a trained row does on the valid split, heard as the tagger hears.

A sound's windows lie side by side, its score is their power mean. Listeners' songs, other
recordings and the teachers' guesses judge it, per tag too.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from earmark.evaluation.metrics import evaluate, per_tag
from earmark.tagging.pooling import power_mean
from earmark.tagging.windows import cut_windows
from earmark.training.export.network_file import Shipped
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.comparison.records import Record
from workshop.corpus import Corpus
from workshop.measure import LEAST, LEAST_CERTAIN, measure_recordings

EXPONENT = 2.0
TOP = [official_vocabulary().index(tag) for tag in TOP_50]
VOICES = [i for i, tag in enumerate(official_vocabulary().tags) if tag.category == "voice"]


@dataclass(frozen=True)
class Judge:
    """Measures networks on the valid split of a corpus.

    Attributes
    ----------
    corpus : Corpus
    guess : np.ndarray [shape=(files, 188)], the teachers' of each file
    """

    corpus: Corpus
    guess: np.ndarray

    def __call__(self, network: nn.Module, mels: list[np.ndarray], frames: int) -> Record:
        """Measurements of a network.

        Parameters
        ----------
        network : nn.Module, in evaluation mode
        mels : list of np.ndarray [shape=(t, bands)], one for each file of the corpus
        frames : int > 0, of a window

        Returns
        -------
        dict
            ``top50`` and ``all188`` (``roc_auc``, ``pr_auc``, their intervals, ``tags``),
            ``voices`` and ``recordings`` (mean ROC-AUC and ``tags``), ``agreement`` (mean
            correlation with the teachers' guesses over the top 50), and ``per_tag``: lists of 188
            ``songs`` and ``recordings`` ROC-AUC (None where too few) and ``agreement``.
        """
        rows = np.flatnonzero(self.corpus.column("split") == "valid")
        scores = np.stack([song_score(network, mels[row], frames) for row in rows])
        fractions = self.corpus.mtat_fractions()[rows]
        songs = ~np.isnan(fractions[:, 0])
        truth, own = fractions[songs] > 0, scores[songs]
        artists = self.corpus.column("artist")[rows][songs]
        areas = _areas(truth.astype(np.float32), own, LEAST)
        voices = areas[VOICES][~np.isnan(areas[VOICES])]
        others = measure_recordings(self.corpus, rows[~songs], scores[~songs])
        labels = self.corpus.human_labels()[rows[~songs]]
        agreement = _correlations(scores, self.guess[rows])
        return {
            "top50": _part(evaluate(truth[:, TOP], own[:, TOP], artists, least=LEAST)),
            "all188": _part(evaluate(truth, own, artists, least=LEAST)),
            "voices": {"roc_auc": round(float(voices.mean()), 4), "tags": len(voices)},
            "recordings": {name: others[name] for name in ("roc_auc", "tags")},
            "agreement": round(float(np.nanmean(agreement[TOP])), 4),
            "per_tag": {
                "songs": _short(areas),
                "recordings": _short(_areas(labels, scores[~songs], LEAST_CERTAIN)),
                "agreement": _short(agreement),
            },
        }


@torch.no_grad()
def song_score(network: nn.Module, mel: np.ndarray, frames: int) -> np.ndarray:
    """Scores of a sound [shape=(188,)], as the tagger pools them."""
    windows, new = zip(*cut_windows([mel.astype(np.float32)], frames), strict=True)
    scores = Shipped(network)(torch.from_numpy(np.stack(windows)))[0].numpy()
    return power_mean(scores, np.array(new), EXPONENT)


def _areas(truth: np.ndarray, scores: np.ndarray, least: int) -> np.ndarray:
    """ROC-AUC of each tag, NaN for those with too few sounds with or without it."""
    areas, _ = per_tag(truth, scores)
    rare = np.minimum((truth == 1).sum(0), (truth == 0).sum(0)) < least
    areas[rare] = np.nan
    return areas


def _correlations(scores: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Pearson correlation of each tag's scores with the guesses, [shape=(tags,)]."""
    own, said = scores - scores.mean(0), guess - guess.mean(0)
    with np.errstate(invalid="ignore"):
        return (own * said).sum(0) / np.sqrt((own**2).sum(0) * (said**2).sum(0))


def _part(found: Record) -> Record:
    """What the page needs of an evaluation."""
    rounded = {name: round(found[name], 4) for name in ("roc_auc", "pr_auc")}
    ends = {f"{name}_ci": [round(end, 4) for end in found[f"{name}_ci"]] for name in rounded}
    return {**rounded, **ends, "tags": found["tags"]}


def _short(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 3) for value in values]
