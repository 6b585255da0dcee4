"""Judges scores of the valid split's own windows: by songs, other recordings and teachers."""

import numpy as np

from earmark.evaluation.metrics import evaluate
from earmark.tagging.pooling import power_mean
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import Corpus
from workshop.labelled import Arrays
from workshop.measure import LEAST, measure_recordings
from workshop.studies.agreement import agreement
from workshop.teachers import Teachers, said_alone

EXPONENT = 2.0  # of the pooling over a track's windows


class WindowJudge:
    """Measures of scores, one row a window.

    Parameters
    ----------
    corpus : Corpus
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    teachers : Teachers

    Attributes
    ----------
    own : np.ndarray [shape=(all windows,), bool], which of `tracks` are judged
    """

    def __init__(self, corpus: Corpus, tracks: Arrays, teachers: Teachers) -> None:
        self.own = (corpus.column("split") == "valid")[tracks["row"]]
        self._corpus = corpus
        self._rows, self._which = np.unique(tracks["row"][self.own], return_inverse=True)
        order = [teachers.labels("mtt")[tag] for tag in TOP_50]
        self._said = said_alone(tracks)[self.own][:, order]
        self._top = [official_vocabulary().index(tag) for tag in TOP_50]

    def measures(self, scores: np.ndarray) -> list[float]:
        """Songs' ROC-AUC and PR-AUC over the top 50, other recordings' mean ROC-AUC.

        Parameters
        ----------
        scores : np.ndarray [shape=(windows, 188), in [0, 1]]
        """
        windows = [scores[self._which == track] for track in range(len(self._rows))]
        tracks = np.stack([power_mean(w, np.ones(len(w)), EXPONENT) for w in windows])
        fractions = self._corpus.mtat_fractions()[self._rows]
        songs = ~np.isnan(fractions[:, 0])
        truth, chosen = fractions[songs][:, self._top] > 0, tracks[songs][:, self._top]
        found = evaluate(truth, chosen, np.arange(len(truth)), least=LEAST, draws=1)
        others = measure_recordings(self._corpus, self._rows[~songs], tracks[~songs])
        return [found["roc_auc"], found["pr_auc"], others["roc_auc"]]

    def agreement(self, scores: np.ndarray) -> float:
        """With the mean of the MagnaTagATune teachers, over the top 50 tags."""
        return agreement(scores[:, self._top], self._said)
