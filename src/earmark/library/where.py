"""Which songs of a library an expression is true of."""

import numpy as np

from earmark.library.songs import Songs
from earmark.vocabulary import evaluate, parse_expression
from earmark.vocabulary.expressions import facts_of

GROUP = "group"  # the word before the number of a kept group


def where(songs: Songs, text: str) -> np.ndarray:
    """Songs that `text` is true of.

    Parameters
    ----------
    songs : Songs
    text : str, as ``violin and slow and not group:3``; docs/expressions.md has the grammar

    Returns
    -------
    np.ndarray [shape=(songs,), bool]

    Raises
    ------
    ExpressionError
        The expression makes no sense.
    """
    hearing = songs.hearing
    expression = parse_expression(text, hearing.vocabulary, facts=(GROUP,))
    facts = {word: _is_fact(songs, word) for word in facts_of(expression)}
    return evaluate(expression, songs.scores, hearing.thresholds, facts).truth


def _is_fact(songs: Songs, word: str) -> np.ndarray:
    number = word.partition(":")[2]
    known = songs.catalogue.members(int(number)) if number.isdecimal() else np.zeros(0, np.int64)
    return np.isin(songs.ids, known)
