"""From a strength that flickers to passages that begin and end: the likeliest course of on and off.

Each row's strength is evidence for on or off, its log-odds; a change costs as much as evidence of
e to 1 over half a second. The course with the least cost is found by dynamic programming (Viterbi
1967, *Error bounds for convolutional codes*). docs/time.md has the measurement beside a running
median and two thresholds.
"""

import numpy as np

ON = 0.5  # strength from which a row speaks for on
CHANGE_COST = 1.0  # in units of log-odds over EVIDENCE_SECONDS
EVIDENCE_SECONDS = 0.5
SURE = 1e-3  # strengths are kept this far from 0 and 1


def likeliest(strengths: np.ndarray, hop: float, on: float = ON) -> np.ndarray:
    """Whether each row belongs to a passage.

    Parameters
    ----------
    strengths : np.ndarray [shape=(n,), in [0, 1]]
    hop : float > 0, seconds of a row
    on : float in (0, 1), strength that speaks neither for nor against

    Returns
    -------
    np.ndarray [shape=(n,), bool]
    """
    weight = hop / EVIDENCE_SECONDS
    evidence = weight * (log_odds(strengths) - log_odds(on))
    off_score = on_score = 0.0
    from_on = np.zeros((len(evidence), 2), bool)  # whether the best way to off, to on, was on
    for row, gain in enumerate(evidence):
        from_on[row] = on_score - CHANGE_COST > off_score, on_score >= off_score - CHANGE_COST
        off_score, on_score = (
            max(off_score, on_score - CHANGE_COST),
            max(on_score, off_score - CHANGE_COST) + float(gain),
        )
    inside = np.zeros(len(evidence), bool)
    state = on_score > off_score
    for row in range(len(evidence) - 1, -1, -1):
        inside[row] = state
        state = bool(from_on[row, int(state)])
    return inside


def log_odds(strengths: np.ndarray | float) -> np.ndarray:
    """Evidence of strengths; what is surer than sure counts as sure."""
    kept = np.clip(np.asarray(strengths, np.float64), SURE, 1 - SURE)
    odds: np.ndarray = np.log(kept) - np.log1p(-kept)
    return odds


def edges(inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First row of each run of True, and the row after its last."""
    steps = np.diff(np.concatenate([[0], inside.astype(np.int8), [0]]))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
