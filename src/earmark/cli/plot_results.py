"""``earmark plot``: the pictures of a predictions file, a row of one table each."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

import typer

from earmark.cli.picture import K, Least, Number, Output, Scores, Tag, named, write

NEEDED = inspect.Parameter.empty  # in the place of a default
Song = Annotated[
    str, typer.Option(help="File, end of its path, or number of its row; the first is 1.")
]


class Row(NamedTuple):
    """One sub-command: its name, the function of ``earmark.plots``, its options in that order."""

    name: str
    drawing: str
    help: str
    options: Mapping[str, tuple[Any, Any]] = MappingProxyType({})  # name -> kind and default


ROWS = (
    Row(
        "examples",
        "examples",
        "The songs that get a tag's highest scores, and those with the tag that get its lowest.",
        {"tag": (Tag, NEEDED), "n": (Number, 4)},
    ),
    Row(
        "top-k",
        "top_k_comparison",
        "One song's true tags against its K highest scores.",
        {"song": (Song, NEEDED), "k": (K, 10)},
    ),
    Row("success", "top_k_curve", "Songs with enough tags among the K highest scores, against K."),
    Row(
        "curves",
        "roc_pr",
        "ROC and precision-recall curves of every tag, and their means.",
        {"least": (Least, 1)},
    ),
    Row(
        "reliability", "reliability_diagram", "Whether tags are there as often as their scores say."
    ),
    Row(
        "confusion",
        "confusion_map",
        "What is heard instead of the tags that are missed most.",
        {"k": (K, 10), "n": (Number, 20), "least": (Least, 4)},
    ),
    Row(
        "categories",
        "category_bars",
        "How well each kind of tag is told: genre, instrument, voice, mood, tempo.",
        {"least": (Least, 1)},
    ),
    Row(
        "captured",
        "captured_bars",
        "The tags that are best and worst captured among the K highest scores.",
        {"k": (K, 10), "n": (Number, 15), "least": (Least, 4)},
    ),
)


def add_result_pictures(plot: typer.Typer) -> None:
    """Make a sub-command of each row."""
    for row in ROWS:
        plot.command(row.name, help=row.help)(_command(row))


def _command(row: Row) -> Callable[..., None]:
    """A function with the signature that the command line reads."""

    def draw(predictions: Path, output: Path, **options: Any) -> None:
        from earmark import plots
        from earmark.evaluation.predictions import read_predictions

        read = read_predictions(predictions)
        with named(predictions):
            figure = getattr(plots, row.drawing)(read, *(options[name] for name in row.options))
        write(figure, output)

    kinds = {
        "predictions": (Scores, NEEDED),
        **row.options,
        "output": (Output, Path(f"{row.name}.png")),
    }
    draw.__annotations__ = {name: kind for name, (kind, _) in kinds.items()}
    draw.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
            )
            for name, (kind, default) in kinds.items()
        ]
    )
    return draw
