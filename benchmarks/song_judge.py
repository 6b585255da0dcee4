"""Judges scores of songs with listeners' tags, and how they differ from what was judged first."""

import numpy as np

from earmark.evaluation.bootstrap import (
    METRICS,
    difference,
    draw_weights,
    macro_draws,
    tag_draws,
)
from earmark.evaluation.metrics import countable
from workshop.measure import LEAST

DRAWS = 1000


class SongJudge:
    """Both measures of songs, and their difference to what was judged first.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs, tags), bool]
    artists : np.ndarray [shape=(songs,)], kept together by the bootstrap
    """

    def __init__(self, truth: np.ndarray, artists: np.ndarray) -> None:
        self.truth, self.counted = truth, countable(truth, LEAST)
        drawn, once = draw_weights(artists, DRAWS, 0), np.ones((1, len(truth)), np.uint8)
        self._weights = np.concatenate([once, drawn])  # all songs once, then the draws
        self._first: dict[str, np.ndarray] = {}

    def __call__(self, scores: np.ndarray) -> list[str]:
        """ROC-AUC and PR-AUC as text."""
        draws = tag_draws(self.truth, scores, self.counted, self._weights)
        cells = []
        for name in METRICS:
            mean = float(macro_draws(draws[name])[0])
            text = f"{mean:.3f}"
            if name in self._first:
                less = macro_draws(draws[name] - self._first[name])
                change = difference(float(less[0]), less[1:])
                text += f" ({change.value:+.3f}, {change.low:+.3f} to {change.high:+.3f})"
            self._first.setdefault(name, draws[name])
            cells.append(text)
        return cells
