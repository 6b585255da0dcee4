"""Platt scaling against isotonic regression, out of fold, on the corpus' valid split.

Run ``python benchmarks/calibration.py --corpus CORPUS --teachers TEACHERS`` after the tracks are
made (docs/training.md). Both are fitted as the exporter fits (five folds by artist, the same
targets and weights); isotonic regression only for tags with enough positives, the others keep
Platt's. The scores that are calibrated anew are those of a shipped model, whose own calibration is
monotone and so takes nothing from either.
"""

import numpy as np
from scipy.optimize import isotonic_regression

from earmark.evaluation.calibration import reliability
from earmark.folds import grouped_folds
from earmark.tagging.calibration import Calibration
from earmark.training.export.calibrate import FOLDS, fit_platt
from earmark.zoo import find_model
from workshop.corpus import load_corpus
from workshop.export import promises, song_scores
from workshop.inputs import corpus_parser
from workshop.labelled import track_guess
from workshop.teachers import Teachers
from workshop.tracks import load_tracks

MANY = (10, 30, 60, 120)  # positives from which on a tag gets isotonic regression


def isotonic(
    scores: np.ndarray, targets: np.ndarray, weights: np.ndarray, new: np.ndarray
) -> np.ndarray:
    """One tag's new scores by the rising steps that fit the others best."""
    order = np.argsort(scores)
    steps = isotonic_regression(targets[order], weights=weights[order]).x
    return np.interp(new, scores[order], steps)


def main() -> None:
    """Print a row for Platt scaling, and one for each number of positives."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    corpus, teachers = load_corpus(options.corpus, options.cache, 1), Teachers(options.teachers)
    rows = np.flatnonzero(corpus.column("split") == "valid")
    guess = track_guess(load_tracks(options.tracks, corpus), teachers, len(corpus.rows))[rows]
    scores = song_scores(find_model(options.model).folder, corpus, rows).astype(np.float64)
    targets, weights, groups = promises(corpus, rows, guess, teachers.confidence())
    fold = grouped_folds(groups, FOLDS, seed=0)
    positives = targets.sum(0)
    results = {f"isotonic from {many} positives": np.zeros_like(scores) for many in MANY}
    results = {"Platt": np.zeros_like(scores), **results}
    for number in range(FOLDS):
        held, rest = fold == number, fold != number
        platt = Calibration(*fit_platt(scores[rest], targets[rest], weights[rest]))
        results["Platt"][held] = platt(scores[held])
        for many in MANY:
            own = results[f"isotonic from {many} positives"]
            own[held] = platt(scores[held])
            for j in np.flatnonzero(positives >= many):
                fitted = scores[rest, j], targets[rest, j], weights[rest, j]
                own[held, j] = isotonic(*fitted, scores[held, j])
    fractions = corpus.mtat_fractions()[rows]
    songs = ~np.isnan(fractions[:, 0])
    print("| calibration | isotonic tags | songs: calibration error | all: squared error |")
    print("|---|---|---|---|")
    for name, own in results.items():
        many = int(name.split()[2]) if name != "Platt" else np.inf
        error = reliability(fractions[songs], own[songs]).error
        squared = float((weights * (own - targets) ** 2).sum() / weights.sum())
        print(f"| {name} | {(positives >= many).sum()} | {error:.4f} | {squared:.5f} |")


if __name__ == "__main__":
    main()
