"""Parts of a collection to judge by, none of which shares an artist or a source with another.

In: the group of each song. Out: its fold. Whatever is fitted on all folds but one is judged on that
one, so quality is that of songs by others than those it was fitted on.
"""

from collections.abc import Sequence

import numpy as np


def grouped_folds(
    groups: Sequence[str] | np.ndarray,
    folds: int,
    *,
    kinds: np.ndarray | None = None,
    seed: int | None = None,
) -> np.ndarray:
    """A fold for each song, that of its group.

    Without kinds, groups are dealt to the folds in turn. With them they are dealt largest first,
    each to the fold with the fewest songs of the group's kinds, so that each kind is in as many
    folds as can be.

    Parameters
    ----------
    groups : sequence of str or np.ndarray [shape=(songs,)], artists or sources
    folds : int > 0; where there are fewer groups, as many as these
    kinds : np.ndarray [shape=(songs,), int >= 0] or None, the shelf or the tag of each song
    seed : int or None
        Of the order in which groups (of one size) are dealt; None for that of their names.

    Returns
    -------
    np.ndarray [shape=(songs,), int in [0, folds)]
    """
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    order = np.arange(len(names))
    if seed is not None:
        order = np.argsort(np.random.default_rng(seed).permutation(order))
    of_group = np.empty(len(names), np.int64)
    if kinds is None:
        of_group[order] = np.arange(len(names)) % folds
        return of_group[group]
    held = np.zeros((len(names), kinds.max() + 1))
    np.add.at(held, (group, kinds), 1)
    load = np.zeros((min(folds, len(names)), held.shape[1]))
    for place in order[np.argsort(-held.sum(axis=1)[order], kind="stable")]:
        here = held[place] > 0
        of_group[place] = np.lexsort((load.sum(axis=1), load[:, here].sum(axis=1)))[0]
        load[of_group[place]] += held[place]
    return of_group[group]
