"""Which tags of one sound people see: over their thresholds, no synonyms, no contradictions."""

import numpy as np

from earmark.vocabulary import Vocabulary


def displayed(scores: np.ndarray, thresholds: np.ndarray, vocabulary: Vocabulary) -> list[int]:
    """Places of the tags to show a person, best first.

    Of each synonym group only the highest that reaches its threshold is shown, and of two that
    contradict each other only the one that is further over its threshold.

    Parameters
    ----------
    scores, thresholds : np.ndarray [shape=(tags,)]; a NaN score is never shown
    vocabulary : Vocabulary, of the same tags
    """
    names = vocabulary.names
    best: dict[str, int] = {}
    margins: dict[str, float] = {}
    for i in np.flatnonzero(scores >= thresholds).tolist():
        group = vocabulary.group(names[i])
        if group not in best or scores[i] > scores[best[group]]:
            best[group] = i
        margin = float(scores[i] / max(thresholds[i], 1e-6))
        margins[group] = max(margins.get(group, 0.0), margin)
    kept: list[int] = []
    for group in sorted(best, key=lambda group: -margins[group]):
        name = names[best[group]]
        if not any(vocabulary.contradicts(name, names[i]) for i in kept):
            kept.append(best[group])
    return sorted(kept, key=lambda i: -scores[i])
