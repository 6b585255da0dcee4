"""Check a map on the example songs whose scores come with Earmark."""

from pathlib import Path

import numpy as np

from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.check_map import MapCheck, check_map
from earmark.vocabulary.genres import find_map
from earmark.zoo import find_model

EXAMPLES = Path(__file__).with_name("example_scores.npz")
MODEL = "default"  # whose scores they are


def example_scores() -> np.ndarray:
    """Calibrated scores [shape=(songs, 188), float32] of pieces of every kind of music."""
    with np.load(EXAMPLES, allow_pickle=False) as file:
        return file["scores"].astype(np.float32)


def check_on_examples(name: str, model: str = MODEL) -> tuple[MapCheck, int]:
    """Check a map for a model.

    Parameters
    ----------
    name : str, a shipped map or the path of one
    model : str
        How often rules hold is counted for the official tags only, as `default` hears them.

    Returns
    -------
    MapCheck
    songs : int, how many example songs were counted on
    """
    card = find_model(model)
    genre_map = find_map(name, card.vocabulary)
    official = card.vocabulary.names == official_vocabulary().names
    scores = example_scores() if official else None
    found = check_map(genre_map, card.vocabulary, card.thresholds, scores)
    return found, 0 if scores is None else len(scores)
