"""``earmark evaluate`` and ``earmark compare``: what predictions files tell about models."""

import math
from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import ListFormat

Form = Annotated[ListFormat, typer.Option("--format", help="How to write it.")]
Top50 = Annotated[bool, typer.Option("--top50", help="Only MagnaTagATune's top 50 tags.")]
Least = Annotated[
    int, typer.Option("--min-positives", min=1, help="Songs with and without it that a tag needs.")
]


def _finite(threshold: float | None) -> float | None:
    """Refuse a threshold that no score can be held against."""
    if threshold is not None and not math.isfinite(threshold):
        raise typer.BadParameter(f"{threshold:g} is no score")
    return threshold


def evaluate(
    predictions: Annotated[Path, typer.Argument(help="A predictions file; see earmark predict.")],
    top50: Top50 = False,
    least: Least = 1,
    protocols: Annotated[
        bool, typer.Option("--protocols", help="MagnaTagATune's protocols A and B instead.")
    ] = False,
    data: Annotated[
        str | None,
        typer.Option(help="With --protocols: a MagnaTagATune folder. [magnatagatune]"),
    ] = None,
    split: Annotated[str | None, typer.Option(help="With --protocols: which split. [test]")] = None,
    report: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder to write a page with pictures to."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            callback=_finite,
            help="Score from which a tag is shown. [the model's own, or the 10 highest]",
        ),
    ] = None,
    form: Form = ListFormat.table,
) -> None:
    """Measure a model by its predictions: ROC-AUC, PR-AUC, ranking, top-K, F1, calibration, by tag.

    Examples:

      earmark evaluate songs.parquet --top50 --min-positives 4

      earmark evaluate test.parquet --protocols

      earmark evaluate songs.parquet -o report

      earmark evaluate songs.parquet --format json
    """
    from earmark.verbs import evaluate as run
    from earmark.writers.screen import show

    how = {"least": least, "as_json": form is ListFormat.json, "report": report}
    if protocols and (top50 or threshold is not None):
        raise typer.BadParameter("the protocols take neither --top50 nor --threshold")
    if not protocols and (data is not None or split is not None):
        raise typer.BadParameter("--data and --split go with --protocols")
    if protocols:
        text = run.evaluate_protocols(predictions, data or "magnatagatune", split or "test", **how)
    else:
        text = run.evaluate(predictions, top50=top50, threshold=threshold, **how)
    show(text, table=form is ListFormat.table)


def compare(
    first: Annotated[Path, typer.Argument(help="A predictions file.")],
    second: Annotated[Path, typer.Argument(help="Another of the same songs.")],
    top50: Top50 = False,
    least: Least = 1,
    form: Form = ListFormat.table,
) -> None:
    """Compare two models on the same songs, with intervals of the difference.

    Examples:

      earmark compare ours.parquet theirs.parquet --top50 --min-positives 4
    """
    from earmark.verbs import evaluate as run
    from earmark.writers.screen import show

    as_json = form is ListFormat.json
    text = run.compare(first, second, top50=top50, least=least, as_json=as_json)
    show(text, table=not as_json)
