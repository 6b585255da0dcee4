"""Which distance finds neighbours that people gave the same tags, and how long neighbours take.

``python benchmarks/similar.py --corpus CORPUS --heard heard.npz`` prints the table of
docs/neighbours.md: for each song with tags, the five nearest of other sources in the same split,
and the mean Jaccard of their tags with its own. ``--songs 100000`` times `nearest` on generated
vectors.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from heard_corpus import heard_corpus

from earmark.library.similar import nearest
from earmark.tagging.calibration import logit

NEIGHBOURS = 5


def unit(x: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def standard(x: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Mean 0 and deviation 1 over the rows `of`."""
    return (x - x[of].mean(0)) / (x[of].std(0) + 1e-6)


def white(x: np.ndarray, of: np.ndarray, share: float, power: float = 1.0) -> np.ndarray:
    """Equal spread in all directions, up to `share` of the mean spread and to a `power`."""
    spread, axes = np.linalg.eigh(np.cov(x[of].T))
    return (x - x[of].mean(0)) @ (axes / (spread + share * spread.mean()) ** (power / 2))


def distances(e: np.ndarray, s: np.ndarray, of: np.ndarray) -> dict[str, tuple[np.ndarray, bool]]:
    """Name -> places of songs, and whether the cosine is asked for."""
    both = unit(standard(e, of))
    return {
        "embedding, Euclid": (e, False),
        "embedding, cosine": (e, True),
        "centred, cosine": (e - e[of].mean(0), True),
        "standardised, Euclid": (standard(e, of), False),
        "standardised, cosine": (standard(e, of), True),
        "square roots, standardised, cosine": (standard(np.sqrt(np.abs(e)) * np.sign(e), of), True),
        "half whitened, cosine": (white(e, of, 0.01, 0.5), True),
        "whitened, cosine": (white(e, of, 0.01), True),
        "whitened with a floor, cosine": (white(e, of, 1.0), True),
        "scores, cosine": (s, True),
        "log-odds of scores, cosine": (logit(s), True),
        "standardised beside log-odds": (
            np.hstack([both, 0.5 * unit(standard(logit(s), of))]),
            True,
        ),
    }


def judge(x: np.ndarray, cosine: bool, tags: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Mean Jaccard over songs, and over sources."""
    x = unit(x) if cosine else x
    near = x @ x.T if cosine else 2 * x @ x.T - (x**2).sum(1) - (x**2).sum(1)[:, None]
    near[source[:, None] == source] = -np.inf
    top = np.argsort(-near, axis=1)[:, :NEIGHBOURS]
    both = np.einsum("ij,ikj->ik", tags, tags[top])
    either = tags.sum(1)[:, None] + tags[top].sum(2) - both
    return _means((both / either).mean(1), source)


def chance(tags: np.ndarray, source: np.ndarray) -> np.ndarray:
    """The same for neighbours drawn from the other sources."""
    both = tags @ tags.T
    jaccard = both / (tags.sum(1)[:, None] + tags.sum(1) - both)
    other = source[:, None] != source
    return _means((jaccard * other).sum(1) / other.sum(1), source)


def _means(values: np.ndarray, source: np.ndarray) -> np.ndarray:
    _, which, counts = np.unique(source, return_inverse=True, return_counts=True)
    return np.array([values.mean(), np.average(values, weights=1 / counts[which])])


def table(corpus: Path, kept: Path) -> None:
    """Print the table."""
    heard = heard_corpus(corpus, kept)
    tags = np.nan_to_num(heard.labels())
    split, source, there = heard.column("split"), heard.column("source"), tags.sum(1) > 0
    train = split == "train"
    e, s = heard.embeddings.astype(np.float64), heard.scores.astype(np.float64)
    print("| distance | train, songs | train, sources | valid, songs | valid, sources |")
    print("|---|---|---|---|---|")
    parts = [np.flatnonzero(there & (split == name)) for name in ("train", "valid")]
    by_chance = [chance(tags[part], source[part]) for part in parts]
    rows = [("by chance", by_chance)]
    for name, (x, cosine) in distances(e, s, train).items():
        rows.append((name, [judge(x[p], cosine, tags[p], source[p]) for p in parts]))
    for name, found in rows:
        print(f"| {name} | " + " | ".join(f"{v:.3f}" for pair in found for v in pair) + " |")


def speed(songs: int) -> None:
    """Print milliseconds of the processor for ten neighbours, and whether they are exact."""
    rng = np.random.default_rng(0)
    vectors = np.empty((songs, 192), np.float32)
    for start in range(0, songs, 50_000):
        vectors[start : start + 50_000] = unit(
            rng.standard_normal((min(50_000, songs - start), 192))
        )
    taken, exact = [], 0
    for query in range(8):
        begin, clock = time.process_time(), time.perf_counter()
        found = nearest(vectors, vectors[query], 10, leave_out=[query])
        taken.append((time.process_time() - begin, time.perf_counter() - clock))
        cosines = np.concatenate(
            [b.astype(float) @ vectors[query] for b in np.array_split(vectors, 50)]
        )
        cosines[query] = -np.inf
        exact += len(set(np.argsort(-cosines)[:10]) & set(found.places.tolist()))
    cpu, wall = np.median(taken[1:], axis=0) * 1000
    print(f"{songs:,} songs: {cpu:.0f} ms of the processor, {wall:.0f} ms on the clock, ", end="")
    print(f"recall@10 {exact / 80:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--heard", type=Path, default=Path("heard.npz"))
    parser.add_argument("--songs", type=int, nargs="*", default=[])
    given = parser.parse_args()
    if given.corpus:
        table(given.corpus, given.heard)
    for count in given.songs:
        speed(count)
