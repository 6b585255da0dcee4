"""What the head for voices is worth on tracks of the train split that it did not learn from.

    python benchmarks/voices.py --lessons runs/voice-lessons

After ``python -m workshop.voice_head --corpus CORPUS``: five folds that share no group of tracks.
Measures of splices, and F1 of voice in moments of all tracks, for the head as shipped, the network
alone, whose weights do know these tracks, and other heads; and what censoring with the head
catches, and takes too much, by the strength at which it begins and the gap that it closes.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np

from earmark.censor.plan import CARES, Care
from earmark.tagging.calibration import Calibration
from earmark.tagging.events import THRESHOLD_SHARE, joined
from earmark.tagging.smoothing import edges, likeliest
from earmark.tagging.voices import Head, Voices
from earmark.vocabulary import evaluate, parse_expression
from earmark.zoo import find_model
from earmark.zoo.card import Card
from workshop.time_measures import traded
from workshop.voice_head import QUESTIONS, heads, heard, judged
from workshop.voice_lessons import HOP, PLAIN, TRACKS, WORN, load

RIDGES = ((1e-3, 1e-3), (1e-5, 1e-3), (1e-4, 1e-2), (1e-4, 1e-4))
STRENGTHS, GAPS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75), (1.0, 1.5, 2.0)
SHOWN = ("F1", "precision", "recall", "error", "error_90")


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lessons", type=Path, default=Path("runs/voice-lessons"))
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    card = find_model(options.model)
    plain, worn, moments = (load(options.lessons, name) for name in (PLAIN, WORN, TRACKS))
    shipped = heads(plain, worn, moments, card)
    trades(plain, compared("as shipped", shipped, plain, moments, card), card)
    compared("network alone", [None] * len(plain), plain, moments, card)
    compared("without moments", heads(plain, worn, [], card), plain, moments, card)
    for voice, kinds in RIDGES:
        learned = heads(plain, worn, moments, card, (voice, kinds))
        title = f"ridges {1 / voice:g}, {1 / kinds:g}"
        compared(title, learned, plain, moments, card)


def compared(
    title: str, heads: list[Head | None], plain: list, moments: list, card: Card
) -> list[np.ndarray]:
    """Lines of measures; the scores of each fold's rows."""
    scores = [heard(one, card, head) for one, head in zip(plain, heads, strict=True)]
    for name, values in judged(plain, scores, card).items():
        numbers = "  ".join(f"{key} {values[key]:.3f}" for key in SHOWN)
        print(f"{title:<24} {name:<7} {numbers}", flush=True)
    if heads[0] is not None:
        calibrated = Calibration(card.slopes, card.offsets)
        said = [
            Voices(card, head).chances(calibrated(part.scores), part.embeddings)[:, 3] <= 0.5
            for head, part in zip(heads, moments, strict=True)
        ]
        print(f"{title:<24} moments F1 {f1(moments, said):.3f}", flush=True)
    return scores


def f1(moments: list, said: list[np.ndarray]) -> float:
    """F1 of rows."""
    true, found = np.concatenate([part.voiced for part in moments]), np.concatenate(said)
    return 2 * (true & found).sum() / (true.sum() + found.sum())


def trades(plain: list, scores: list[np.ndarray], card: Card) -> None:
    """Censoring voices: share of the target muted, share of the rest."""
    kinds, text = QUESTIONS["voice"]
    question = parse_expression(text, card.vocabulary)
    limits = card.thresholds * np.float32(THRESHOLD_SHARE)
    strengths, truths, lengths = [], [], []
    for lessons, rows in zip(plain, scores, strict=True):
        answer = evaluate(question, rows, limits).strength
        for sound, seconds in enumerate(lessons.seconds):
            strengths.append(answer[lessons.sounds == sound])
            truths.append(lessons.spans(sound, kinds))
            lengths.append(float(seconds))

    def trade(care: Care) -> str:
        found = []
        for strength in strengths:
            rows = zip(*edges(likeliest(strength, HOP, care.on)), strict=True)
            spans = joined(((a * HOP, b * HOP) for a, b in rows), care.gap)
            found.append(joined((a - care.pad, b + care.pad) for a, b in spans))
        hit, lost = traded(truths, found, lengths)
        return f"{hit:6.1%} {lost:6.1%}"

    print("\ncensoring, out of fold: share of target muted, share of the rest muted")
    for on, gap in product(STRENGTHS, GAPS):
        print(f"  on {on:.2f}  gap {gap:g}  {trade(Care(on, 0.0, gap))}")
    for name, care in CARES.items():
        print(f"  {name:<8} {trade(care)}  {care}")


if __name__ == "__main__":
    main()
