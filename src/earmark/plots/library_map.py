"""A library as a map: songs that sound alike lie near each other, groups in colours."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import OutputError
from earmark.extras import install_command
from earmark.plots.style import CYCLE, INK, PALE, SMALL, new_figure, shortened, style_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN = 2000  # songs that are placed; a map of more takes long and shows no more
COLOURED = 6  # groups with a colour of their own, the largest


def library_map(
    vectors: np.ndarray, numbers: np.ndarray, names: Sequence[str], seed: int = 0
) -> "Figure":
    """Songs of a library on a plane, by t-SNE (van der Maaten & Hinton 2008).

    Parameters
    ----------
    vectors : np.ndarray [shape=(songs, d), float32], each of length 1
    numbers : np.ndarray [shape=(songs,), int], group of each from 0 on, -1 for none
    names : sequence of str, of the groups
    seed : int, decides which songs are drawn where there are very many

    Returns
    -------
    Figure
        Each group has its number and name at its middle; songs in none are pale. Only who is
        whose neighbour means something, not the distance between far places.

    Raises
    ------
    OutputError
        matplotlib or scikit-learn is not installed.
    """
    figure = new_figure(8, 7.5, f"{len(vectors):,} songs in {len(names)} groups")
    axes = figure.add_subplot()
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(vectors))[:DRAWN])
    places, numbers = _places(vectors[chosen], seed), numbers[chosen]
    outside = numbers < 0
    axes.scatter(*places[outside].T, s=6, color=PALE, linewidths=0)
    for number, name in enumerate(names):
        own = places[numbers == number]
        if not len(own):
            continue
        # The seventh and later groups share colours, but not shapes.
        colour = CYCLE[number % COLOURED]
        marker = "os^Dv"[number // COLOURED % 5]
        axes.scatter(*own.T, s=12, color=colour, marker=marker, linewidths=0, alpha=0.8)
        middle = np.median(own, axis=0)
        label = f"{number + 1} {shortened(name, 40)}"
        box = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1}
        axes.text(*middle, label, fontsize=SMALL, color=INK, ha="center", va="center", bbox=box)
    style_axes(axes)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _places(vectors: np.ndarray, seed: int) -> np.ndarray:
    """A place on the plane for each song [shape=(songs, 2)]."""
    if len(vectors) < 5:
        return np.resize(vectors[:, :2], (len(vectors), 2))
    try:
        from sklearn.manifold import TSNE
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise OutputError(f"maps need scikit-learn: {install_command('library')}") from error
    perplexity = min(30, (len(vectors) - 1) / 3)
    # Its threads wait for each other by spinning, which costs more than they bring.
    with threadpool_limits(1):
        return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(vectors)
