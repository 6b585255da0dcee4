"""What the regression of ``ar`` adds to its likelihood ratios, on the corpus' valid windows.

Run ``python benchmarks/ar_ratios.py --corpus CORPUS`` after the tracks are made (docs/training.md).
A sound's score is the plain mean over its own windows, before calibration.
"""

import argparse
from pathlib import Path

import numpy as np

from earmark.evaluation.metrics import evaluate
from earmark.tagging import Network
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from earmark.zoo import find_model
from workshop.corpus import load_corpus
from workshop.measure import LEAST, measure_recordings
from workshop.tracks import load_tracks

AT_ONCE = 256  # windows


def main() -> None:
    """Print both as a table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"))
    options = parser.parse_args()
    corpus = load_corpus(options.corpus, options.cache, 1)
    tracks = load_tracks(options.tracks, corpus)
    own = (corpus.column("split") == "valid")[tracks["row"]]
    mels, network = tracks["mel"][own], Network(find_model("ar"))
    parts = [
        network(mels[first : first + AT_ONCE].astype(np.float32))
        for first in range(0, len(mels), AT_ONCE)
    ]
    scores, embeddings = (np.concatenate(some) for some in zip(*parts, strict=True))
    rows, which = np.unique(tracks["row"][own], return_inverse=True)
    truth = corpus.mtat_fractions()[rows]
    songs = ~np.isnan(truth[:, 0])
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    print("| of ar | songs, top 50: ROC-AUC | PR-AUC | other recordings: ROC-AUC |")
    print("|---|---|---|---|")
    ratios = embeddings[:, : scores.shape[1]]  # standardised, which changes no order
    for name, windows in (("likelihood ratios", ratios), ("scores", scores)):
        sums = np.zeros((len(rows), windows.shape[1]))
        np.add.at(sums, which, windows)
        means = sums / np.bincount(which)[:, None]
        there, said = truth[songs][:, top] > 0, means[songs][:, top]
        found = evaluate(there, said, np.arange(songs.sum()), least=LEAST, draws=1)
        others = measure_recordings(corpus, rows[~songs], means[~songs])
        print(
            f"| {name} | {found['roc_auc']:.3f} | {found['pr_auc']:.3f} | {others['roc_auc']:.3f} |"
        )


if __name__ == "__main__":
    main()
