"""What ``earmark evaluate`` and ``earmark compare`` print, for people and for programs."""

import math
from pathlib import Path
from typing import Any

from earmark.datasets.magnatagatune import read_clips
from earmark.datasets.source import dataset_folder
from earmark.errors import DataError
from earmark.evaluation.measured import Summary
from earmark.evaluation.predictions import Predictions, read_predictions, repeated
from earmark.evaluation.protocols import protocols
from earmark.evaluation.summary import DRAWS, comparison, summary
from earmark.messages import say
from earmark.vocabulary.top50 import TOP_50
from earmark.wording import counted, signed
from earmark.writers.plain_json import to_json

SHOWN = 10  # tags, best and worst each


def evaluate(
    path: Path,
    *,
    top50: bool,
    least: int,
    as_json: bool,
    report: Path | None = None,
    threshold: float | None = None,
) -> str:
    """Measures of one predictions file, with a page of pictures in the folder `report`."""
    predictions = _read(path, report)
    if (twice := repeated(predictions.files)) is not None:
        say(f"warning: {path}: {twice} is there more than once, and counts as often")
    if top50:
        predictions = _top_50(predictions, path)
    try:
        found = summary(predictions, least=least, threshold=threshold)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if report:
        _report(predictions, found, report, path, least)
    return to_json(found.to_dict()) if as_json else summary_text(found, least)


def evaluate_protocols(
    path: Path, data: str, split: str, *, least: int, as_json: bool, report: Path | None = None
) -> str:
    """The published protocols from one predictions file and MagnaTagATune's annotations.

    The folder `report` gets them as a section of the page, which tells of all songs.
    """
    folder = dataset_folder(data)
    if folder is None:
        raise DataError(f"{data}: protocols need a MagnaTagATune folder, not a manifest")
    predictions, clips = _read(path, report), list(read_clips(folder))
    try:
        found = protocols(predictions, clips, split, least=least)
        if report:
            _report(predictions, summary(predictions, least=least), report, path, least, found)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    if as_json:
        return to_json(found)
    lines = [f"{'protocol':<10} {'tags':<18} {'songs':>6} {'tags':>5}  {'ROC-AUC':<22} PR-AUC"]
    for protocol, sets in found.items():
        for name, result in sets.items():
            figures = "  ".join(
                _with_interval(result[metric], result[f"{metric}_ci"])
                for metric in ("roc_auc", "pr_auc")
            )
            counts = f"{result['songs']:6,} {result['tags']:5}"
            lines.append(f"{protocol:<10} {name:<18} {counts}  {figures}")
    return "\n".join(lines)


def _read(path: Path, report: Path | None) -> Predictions:
    """Predictions; for a report, what it needs is asked for before the work."""
    if report:
        from earmark.plots.style import require_matplotlib

        require_matplotlib()
    return read_predictions(path)


def _top_50(predictions: Predictions, path: Path) -> Predictions:
    """Only MagnaTagATune's top 50 tags."""
    chosen = predictions.columns(TOP_50)
    if not chosen.tags:
        raise DataError(f"{path}: none of its tags is one of the top 50")
    return chosen


def _report(
    predictions: Predictions,
    found: Summary,
    folder: Path,
    path: Path,
    least: int,
    by_protocol: dict[str, Any] | None = None,
) -> None:
    from earmark.report.folder import write_report

    page = write_report(
        predictions, found, folder, source=str(path), least=least, protocols=by_protocol
    )
    say(f"{page}: the report is written")


def compare(first: Path, second: Path, *, top50: bool, least: int, as_json: bool) -> str:
    """Two predictions files side by side."""
    both = [read_predictions(path) for path in (first, second)]
    if top50:
        both = [_top_50(one, path) for one, path in zip(both, (first, second), strict=True)]
    try:
        found = comparison(*both, least=least)
    except DataError as error:
        raise DataError(f"{first} and {second}: {error}") from error
    if as_json:
        return to_json(found)
    lines = [
        f"{counted(found['songs'], 'song')} and {counted(found['tags'], 'tag')} in both"
        f" ({counted(found['only_first'], 'song')} only in A, {found['only_second']:,} only in B)",
        f"A {first}",
        f"B {second}",
        "",
        f"{'':<10} {'A':>6} {'B':>6} {'A - B':>7}  {'95 %':<18} p",
    ]
    for name, title in (("roc_auc", "ROC-AUC"), ("pr_auc", "PR-AUC")):
        row = found[name]
        low, high = row["ci"]
        figures = f"{row['first']:6.3f} {row['second']:6.3f} {signed(row['difference']):>7}"
        ends = f"{signed(low)} to {signed(high)}"
        lines.append(f"{title:<10} {figures}  {ends}   {_chance(row['p'])}")
    wins = found["roc_auc"]["wins"]
    lines.append(
        f"A tells {counted(wins['first'], 'tag')} better by ROC-AUC"
        f" ({wins['first_surely']} surely),"
        f" B {wins['second']} ({wins['second_surely']} surely)"
    )
    lines += ["", f"{'ROC-AUC by tag':<18} {'songs':>6} {'A':>6} {'B':>6} {'A - B':>7}  95 %"]
    tags = sorted(found["per_tag"].items(), key=lambda item: -item[1]["roc_auc"]["difference"])
    for tag, row in _ends(tags):
        own = row["roc_auc"]
        low, high = own["ci"]
        figures = f"{own['first']:6.3f} {own['second']:6.3f} {signed(own['difference']):>7}"
        ends = f"{signed(low)} to {signed(high)}"
        lines.append(f"{tag:<18} {row['positives']:6,} {figures}  {ends}")
    return "\n".join(lines)


