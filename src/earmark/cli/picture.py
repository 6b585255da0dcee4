"""What the sub-commands of ``earmark plot`` share: their options, and writing a picture."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from earmark.errors import DataError, VocabularyError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def known_format(output: Path | None) -> Path | None:
    """Refuse a name that no picture can have before the work, not after it."""
    from earmark.plots.saving import picture_format

    if output is not None:
        picture_format(output)
    return output


def _finite(seconds: float | None) -> float | None:
    """Refuse a time that no sound has."""
    if seconds is not None and not math.isfinite(seconds):
        raise typer.BadParameter(f"{seconds:g} is no number of seconds")
    return seconds


Sound = Annotated[str, typer.Argument(metavar="FILE", help="A sound file.")]
Scores = Annotated[
    Path, typer.Argument(metavar="PREDICTIONS", help="What earmark predict has written.")
]
Labels = Annotated[
    str | None,
    typer.Argument(metavar="DATA", help="A manifest, MagnaTagATune folder, or predictions."),
]
Data = Annotated[str | None, typer.Option("--data", help="The same, as the other verbs take it.")]
Output = Annotated[
    Path, typer.Option("-o", "--output", callback=known_format, help="A .png, .svg or .pdf file.")
]
Model = Annotated[
    str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
]
Tag = Annotated[str, typer.Option("--tag", help="Which tag.")]
Tags = Annotated[
    Path | None, typer.Option("--tags", help="Your own tags: TOML, or text with a tag a line.")
]
Number = Annotated[int, typer.Option("-n", min=1, help="How many.")]
K = Annotated[int, typer.Option("-k", min=1, help="How many of the highest scores count.")]
Least = Annotated[
    int, typer.Option("--min-positives", min=1, help="Songs that a tag needs to count.")
]
Start = Annotated[float, typer.Option(min=0, callback=_finite, help="Second to begin at.")]
BestStart = Annotated[
    float | None,
    typer.Option(min=0, callback=_finite, help="Second to begin at. [where it scores highest]"),
]
Seconds = Annotated[
    float | None, typer.Option(min=0.001, callback=_finite, help="How long. [to the end]")
]


def labels_of(argument: str | None, option: str | None, tags: Path | None):
    """The data set that is named once, as DATA or with --data; its words are of the user's tags."""
    from earmark.plots.sources import open_labels
    from earmark.vocabulary.load import load_vocabulary

    if (argument is None) == (option is None):
        raise typer.BadParameter("one data set is needed: DATA, or --data DATA")
    return open_labels(argument or option, load_vocabulary(tags) if tags else None)


@contextmanager
def named(data: str | Path) -> Iterator[None]:
    """Say in front of an error whose data cannot be drawn."""
    try:
        yield
    except (DataError, VocabularyError) as error:
        raise type(error)(f"{data}: {error}") from error


def write(figure: "Figure", output: Path) -> None:
    """Save a picture and say where."""
    from earmark.plots import save

    save(figure, output)
    typer.echo(output)
