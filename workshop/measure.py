"""What a card says of a model's quality, measured on the corpus' valid split.

In: scores of tracks that no weights were trained on, and what people say of them. Out: plain
numbers with four digits. Songs with MagnaTagATune tags are fully labelled: what no listener gave is
absent. Of the other recordings only some tags are certain.
"""

from pathlib import Path
from typing import Any

import numpy as np

from earmark.evaluation.calibration import reliability
from earmark.evaluation.decisions import agreement
from earmark.evaluation.metrics import (
    average_precision,
    countable,
    counts,
    evaluate,
    per_tag,
    roc_auc,
)
from earmark.tagging.display import displayed
from earmark.training.export.calibrate import Evidence, by_group
from earmark.training.export.model_folder import rounded
from earmark.vocabulary import official_vocabulary
from workshop.corpus import Corpus

LEAST = 4  # songs with and without a tag that it needs to be measured
LEAST_CERTAIN = 10  # the same of other recordings
GOOD = 0.85  # ROC-AUC
QUIET = ("one-shot", "environment", "speech")  # kinds of sounds without music
BANDS = (0.0, 0.1, 0.2, 0.3, 0.4)  # of scores, each up to the next


def measure(corpus: Corpus, rows: np.ndarray, scores: np.ndarray, musicnn: Path) -> dict[str, Any]:
    """Quality on songs with MagnaTagATune tags, over the peer's 50 tags and over all 188.

    Parameters
    ----------
    corpus : Corpus
    rows : np.ndarray [shape=(songs,)], of the corpus
    scores : np.ndarray [shape=(songs, 188)]
    musicnn : Path, the peer's scores of every file
    """
    truth = corpus.mtat_fractions()[rows] > 0
    artists = corpus.column("artist")[rows]
    with np.load(musicnn) as peer:
        labels, peer_scores = [str(label) for label in peer["labels"]], peer["score"][rows]
    peer_scores = peer_scores.astype(np.float32)
    top = [official_vocabulary().index(label) for label in labels]
    counted = countable(truth, LEAST)
    return {
        "top50": rounded(evaluate(truth[:, top], scores[:, top], artists, least=LEAST)),
        "all188": rounded(evaluate(truth, scores, artists, least=LEAST)),
        "musicnn_top50": rounded(evaluate(truth[:, top], peer_scores, artists, least=LEAST)),
        "per_tag": [
            rounded(
                {
                    "tag": label,
                    "positives": int(truth[:, j].sum()),
                    "roc_auc": roc_auc(truth[:, j], scores[:, j]),
                    "pr_auc": average_precision(truth[:, j], scores[:, j]),
                    "musicnn_roc_auc": roc_auc(truth[:, j], peer_scores[:, i]),
                    "musicnn_pr_auc": average_precision(truth[:, j], peer_scores[:, i]),
                }
            )
            for i, (label, j) in enumerate(zip(labels, top, strict=True))
            if counted[j]
        ],
        "other_tags": tag_table(truth, scores, LEAST, without=set(labels)),
    }


