"""Predictions made up on the spot, of which every number is known or can be counted."""

import numpy as np

from earmark.evaluation.predictions import Predictions
from earmark.vocabulary import official_vocabulary

TAGS = ("guitar", "rock", "violin", "slow", "female", "loud")


def predictions(truth, scores, tags=TAGS, files=None) -> Predictions:
    """Predictions of these tags; files are called 1.wav, 2.wav, ... in /music."""
    truth, scores = np.array(truth, np.float32), np.array(scores, np.float32)
    names = tuple(files or (f"/music/{i + 1}.wav" for i in range(len(truth))))
    groups = np.array([""] * len(truth))
    return Predictions(names, groups, truth, scores, tuple(tags[: truth.shape[1]]))


def many(songs: int = 300, seed: int = 0) -> Predictions:
    """Calibrated scores of the 188 tags: each tag is there as often as its score says."""
    chance = np.random.default_rng(seed)
    rare = chance.beta(0.4, 4, 188)
    scores = np.clip(chance.beta(0.6, 4, (songs, 188)) * 0.7 + 0.3 * rare, 0.001, 0.999)
    truth = chance.random((songs, 188)) < scores
    return predictions(truth, scores, official_vocabulary().names)
