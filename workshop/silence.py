"""What a model may show of silence: the thresholds that no fitting finds.

In: a model folder without calibration, and the calibration to be. Out: thresholds in its card.
"""

from pathlib import Path
from typing import Any

import numpy as np

from earmark.sound import Samples
from earmark.tagging import Tagger
from earmark.tagging.calibration import Calibration
from earmark.tagging.pooling import power_mean
from earmark.vocabulary import official_vocabulary
from earmark.zoo.card import load_card
from workshop.corpus import SAMPLE_RATE
from workshop.targets import SILENT_TAGS
from workshop.windows import SILENT_DB

SILENCE = "silence"
OVER_SILENCE = 0.001  # how far thresholds lie above a tag's score in silence


def silence_threshold(folder: Path, calibration: Calibration) -> float:
    """Score of *silence* in a sound of which a quarter is digital silence, the rest anything else.

    Too few sounds are called silence to fit it, and many songs begin or end with some: with a
    fitted threshold 32 of 100 songs of games were shown as silence.

    Parameters
    ----------
    folder : Path, of a model without calibration
    calibration : Calibration, to be the model's
    """
    nothing = Samples(np.zeros(30 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
    windows = Tagger(folder)(nothing).scores * np.array([[1], [0]], np.float32)
    pooled = power_mean(windows, np.array([1, 3]), load_card(folder).pooling_exponent)
    return float(calibration(pooled)[official_vocabulary().index(SILENCE)])


def raise_over_silence(card: dict[str, Any], folder: Path, calibration: Calibration) -> np.ndarray:
    """Let no tag be shown in silence but those that fit it: their thresholds rise over its scores.

    Parameters
    ----------
    card : dict, whose thresholds change
    folder : Path, of a model without calibration
    calibration : Calibration, to be the model's

    Returns
    -------
    np.ndarray [shape=(tags,)], what each threshold is at least; 0 for tags that fit silence
    """
    noise = np.random.default_rng(0).standard_normal(30 * SAMPLE_RATE) * 10 ** (SILENT_DB[1] / 20)
    tagger, tags = Tagger(folder), official_vocabulary()
    rooms = (Samples(room.astype(np.float32), SAMPLE_RATE) for room in (noise * 0, noise))
    said = [calibration(tagger(room).scores) for room in rooms]
    fitting = {tags.group(tag) for tag in SILENT_TAGS}
    over = np.max(said, 0) + OVER_SILENCE
    over[[tags.group(tag["name"]) in fitting for tag in card["tag"]]] = 0
    for tag, least in zip(card["tag"], over, strict=True):
        tag["threshold"] = max(tag["threshold"], round(float(least), 4))
    return over


def shown_out_of_fold(
    card: dict[str, Any], folder: Path, honest: np.ndarray, shown: np.ndarray
) -> np.ndarray:
    """What the card's model shows of tracks that no threshold was fitted on.

    The thresholds of silence are no matter of fitting: the card gets them, and `shown` heeds them.

    Parameters
    ----------
    card : dict, whose thresholds change
    folder : Path, of the model without calibration
    honest, shown : np.ndarray [shape=(tracks, tags)], as from :func:`out_of_fold`
    """
    calibration = Calibration(
        *(np.array([tag[key] for tag in card["tag"]]) for key in ("slope", "offset"))
    )
    silence = official_vocabulary().index(SILENCE)
    least = max(card["tag"][silence]["threshold"], silence_threshold(folder, calibration))
    card["tag"][silence]["threshold"] = round(least, 4)
    shown[:, silence] = honest[:, silence] >= least
    return shown & (honest >= raise_over_silence(card, folder, calibration))
