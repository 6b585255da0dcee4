"""SpecAugment: blank random spans of frames and of bands (Park et al. 2019).

Drawing is apart from applying: spans are drawn for a whole batch, so that a process that has only a
share of it applies just those that the whole would have had.
"""

from dataclasses import dataclass

import numpy as np

from earmark.training.recipes.recipe import Augmentation


@dataclass(frozen=True)
class Masks:
    """Spans to blank in each window of a batch.

    Attributes
    ----------
    frames, bands : np.ndarray [shape=(n, masks, 2), int], first and end of each span
    """

    frames: np.ndarray
    bands: np.ndarray

    def share(self, rows: slice) -> "Masks":
        """Those of some windows."""
        return Masks(self.frames[rows], self.bands[rows])

    def apply(self, mel: np.ndarray) -> None:
        """Blank the spans in place.

        Parameters
        ----------
        mel : np.ndarray [shape=(n, frames, n_mels)]
        """
        for window, frames, bands in zip(mel, self.frames, self.bands, strict=True):
            for first, end in frames:
                window[first:end] = 0
            for first, end in bands:
                window[:, first:end] = 0


def draw_masks(rules: Augmentation, shape: tuple[int, int, int], rng: np.random.Generator) -> Masks:
    """Draw the spans of a batch.

    Parameters
    ----------
    rules : Augmentation
    shape : (n, frames, n_mels) of the batch
    rng : np.random.Generator
    """
    n, frames, n_mels = shape
    return Masks(
        _spans(n, rules.time_masks, rules.time_mask, frames, rng),
        _spans(n, rules.mel_masks, rules.mel_mask, n_mels, rng),
    )


def _spans(n: int, masks: int, widest: int, length: int, rng: np.random.Generator) -> np.ndarray:
    widths = rng.integers(min(widest, length) + 1, size=(n, masks))
    first = rng.integers(length - widths + 1)
    return np.stack([first, first + widths], -1)
