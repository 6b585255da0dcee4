"""``earmark plot filters | feature-maps | saliency``: what goes on inside a network."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.picture import BestStart, Model, Output, Sound, Start, Tag, write


def filters(model: Model = "default", output: Output = Path("filters.png")) -> None:
    """The kernels of a model's first layer, onset hearers first."""
    from earmark.plots import filters as draw
    from earmark.zoo import find_model

    write(draw(find_model(model)), output)


def feature_maps(
    file: Sound,
    model: Model = "default",
    layer: Annotated[
        list[str] | None,
        typer.Option(help="Name in the ONNX file; may be repeated. [the last of each size]"),
    ] = None,
    start: Start = 0.0,
    n: Annotated[int, typer.Option("-n", min=1, help="Maps a layer.")] = 16,
    output: Output = Path("feature-maps.png"),
) -> None:
    """What a model's layers make of a window of sound."""
    from earmark.plots import feature_maps as draw
    from earmark.zoo import find_model

    write(draw(find_model(model), file, layer, start, n), output)


def saliency(
    file: Sound,
    tag: Tag,
    model: Model = "default",
    start: BestStart = None,
    output: Output = Path("saliency.png"),
) -> None:
    """Which times and frequencies made a model hear a tag."""
    from earmark.plots import saliency as draw
    from earmark.tagging import Tagger

    write(draw(Tagger(model), file, tag, start), output)
