"""What a report says of its figures: a card for each headline number, and how it was measured."""

from dataclasses import dataclass

import numpy as np

from earmark.evaluation.measured import Shown, Summary
from earmark.evaluation.summary import DRAWS

NOTHING = "—"  # in the place of a figure that does not exist
FEW_NAMED = 30  # tags that do not count that are named


@dataclass(frozen=True)
class Headline:
    """One headline number: its name, value, interval ('' for none) and meaning, all as words."""

    name: str
    value: str
    interval: str
    meaning: str


def title(found: Summary) -> str:
    """Headline of the page."""
    return f"How well {found.model or 'the model'} hears {counted(found.songs, 'song')}"


def counted(number: int, thing: str) -> str:
    """As "1 song" or "1,200 songs"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def headline(found: Summary) -> list[Headline]:
    """The numbers that a reader looks for first.

    Parameters
    ----------
    found : Summary, of :func:`earmark.evaluation.summary.summary`
    """
    rows = found.per_tag.values()
    shares = [row.positives / (row.positives + row.negatives) for row in rows]
    guess = f"{np.mean(shares):.3f}" if shares else NOTHING
    top_k, tags = found.top_k, counted(found.tags, "tag")
    headlines = [
        Headline(
            "ROC-AUC",
            figure(found.roc_auc),
            _interval(found.roc_auc_ci),
            f"how often a song with a tag scores above one without it, mean of {tags};"
            " a guess reaches 0.5",
        ),
        Headline(
            "PR-AUC",
            figure(found.pr_auc),
            _interval(found.pr_auc_ci),
            f"average precision, mean of {tags}; a guess reaches about {guess}",
        ),
    ]
    headlines += [
        Headline(
            f"{'All' if float(share) == 1 else f'At least {float(share):.0%}'} of the tags",
            NOTHING if np.isnan(rate) else f"{rate:.1%}",
            "",
            f"of {counted(top_k.songs, 'song')} have that share of their tags among the"
            f" {top_k.k} highest scores",
        )
        for share, rate in top_k.success.items()
    ]
    headlines.append(
        Headline(
            "lwlrap",
            figure(found.measures["lwlrap"]),
            "",
            "how far up a song's own tags stand among its scores; 1 is perfect",
        )
    )
    shown = found.shown
    headlines.append(
        Headline(
            "F1 of the shown tags",
            figure(shown.micro.f1),
            "",
            f"shown by {shown.by}, {shown.tags_per_song:.1f} a song: precision"
            f" {figure(shown.micro.precision)}, recall {figure(shown.micro.recall)};"
            f" {_contradictions(shown)}",
        )
    )
    if found.calibration:
        error = figure(found.calibration.error)
        meaning = "how far scores are, in the mean, from the rates that they promise; 0 is perfect"
        headlines.append(Headline("Calibration error", error, "", meaning))
    return headlines


def _contradictions(shown: Shown) -> str:
    """What became of tags that contradict each other, and what people see."""
    songs = counted(shown.contradictions.songs, "song")
    if not (seen := shown.seen):
        return f"{songs} with a contradiction"
    return (
        f"{songs} with a contradiction, of which people see one tag; they see"
        f" {seen.tags_per_song:.1f} tags, one of each group of synonyms, with a precision of"
        f" {figure(seen.precision)}"
    )


def method(
    found: Summary,
    source: str,
    metadata: dict[str, str],
    *,
    least: int,
    artists: int,
    ungrouped: int,
) -> list[tuple[str, str]]:
    """How the numbers came about, as pairs of a subject and what there is to say.

    Parameters
    ----------
    found : Summary, of :func:`earmark.evaluation.summary.summary`
    source : str, the predictions file
    metadata : dict, of the predictions
    least : int, songs with and without it that a tag needs to count
    artists : int, groups that the intervals draw from
    ungrouped : int, songs that are a group of their own
    """
    top_k, few = found.top_k, found.too_few
    parts = [("Predictions", source)]
    for name, key in (("Model", "model"), ("Data", "data")):
        if metadata.get(key):
            digest = metadata.get(f"{key}_sha256", "")
            parts.append((name, metadata[key] + (f" (sha-256 {digest})" if digest else "")))
    if metadata.get("version"):
        parts.append(("Predicted with", f"Earmark {metadata['version']}"))
    parts += [
        (
            "Songs",
            f"{counted(found.songs, 'song')}; {top_k.untagged:,} without a tag that the model"
            " knows, which top-K leaves out",
        ),
        (
            "Tags",
            f"{counted(found.tags, 'tag')} with at least {counted(least, 'song')} that"
            " have it and as many that do not; what nobody knows of a song counts for neither",
        ),
    ]
    if few:
        names = ", ".join(few[:FEW_NAMED])
        rest = f" and {len(few) - FEW_NAMED} more" if len(few) > FEW_NAMED else ""
        parts.append(("Too few songs", f"{counted(len(few), 'tag')} left out: {names}{rest}"))
    own = f" ({ungrouped:,} songs without one are each their own)" if ungrouped else ""
    parts += [
        (
            "Intervals",
            f"95 %, by {DRAWS:,} bootstrap draws of {artists:,} artists{own}, so that songs of one"
            " artist stay together",
        ),
        (
            "Means",
            "macro: every tag weighs the same. Weighted by songs with the tag ROC-AUC is"
            f" {figure(found.roc_auc_weighted)} and PR-AUC {figure(found.pr_auc_weighted)};"
            f" over the tags of each song {figure(found.per_clip['roc_auc'])} and"
            f" {figure(found.per_clip['pr_auc'])}; mean reciprocal rank"
            f" {figure(found.measures['mean_reciprocal_rank'])}",
        ),
        ("PR-AUC", "average precision, the step-wise sum of precision over recall"),
        (
            "Calibration",
            "expected calibration error in 15 bins of equal width, over all known cells"
            + (", against listeners' shares" * (found.calibration.against == "shares"))
            + f"; Brier score {figure(found.calibration.brier)}"
            if found.calibration
            else "not measured, as the scores are not all between 0 and 1",
        ),
    ]
    return parts


def figure(value: float) -> str:
    """A measure with three digits; a dash where there is none."""
    return NOTHING if np.isnan(value) else f"{value:.3f}"


def _interval(ends: list[float]) -> str:
    return "" if np.isnan(ends).any() else f"{ends[0]:.3f} to {ends[1]:.3f}"
