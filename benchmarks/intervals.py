"""Whether the bootstrap's intervals hold the truth, where the truth is known.

Run ``python benchmarks/intervals.py [--songs 28] [--tags 30]``. Songs and scores are drawn from a
known law (normal scores, a tag's lie 1.4 higher where it is there, which three songs in ten have),
so the macro ROC-AUC and PR-AUC of endlessly many songs are known. Printed is for both how often the
95 % interval holds it, where the estimate lies among its own draws, and its mean error.
"""

import argparse

import numpy as np

from earmark.evaluation.bootstrap import METRICS, draw_weights, interval, macro_draws, tag_draws

RATE, APART = 0.3, 1.4
ENDLESS = 20_000  # songs that stand for all
LEAST = 4  # positives of a tag that counts


def main() -> None:
    """Print a line a metric."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=int, default=28)
    parser.add_argument("--tags", type=int, default=30)
    parser.add_argument("--draws", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    whole = tag_draws(*drawn(random, ENDLESS, 1), np.array([True]), np.ones((1, ENDLESS)))
    held = {metric: 0 for metric in METRICS}
    places = {metric: [] for metric in METRICS}
    errors = {metric: [] for metric in METRICS}
    for seed in range(options.rounds):
        truth, scores = drawn(random, options.songs, options.tags)
        positives = truth.sum(0)
        counts = (positives >= LEAST) & (positives <= options.songs - LEAST)
        weights = draw_weights(np.arange(options.songs).astype(str), options.draws, seed)
        estimates = tag_draws(truth, scores, counts, np.ones((1, options.songs)))
        draws = tag_draws(truth, scores, counts, weights)
        for metric in METRICS:
            target, estimate = whole[metric][0, 0], macro_draws(estimates[metric])[0]
            values = macro_draws(draws[metric])
            low, high = interval(values)
            held[metric] += low <= target <= high
            places[metric].append((values < estimate).mean())
            errors[metric].append(estimate - target)
    for metric in METRICS:
        print(
            f"{metric}: truth {whole[metric][0, 0]:.3f}, held {held[metric] / options.rounds:.0%}, "
            f"estimate above {np.mean(places[metric]):.0%} of its draws, "
            f"mean error {np.mean(errors[metric]):+.3f}"
        )


def drawn(random: np.random.Generator, songs: int, tags: int) -> tuple[np.ndarray, np.ndarray]:
    """Truth and scores [shape=(songs, tags)]."""
    truth = random.random((songs, tags)) < RATE
    scores = random.normal(size=(songs, tags)) + APART * truth
    return truth.astype(np.float32), scores


if __name__ == "__main__":
    main()
