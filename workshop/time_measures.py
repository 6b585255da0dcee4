"""How well passages in time were found: F1 over seconds, errors of boundaries, the censor's trade.

Checked against mir_eval on the way: recall and false alarms of seconds by
``melody.voicing_measures``, the median error of boundaries by ``segment.deviation``.
"""

from collections.abc import Sequence

import mir_eval
import numpy as np

from workshop.splices import Splice

Spans = Sequence[tuple[float, float]]
STEP = 0.05  # seconds; truth is known to .1 s


def active(spans: Spans, seconds: float) -> np.ndarray:
    """Which steps lie in a span [shape=(steps,), bool]."""
    middles = (np.arange(int(seconds / STEP)) + 0.5) * STEP
    inside = np.zeros(len(middles), bool)
    for start, end in spans:
        inside |= (middles >= start) & (middles < end)
    return inside


def by_second(steps: np.ndarray) -> np.ndarray:
    """Which whole seconds are active for at least half of their steps."""
    size = round(1 / STEP)
    return steps[: len(steps) // size * size].reshape(-1, size).mean(axis=1) >= 0.5


def boundaries(spans: Spans, seconds: float) -> np.ndarray:
    """Where spans begin and end, without the sound's own begin and end."""
    edges = np.array(sorted(edge for span in spans for edge in span))
    return edges[(edges > 0.3) & (edges < seconds - 0.6)]


def measured(truths: Sequence[Spans], found: Sequence[Spans], lengths: Sequence[float]) -> dict:
    """F1, precision and recall of seconds, and errors of boundaries in seconds.

    ``error`` and ``error_90`` look from each true boundary to the nearest found one, median and
    90th percentile; ``stray`` and ``stray_90`` from each found one to the nearest true one.
    """
    true = np.concatenate([by_second(active(s, n)) for s, n in zip(truths, lengths, strict=True)])
    said = np.concatenate([by_second(active(s, n)) for s, n in zip(found, lengths, strict=True)])
    precision = (true & said).sum() / max(said.sum(), 1)
    recall = (true & said).sum() / max(true.sum(), 1)
    errors, strays = [], []
    for truth, one, length in zip(truths, found, lengths, strict=True):
        edges, guesses = boundaries(truth, length), boundaries(one, length)
        distance = (
            np.abs(edges[:, None] - guesses) if len(guesses) else np.full((len(edges), 1), length)
        )
        errors += distance.min(axis=1).tolist()
        strays += distance.min(axis=0).tolist() if len(edges) and len(guesses) else []
        _check_boundaries(edges, guesses, length, distance)
    _check_seconds(true, said, recall)
    return {
        "F1": 2 * precision * recall / max(precision + recall, 1e-9),
        "precision": precision,
        "recall": recall,
        "error": np.median(errors),
        "error_90": np.percentile(errors, 90),
        "stray": np.median(strays) if strays else np.nan,
        "stray_90": np.percentile(strays, 90) if strays else np.nan,
        "boundaries": len(errors),
    }


def _check_seconds(true: np.ndarray, said: np.ndarray, recall: float) -> None:
    if not true.any() or not said.any():
        return
    theirs, alarms = mir_eval.melody.voicing_measures(true, said)
    assert abs(theirs - recall) < 1e-9
    assert abs(alarms - (said & ~true).sum() / max((~true).sum(), 1)) < 1e-9


def _check_boundaries(edges, guesses, length: float, distance: np.ndarray) -> None:
    if not len(edges) or not len(guesses):
        return
    intervals = [
        mir_eval.util.boundaries_to_intervals(np.unique(np.concatenate([[0], e, [length]])))
        for e in (edges, guesses)
    ]
    truth_to_guess, guess_to_truth = mir_eval.segment.deviation(*intervals, trim=True)
    ours = np.median(distance.min(axis=1)), np.median(distance.min(axis=0))
    assert abs(truth_to_guess - ours[0]) < 1e-4 or abs(guess_to_truth - ours[0]) < 1e-4
    assert abs(guess_to_truth - ours[1]) < 1e-4 or abs(truth_to_guess - ours[1]) < 1e-4


def traded(truths: Sequence[Spans], found: Sequence[Spans], lengths: Sequence[float]):
    """Share of what should be silenced that is, and share of the rest that is."""
    hit = target = lost = rest = 0
    for truth, one, length in zip(truths, found, lengths, strict=True):
        true, said = active(truth, length), active(one, length)
        hit, target = hit + (true & said).sum(), target + true.sum()
        lost, rest = lost + (said & ~true).sum(), rest + (~true).sum()
    return hit / max(target, 1), lost / max(rest, 1)


def lengths_of(splices: Sequence[Splice]) -> list[float]:
    """Seconds of each splice."""
    return [splice.parts[-1][1] for splice in splices]