def measure_recordings(corpus: Corpus, rows: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
    """Quality on other recordings, where a tag counts with ten certain songs of either kind.

    Parameters
    ----------
    corpus, rows, scores : as for :func:`measure`
    """
    labels = corpus.human_labels()[rows]
    table = tag_table(labels, scores, LEAST_CERTAIN)
    areas = np.array([row["roc_auc"] for row in table])
    return {
        "sounds": len(rows),
        "tags": len(table),
        "roc_auc": round(float(areas.mean()), 4) if len(areas) else float("nan"),
        "share_over_85": round(float((areas > GOOD).mean()), 4) if len(areas) else float("nan"),
        "per_tag": table,
    }


def measure_calibration(
    fractions: np.ndarray, before: np.ndarray, calibrated: np.ndarray, shown: np.ndarray
) -> dict[str, Any]:
    """How honest scores are on songs with MagnaTagATune tags.

    A score promises the chance that a listener of a clip gives the tag, so it is held against the
    share of the song's clips that got it.

    Parameters
    ----------
    fractions : np.ndarray [shape=(songs, tags), in [0, 1]]
    before, calibrated : np.ndarray [same shape], scores as the network gives them, and out of fold
    shown : np.ndarray [same shape, bool], out of fold

    Returns
    -------
    dict
        ``songs``; expected calibration ``error`` and that ``before``; ``shown_per_song``, and
        ``precision``, ``recall`` and ``f1`` of what is shown over all cells, where a tag is there
        if any listener gave it.
    """
    found = agreement((fractions > 0).astype(np.float32), shown.astype(np.float32)).pooled()
    figures = {name: float(getattr(found, name)[0]) for name in ("precision", "recall", "f1")}
    return rounded(
        {
            "songs": len(fractions),
            "error_before": reliability(fractions, before).error,
            "error": reliability(fractions, calibrated).error,
            "shown_per_song": float(shown.sum(1).mean()),
            **figures,
        }
    )


def evidence_of(corpus: Corpus, rows: np.ndarray) -> Evidence:
    """What is certain of some tracks: any listener's tags, else those of people and catalogues."""
    fractions, tags = corpus.mtat_fractions()[rows], official_vocabulary()
    songs = ~np.isnan(fractions[:, 0])
    said = np.where(songs[:, None], fractions > 0, corpus.human_labels()[rows])
    quiet = np.isin(corpus.column("kind")[rows], QUIET)
    return Evidence(by_group(said, tags), songs, quiet, tags)


def measure_shown(scores: np.ndarray, shown: np.ndarray, evidence: Evidence) -> dict[str, Any]:
    """How much of what people see is right: a listener gave the tag, or a synonym.

    Parameters
    ----------
    scores, shown : np.ndarray [shape=(tracks, tags)], out of fold; `shown` tells who is over
    evidence : Evidence, of these tracks

    Returns
    -------
    dict
        For ``songs`` with listeners' tags and for other ``recordings``: how many there are,
        ``tags`` seen of each, the share of those that is ``right`` among ``known`` ones, and for
        songs the same by bands of the score.
    """
    seen = np.zeros(shown.shape, bool)
    for row, over in enumerate(shown):
        heard = np.where(over, scores[row], 0)
        places = displayed(heard, np.full(over.shape, 1e-4), evidence.vocabulary)
        seen[row, places] = True

    def part(cells: np.ndarray) -> dict[str, Any]:
        known = cells & ~np.isnan(evidence.right)
        right = float(evidence.right[known].mean()) if known.any() else float("nan")
        return {"known": int(known.sum()), "right": round(right, 4)}

    def of(rows: np.ndarray) -> dict[str, Any]:
        tags = round(float(seen[rows].sum(1).mean()), 4) if rows.any() else float("nan")
        return {"sounds": int(rows.sum()), "tags": tags, **part(seen & rows[:, None])}

    ends = (*BANDS[1:], np.inf)
    inside = seen & evidence.songs[:, None]
    bands = [
        {"from": low, **part(inside & (scores >= low) & (scores < high))}
        for low, high in zip(BANDS, ends, strict=True)
    ]
    return {
        "songs": {**of(evidence.songs), "bands": [band for band in bands if band["known"]]},
        "recordings": of(~evidence.songs),
    }


def tag_table(
    truth: np.ndarray, scores: np.ndarray, least: int, without: set[str] | None = None
) -> list[dict[str, Any]]:
    """A row for each tag that can be measured, in the vocabulary's order.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs, 188)], boolean, or float with NaN for unknown
    scores : np.ndarray [same shape]
    least : int > 0, songs with and without a tag that it needs
    without : set of str, tags to leave out
    """
    truth = truth.astype(np.float64)
    positives, negatives = counts(truth, scores)
    roc, pr = per_tag(truth, scores)
    return [
        rounded(
            {
                "tag": tag,
                "positives": int(positives[j]),
                "negatives": int(negatives[j]),
                "roc_auc": float(roc[j]),
                "pr_auc": float(pr[j]),
            }
        )
        for j, tag in enumerate(official_vocabulary().names)
        if min(positives[j], negatives[j]) >= least and tag not in (without or ())
    ]
