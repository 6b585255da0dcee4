"""Ten songs a tag against the model's own training: ROC-AUC on songs of other groups.

``python benchmarks/teach.py --corpus CORPUS --heard heard.npz``: for ten tags, ten songs each are
drawn from the training split, spread over artists; the head learns from these alone. It and the
default model's own score are judged on the valid split: on all of it, and on songs that are not of
a group or artist that taught the head, where there are enough.
"""

import argparse
from pathlib import Path

import numpy as np
from heard_corpus import heard_corpus

from earmark.evaluation.metrics import roc_auc
from earmark.teaching.head import RIDGE, fit_head
from earmark.vocabulary import official_vocabulary

TAGS = ("vocals", "rock", "piano", "guitar", "drums", "woman", "man", "bass", "percussion")
TAGS = (*TAGS, "strings")
SONGS, DRAWS, LEAST = 10, 5, 5


def drawn(labels: np.ndarray, train: np.ndarray, group: np.ndarray, seed: int) -> np.ndarray:
    """Rows of the examples: of each tag as many as wanted, one of each group before a second."""
    rng, rows = np.random.default_rng(seed), set()
    for tag in labels.T:
        order = rng.permutation(np.flatnonzero((tag == 1) & train))
        seen: dict[str, int] = {}
        ranks = []
        for row in order:
            ranks.append(seen.setdefault(group[row], 0))
            seen[group[row]] += 1
        rows.update(order[np.argsort(ranks, kind="stable")[:SONGS]].tolist())
    return np.array(sorted(rows))


def main(corpus: Path, kept: Path) -> None:
    """Print the table."""
    heard, vocabulary = heard_corpus(corpus, kept), official_vocabulary()
    places = [vocabulary.index(tag) for tag in TAGS]
    labels, scores = heard.labels()[:, places], heard.scores[:, places]
    split, groups = heard.column("split"), heard.column("group")
    group = np.where(heard.column("artist") == "", groups, heard.column("artist"))
    train, valid = split == "train", split == "valid"
    areas = np.full((4, DRAWS, len(TAGS)), np.nan)
    for seed in range(DRAWS):
        rows = drawn(labels, train, group, seed)
        weights = np.ones(len(rows))
        head = fit_head(heard.embeddings[rows].astype(float), labels[rows], weights, RIDGE)
        told = head(heard.embeddings.astype(float))
        other = ~np.isin(group, group[rows]) & ~np.isin(groups, groups[rows])
        for column, songs in ((0, valid), (2, valid & other)):
            for tag in range(len(TAGS)):
                judged = songs & ~np.isnan(labels[:, tag])
                truth = labels[judged, tag] == 1
                if min(truth.sum(), (~truth).sum()) >= LEAST:
                    areas[column, seed, tag] = roc_auc(truth, told[judged, tag])
                    areas[column + 1, seed, tag] = roc_auc(truth, scores[judged, tag])
    print("| tag | ten songs | own score | ten songs, other groups | own score, other groups |")
    print("|---|---|---|---|---|")
    means = np.array([[_mean(area) for area in tag] for tag in areas.transpose(2, 0, 1)])
    for tag, row in zip(TAGS, means, strict=True):
        print(f"| {tag} | " + " | ".join("-" if np.isnan(v) else f"{v:.3f}" for v in row) + " |")
    both = ~np.isnan(means[:, 2])
    row = [*means[:, :2].mean(0), *means[both, 2:].mean(0)]
    print("| mean | " + " | ".join(f"{v:.3f}" for v in row) + " |")


def _mean(values: np.ndarray) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else float("nan")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--heard", type=Path, default=Path("heard.npz"))
    given = parser.parse_args()
    main(given.corpus, given.heard)
