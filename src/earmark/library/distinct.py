"""What sets some songs apart from others, in tags: which they have more of, and how surely.

Shares of songs over a tag's threshold are compared by the log of their odds. Both shares get half a
song with and half a song without the tag on top (Haldane 1940, Anscombe 1956), so that a tag that
nobody has does not count as infinitely rare.
"""

from collections.abc import Iterator

import numpy as np

from earmark.vocabulary import Vocabulary

SURE = 3.0  # standard errors that a difference must be from none to give a name
LEAST_SHARE = 0.15  # of the songs that a tag must have to name them


def log_odds(within: np.ndarray, of: float, without: np.ndarray, of_others: float) -> np.ndarray:
    """How many standard errors a tag's odds are over those of the others.

    Parameters
    ----------
    within, without : np.ndarray [shape=(tags,)], songs with each tag, here and elsewhere
    of, of_others : float, songs here and elsewhere

    Returns
    -------
    np.ndarray [shape=(tags,)], positive where the tag is more frequent here
    """
    cells = [within + 0.5, of - within + 0.5, without + 0.5, of_others - without + 0.5]
    difference = np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
    return difference / np.sqrt(sum(1 / cell for cell in cells))


def naming_tags(
    there: np.ndarray, chosen: np.ndarray, vocabulary: Vocabulary, most: int = 3
) -> Iterator[str]:
    """Tags that some songs have more of than the rest, the most telling first.

    Parameters
    ----------
    there : np.ndarray [shape=(songs, tags), bool], which tags each song has
    chosen : np.ndarray [shape=(songs,), bool]
    vocabulary : Vocabulary, names of the tags
    most : int >= 0

    Yields
    ------
    str
        One of each group of synonyms, none that contradicts an earlier one.
    """
    here, size = there[chosen].sum(0, dtype=float), float(chosen.sum())
    rest = there.sum(0, dtype=float) - here
    surely = log_odds(here, size, rest, len(there) - size)
    # What many of these songs have and few others: a rare tag that is surely more frequent here
    # would say little of most of them.
    telling = here / max(size, 1) - rest / max(len(there) - size, 1)
    names: list[str] = []
    for place in np.argsort(-telling, kind="stable"):
        name = vocabulary.names[place]
        if len(names) == most:
            return
        if surely[place] < SURE or here[place] < LEAST_SHARE * size:
            continue
        if any(
            vocabulary.group(name) == vocabulary.group(other) or vocabulary.contradicts(name, other)
            for other in names
        ):
            continue
        names.append(name)
        yield name
