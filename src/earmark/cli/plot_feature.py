"""``earmark plot feature``: a feature of a sound over time."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.picture import Model, Output, Seconds, Sound, Start, write


def _known(name: str) -> str:
    """Refuse a name that no feature has."""
    from earmark.sound.feature_names import require_feature

    try:
        require_feature(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return name


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        callback=_known,
        help="Such as chroma, mfcc or tempogram; see docs/features.md.",
    ),
]


def feature(
    name: Name,
    file: Sound,
    start: Start = 0.0,
    seconds: Seconds = None,
    model: Model = "default",
    output: Output = Path("feature.png"),
) -> None:
    """A feature of a sound over time, such as chroma or tempogram, at a model's hop length."""
    from earmark.plots import feature as draw
    from earmark.zoo import find_model

    write(draw(name, file, start, seconds, find_model(model).front_end), output)
