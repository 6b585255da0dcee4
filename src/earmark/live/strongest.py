"""The strongest tags of a moment, one a synonym group, also below their thresholds."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from earmark.vocabulary import Vocabulary

SHOWN = 5


def strongest(
    scores: np.ndarray, thresholds: np.ndarray, vocabulary: "Vocabulary", count: int = SHOWN
) -> dict[str, float]:
    """Tags with their scores, by how near they are to their thresholds.

    No two are of one group or contradict each other.

    Parameters
    ----------
    scores, thresholds : np.ndarray [shape=(tags,)]
    vocabulary : Vocabulary
    count : int
    """
    names, found = vocabulary.names, {}
    for place in np.argsort(-scores / np.maximum(thresholds, 1e-6)):
        name = names[place]
        group = vocabulary.group(name)
        if any(vocabulary.group(n) == group or vocabulary.contradicts(name, n) for n in found):
            continue
        found[name] = float(scores[place])
        if len(found) == count:
            break
    return found