def _chance(p: float) -> str:
    """A p for people: where no draw is on the other side, below what the draws can tell."""
    return f"{p:.3f}" if p else f"< {2 / DRAWS:.3f}"


def summary_text(found: Summary, least: int) -> str:
    """A summary for people."""
    source = ", ".join(filter(None, (found.model, found.data)))
    source = f" ({source})" if source else ""
    top_k = found.top_k
    few = len(found.too_few)
    roc = _with_interval(found.roc_auc, found.roc_auc_ci)
    pr = _with_interval(found.pr_auc, found.pr_auc_ci)
    means = [
        f"  ROC-AUC {roc}, weighted {_figure(found.roc_auc_weighted)}",
        f"  PR-AUC  {pr}, weighted {_figure(found.pr_auc_weighted)}",
    ]
    lines = [
        f"{counted(found.songs, 'song')}, {counted(found.tags, 'tag')} that count{source}",
        *(means if found.tags else ["  no tag counts, so ROC-AUC and PR-AUC have no mean"]),
        f"  per clip: ROC-AUC {_figure(found.per_clip['roc_auc'])},"
        f" PR-AUC {_figure(found.per_clip['pr_auc'])}"
        + "".join(
            f", {name.replace('_', ' ')} {_figure(value)}" for name, value in found.measures.items()
        ),
    ]
    shares = ", ".join(
        f"{float(share):.0%} of their tags {_figure(rate, '.1%')}"
        for share, rate in top_k.success.items()
    )
    lines.append(f"  songs that have among their {top_k.k} highest scores {shares}")
    shown = found.shown
    micro, macro = shown.micro, shown.macro
    figures = ", ".join(
        f"{name} {_figure(whole)} (macro {_figure(mean)})"
        for name, whole, mean in (
            ("precision", micro.precision, macro.precision),
            ("recall", micro.recall, macro.recall),
            ("F1", micro.f1, macro.f1),
        )
    )
    lines.append(f"  shown by {shown.by}, {shown.tags_per_song:.1f} a song: {figures}")
    if seen := shown.seen:
        lines.append(
            f"  people see {seen.tags_per_song:.1f} a song, one of each group of synonyms and no"
            f" contradictions: precision {_figure(seen.precision)}"
        )
    contradictions = shown.contradictions
    pairs = ", ".join(f"{a} / {b} {songs:,}" for a, b, songs in contradictions.pairs[:3])
    lines.append(
        f"  {counted(contradictions.songs, 'song')} have such tags that contradict each other"
        + (", of which people see one" if seen and pairs else "")
        + (f": {pairs}" if pairs else "")
    )
    if found.calibration:
        error, brier = found.calibration.error, found.calibration.brier
        against = " against listeners' shares" if found.calibration.against == "shares" else ""
        lines.append(
            f"  expected calibration error {_figure(error)}, Brier score {_figure(brier)}{against}"
        )
    lines.append(
        "  means are macro, intervals 95 % over artists;"
        f" {counted(top_k.untagged, 'song')} without a tag"
    )
    if few:
        lines.append(
            f"  {counted(few, 'tag')} with fewer than {least} songs with or without them: left out"
        )
    lines += ["", f"{'tag':<18} {'songs':>6}  ROC-AUC  PR-AUC"]
    tags = sorted(found.per_tag.items(), key=lambda item: -item[1].roc_auc)
    for tag, own in _ends(tags):
        lines.append(f"{tag:<18} {own.positives:6,}  {own.roc_auc:7.3f} {own.pr_auc:7.3f}")
    return "\n".join(lines)


def _ends(rows: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The best and the worst of many."""
    return rows if len(rows) <= 2 * SHOWN else rows[:SHOWN] + rows[-SHOWN:]


def _with_interval(value: float, ends: list[float]) -> str:
    low, high = map(_figure, ends)
    return f"{_figure(value)} ({low} to {high})"


def _figure(value: float, form: str = ".3f") -> str:
    """A measure for people; "-" where there is none."""
    return "-" if math.isnan(value) else format(value, form)
