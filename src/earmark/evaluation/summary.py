"""Everything that a predictions file tells about a model, and what two of them tell apart."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from earmark.errors import DataError
from earmark.evaluation.bootstrap import (
    METRICS,
    difference,
    draw_weights,
    interval,
    macro_draws,
    tag_draws,
)
from earmark.evaluation.calibration import brier_score, reliability
from earmark.evaluation.confusion import heard_instead
from earmark.evaluation.decisions import agreement, contradictions, over_thresholds, seen
from earmark.evaluation.measured import (
    Contradictions,
    Honesty,
    Rates,
    SeenTags,
    Shown,
    Summary,
    TagMeasures,
    TopKRates,
)
from earmark.evaluation.metrics import counts, evaluate, per_tag
from earmark.evaluation.predictions import Predictions, repeated
from earmark.evaluation.ranking import lwlrap, mean_reciprocal_rank
from earmark.evaluation.topk import highest, success_curve, top_k
from earmark.vocabulary import official_vocabulary

# Of songs' truth and scores one number; the command shows each beside the means per clip.
MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "lwlrap": lwlrap,
    "mean_reciprocal_rank": mean_reciprocal_rank,
}
K, SHARES = 10, (0.5, 0.8, 1.0)
DRAWS = 1000
MISSED, INSTEAD = 10, 3  # tags missed most often, and what is heard in the place of each


def summary(
    predictions: Predictions,
    *,
    least: int = 1,
    draws: int = DRAWS,
    threshold: float | None = None,
) -> Summary:
    """Headline, other measures, and every tag.

    Parameters
    ----------
    predictions : Predictions
    least : int > 0, positives and negatives that a tag needs to count
    draws : int > 0, of the bootstrap over artists
    threshold : float or None
        Score from which a tag is shown; None for the model's own thresholds, and where the file
        has none, for the 10 highest scores of each song.

    Raises
    ------
    DataError
        There is no song, or nothing is known of any.
    """
    truth, scores = predictions.truth, predictions.scores
    if not len(truth) or not ((truth == 1) & ~np.isnan(scores)).any():
        raise DataError("the predictions hold no song with a tag that the model knows")
    result = evaluate(
        truth, scores, predictions.artists, tags=predictions.tags, least=least, draws=draws
    )
    figures = {name: result.pop(f"{name}_per_clip") for name in METRICS}
    measured = result.pop("per_tag")
    shown, rates = _shown(predictions, threshold, list(measured))
    targets = predictions.targets
    return Summary(
        **result,
        per_clip=figures,
        measures={name: measure(truth, scores) for name, measure in MEASURES.items()},
        top_k=_top_k(truth, scores),
        shown=shown,
        missed=_missed(predictions),
        calibration=_honesty(targets, scores, "labels" if targets is truth else "shares"),
        per_tag={tag: TagMeasures(**row, **asdict(rates[tag])) for tag, row in measured.items()},
        model=predictions.metadata.get("model", ""),
        data=predictions.metadata.get("data", ""),
    )


def _honesty(targets: np.ndarray, scores: np.ndarray, against: str) -> Honesty | None:
    """None where the scores are no chances."""
    if not (np.nanmin(scores) >= 0 and np.nanmax(scores) <= 1):
        return None
    error, brier = reliability(targets, scores).error, brier_score(targets, scores)
    return Honesty(error, brier, against)


def _top_k(truth: np.ndarray, scores: np.ndarray) -> TopKRates:
    found = top_k(truth, scores, K, SHARES[1])
    curve = success_curve(truth, scores, SHARES)
    at_k = min(K, curve.shape[1]) - 1
    success = {f"{share:g}": float(curve[i, at_k]) for i, share in enumerate(SHARES)}
    return TopKRates(K, found.songs, found.untagged, success)


def _shown(
    predictions: Predictions, threshold: float | None, tags: list[str]
) -> tuple[Shown, dict[str, Rates]]:
    """How good the shown tags are: as a whole, and each of `tags`, those that count."""
    scores = predictions.scores
    given = predictions.thresholds if threshold is None else threshold
    shown = highest(scores, K) if given is None else over_thresholds(scores, given)
    by = "the model's thresholds" if threshold is None else f"a score of {threshold:g}"
    found = agreement(predictions.truth, shown)
    columns = found.precision, found.recall, found.f1
    counted = [predictions.places[tag] for tag in tags]
    own = {
        tag: Rates(*(float(values[place]) for values in columns))
        for tag, place in zip(tags, counted, strict=True)
    }
    pooled = found.pooled()
    vocabulary = official_vocabulary().ordered(predictions.tags)
    pairs, songs = contradictions(shown, vocabulary)
    people = None if given is None else seen(predictions.truth, scores, given, vocabulary)
    whole = Shown(
        by=f"the {K} highest scores" if given is None else by,
        tags_per_song=float(np.nansum(shown, 1).mean()),
        macro=Rates(*(_mean(values[counted]) for values in columns)),
        micro=Rates(*(float(one[0]) for one in (pooled.precision, pooled.recall, pooled.f1))),
        seen=SeenTags(people.tags / people.songs, people.precision) if people else None,
        contradictions=Contradictions(
            songs, [[pair.first, pair.second, pair.songs] for pair in pairs]
        ),
    )
    return whole, own


def _mean(values: np.ndarray) -> float:
    """Mean of what there is."""
    return float(np.mean(values[~np.isnan(values)])) if (~np.isnan(values)).any() else float("nan")


def _missed(predictions: Predictions) -> dict[str, dict[str, Any]]:
    shares, missed = heard_instead(predictions.truth, predictions.scores, K)
    found = {}
    for tag in np.argsort(-missed, kind="stable")[:MISSED]:
        if not missed[tag]:
            break
        order = np.argsort(-np.nan_to_num(shares[tag]), kind="stable")[:INSTEAD]
        instead = {predictions.tags[i]: float(shares[tag, i]) for i in order if shares[tag, i] > 0}
        found[predictions.tags[tag]] = {"songs": int(missed[tag]), "heard": instead}
    return found


def comparison(
    first: Predictions, second: Predictions, *, least: int = 1, draws: int = DRAWS
) -> dict[str, Any]:
    """Two models side by side on the songs and tags that both have.

    Songs go by their file; a score that only one of them knows counts for neither. Each draw of the
    bootstrap takes the same artists for both, so what is easy or hard about them cancels out.

    Returns
    -------
    dict
        ``songs``, ``tags``, ``only_first``, ``only_second`` (songs); for ``roc_auc`` and
        ``pr_auc`` ``first``, ``second``, ``difference``, ``ci``, ``p`` and ``wins`` (tags that
        the first and the second tell better, and those of them whose interval is clear of 0);
        ``per_tag``, tag -> the same of that tag and its positives.

    Raises
    ------
    DataError
        No song or no tag is in both, a song is there twice, or the truth is not the same.
    """
    a, b = _aligned(first, second)
    positives, negatives = counts(a.truth, a.scores)
    tags = (positives >= max(least, 1)) & (negatives >= max(least, 1))
    if not tags.any():
        raise DataError(f"no tag has {least} songs with it and {least} without in both")
    weights = draw_weights(a.artists, draws, seed=0)
    drawn = [tag_draws(one.truth, one.scores, tags, weights) for one in (a, b)]
    values = [dict(zip(METRICS, per_tag(one.truth, one.scores), strict=True)) for one in (a, b)]
    result: dict[str, Any] = {
        "songs": len(a.files),
        "tags": int(tags.sum()),
        "only_first": len(first.files) - len(a.files),
        "only_second": len(second.files) - len(a.files),
        "per_tag": {a.tags[i]: {"positives": int(positives[i])} for i in np.flatnonzero(tags)},
    }
    for name in METRICS:
        own = [value[name][tags] for value in values]
        macro = [float(value.mean()) for value in own]
        found = difference(
            macro[0] - macro[1], macro_draws(drawn[0][name]) - macro_draws(drawn[1][name])
        )
        result[name] = {
            "first": macro[0],
            "second": macro[1],
            "difference": found.value,
            "ci": [found.low, found.high],
            "p": found.p,
        }
        for i, tag in enumerate(result["per_tag"].values()):
            tag[name] = {
                "first": float(own[0][i]),
                "second": float(own[1][i]),
                "difference": float(own[0][i] - own[1][i]),
                "ci": interval(drawn[0][name][i] - drawn[1][name][i]),
            }
        result[name]["wins"] = _wins([tag[name] for tag in result["per_tag"].values()])
    return result


def _wins(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "first": sum(row["difference"] > 0 for row in rows),
        "second": sum(row["difference"] < 0 for row in rows),
        "first_surely": sum(row["ci"][0] > 0 for row in rows),
        "second_surely": sum(row["ci"][1] < 0 for row in rows),
    }


def _aligned(first: Predictions, second: Predictions) -> tuple[Predictions, Predictions]:
    """The same songs, tags and known scores of both, in the same order."""
    for predictions in (first, second):
        if (twice := repeated(predictions.files)) is not None:
            raise DataError(f"{twice} is there twice, so songs cannot be told apart")
    places = {file: place for place, file in enumerate(second.files)}
    shared = [i for i, file in enumerate(first.files) if file in places]
    tags = tuple(tag for tag in first.tags if tag in second.places)
    if not shared or not tags:
        raise DataError(f"the predictions share no {'tag' if shared else 'song'}")
    a = first.songs(np.array(shared)).columns(tags)
    b = second.songs(np.array([places[file] for file in a.files])).columns(tags)
    if not np.array_equal(a.truth, b.truth, equal_nan=True):
        row = int(np.argmax(~((a.truth == b.truth) | np.isnan(a.truth) & np.isnan(b.truth)).all(1)))
        raise DataError(f"{a.files[row]}: its true tags are not the same in both predictions")
    unknown = np.isnan(a.scores) | np.isnan(b.scores)
    a, b = (replace(one, scores=np.where(unknown, np.nan, one.scores)) for one in (a, b))
    return a, b
