"""What a feature beside log-mel adds to which tags: differences to log-mel alone, seed by seed.

The same seed hears the same clips in the same order, so the differences are paired. Agreement with
the teachers over all valid sounds is less noisy than the areas of 28 songs.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import t

from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.comparison.spread import spread

BASE = "log-mel"
ASKED = ("fast", "slow", "beat", "techno", "drums", "jazz", "piano", "violin", "harpsichord")
ASKED += ("singing", "female vocal", "male vocal", "ambient", "quiet")
MOST = 4  # tags that are named


def differences(rows: dict[str, list[dict]], name: str, measure: str) -> np.ndarray:
    """A row's values minus those of log-mel alone [shape=(seeds, 188)], NaN where unknown."""
    pairs = zip(rows[name], rows[BASE], strict=False)
    found = [
        np.array(own["per_tag"][measure], float) - np.array(base["per_tag"][measure], float)
        for own, base in pairs
    ]
    return np.stack(found)


def clear_tags(changes: np.ndarray, sign: int) -> str:
    """Names of the top-50 tags that gain (1) or lose (-1) most, of those that do so clearly.

    Clearly: by a two-sided t-test at 5 %, so that of 50 tags two or three do so by chance.
    """
    if len(changes) < 2:
        return "one seed"
    mean = changes.mean(0) * sign
    error = changes.std(0, ddof=1) / np.sqrt(len(changes)) * t.ppf(0.975, len(changes) - 1)
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    clear = [i for i in top if mean[i] > error[i]]
    best = sorted(clear, key=lambda i: -mean[i])[:MOST]
    names = official_vocabulary().names
    return ", ".join(f"*{names[i]}* {sign * mean[i]:+.3f}" for i in best) or "none"


def change(rows: dict[str, list[dict]], name: str, tag: str) -> str:
    """How much a row's agreement on a tag differs from that of log-mel alone."""
    values = differences(rows, name, "agreement")[:, official_vocabulary().index(tag)]
    return spread(list(values), "+")


def feature_tables(
    rows: dict[str, list[dict]], table: Callable[[list[str], list[list[str]]], str]
) -> dict[str, str]:
    """The tables ``added`` (most and least) and ``asked`` (some tags, all features)."""
    others = [name for name in rows if name != BASE]
    if not others or len(rows[BASE]) < 2:
        return {"added": "", "asked": ""}
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    added = []
    for name in others:
        changes = differences(rows, name, "agreement")
        whole = [float(value) for value in np.nanmean(changes[:, top], axis=1)]
        added.append([name, spread(whole, "+"), clear_tags(changes, 1), clear_tags(changes, -1)])
    asked = [[tag, *(change(rows, name, tag) for name in others)] for tag in ASKED]
    return {
        "added": table(["row", "top 50", "gain most", "lose most"], added),
        "asked": table(["tag", *others], asked),
    }
