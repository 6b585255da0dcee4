"""Where things go on an axis: tags by category, names apart from each other, like beside like."""

import numpy as np

from earmark.vocabulary import CATEGORIES, Vocabulary


def by_category(vocabulary: Vocabulary) -> tuple[np.ndarray, dict[str, tuple[int, int]]]:
    """Tags grouped by category, in each category in the vocabulary's order.

    Returns
    -------
    order : np.ndarray [shape=(tags,), int], indices of the tags
    spans : dict, category -> its first and last place in `order`; those without a tag are left out
    """
    kinds = np.array([CATEGORIES.index(tag.category) for tag in vocabulary.tags], int)
    order = np.argsort(kinds, kind="stable")
    spans = {}
    for kind, category in enumerate(CATEGORIES):
        if len(places := np.flatnonzero(kinds[order] == kind)):
            spans[category] = (int(places[0]), int(places[-1]))
    return order, spans


def spread(places: np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """Places moved as little as possible so that neighbours are at least `gap` apart.

    Parameters
    ----------
    places : np.ndarray [shape=(n,)], ascending
    gap : float >= 0
    low, high : float, no place is outside, unless there are too many for that

    Returns
    -------
    np.ndarray [shape=(n,), float64]
        The least squares solution: with ``i * gap`` taken off, places must not fall, which pooling
        neighbours that do (Ayer et al. 1955) solves.
    """
    if not len(places):
        return np.zeros(0)
    steps = gap * np.arange(len(places))
    pools: list[tuple[float, int]] = []
    for value in np.asarray(places, np.float64) - steps:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m)]
    level = np.repeat([value for value, _ in pools], [n for _, n in pools])
    return np.clip(level, low, max(low, high - steps[-1])) + steps


def alike_order(distances: np.ndarray) -> list[int]:
    """Things in a row so that those which are alike stand together.

    Clusters are joined by average linkage (Sokal & Michener 1958), and each pair of clusters is
    turned so that their nearest ends meet.

    Parameters
    ----------
    distances : np.ndarray [shape=(n, n)], symmetric

    Returns
    -------
    list of int, a permutation of ``range(n)``
    """
    between = distances.astype(np.float64).copy()
    np.fill_diagonal(between, np.inf)
    rows = [[i] for i in range(len(distances))]
    while len(rows) > 1:
        a, b = sorted(divmod(int(between.argmin()), len(rows)))
        sizes = len(rows[a]), len(rows[b])
        mean = np.average(between[[a, b]], axis=0, weights=sizes)
        rows[a] = _joined(rows[a], rows[b], distances)
        between[a], between[:, a], between[a, a] = mean, mean, np.inf
        between = np.delete(np.delete(between, b, 0), b, 1)
        del rows[b]
    return rows[0] if rows else []


def _joined(a: list[int], b: list[int], distances: np.ndarray) -> list[int]:
    turns = [(x, y) for x in (a, a[::-1]) for y in (b, b[::-1])]
    x, y = min(turns, key=lambda turn: distances[turn[0][-1], turn[1][0]])
    return x + y
