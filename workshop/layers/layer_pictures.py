"""Pictures of docs/layers.md: what :mod:`layer_study` measures, and the insides of networks."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from earmark import examples, plots
from earmark.plots.saving import rendered
from earmark.plots.style import (
    BLUE,
    CYCLE,
    GREEN,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    add_legend,
    new_figure,
    style_axes,
)
from earmark.tagging import Tagger
from earmark.zoo import find_model
from workshop.layers.layer_measures import DESCRIPTORS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES = Path(__file__).parents[2] / "docs" / "layers"
LARGEST, NARROW = 60_000, 720  # bytes beyond which a picture is made so many dots wide
FOLLOWS = 0.25  # squared correlation from which a map follows a descriptor
COLOURS = (BLUE, SKY, VERMILION, YELLOW, GREEN, ORANGE, PURPLE)

Found = dict[str, Any]


def followed(found: Found, layer: int) -> np.ndarray:
    """Share of a layer's maps that follow each descriptor best; the last follow none."""
    alone = np.array(found["alone"][layer])
    best = np.where(alone.max(1) >= FOLLOWS, alone.argmax(1), len(DESCRIPTORS))
    return np.bincount(best, minlength=len(DESCRIPTORS) + 1) / len(best)


def bars(models: dict[str, Found]) -> "Figure":
    """Stacked bars: which descriptor the maps of each layer follow."""
    figure = new_figure(8, 3.2)
    for axes, (model, found) in zip(
        figure.subplots(1, 2, sharey=True), models.items(), strict=True
    ):
        shares = np.array([followed(found, i) for i in range(len(found["depths"]))])
        names = [str(depth) for depth in found["depths"]]
        below = np.zeros(len(names))
        kinds = zip((*DESCRIPTORS, "none of them"), (*COLOURS, PALE), shares.T, strict=True)
        for name, colour, part in kinds:
            axes.bar(names, part, bottom=below, color=colour, label=name, width=0.8)
            below += part
        style_axes(axes, model, "convolutions before the layer", "share of its maps")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False, fontsize=8)
    return figure


def lines(
    models: dict[str, Found], values: Callable[[Found], dict[str, Sequence[float]]], meaning: str
) -> "Figure":
    """A line over the layers for each of ``values(found)``, a dict of names and series."""
    figure = new_figure(8, 3.2)
    for axes, (model, found) in zip(
        figure.subplots(1, 2, sharey=True), models.items(), strict=True
    ):
        for (name, series), colour in zip(values(found).items(), CYCLE, strict=False):
            places = range(len(series))
            axes.plot(places, series, "o-", color=colour, label=name, markersize=3, linewidth=1.4)
        before = ["log-mel"] if len(series) > len(found["depths"]) else []
        axes.set_xticks(places, [*before, *map(str, found["depths"])])
        style_axes(axes, model, "convolutions before the layer", meaning, "y")
    add_legend(axes)
    return figure


def saved(name: str, figure: "Figure", words: str) -> str:
    """Save a picture of the page, small; the Markdown that shows it."""
    content = rendered(figure, "png")
    if len(content) > LARGEST:
        with Image.open(io.BytesIO(content)) as image:
            image = image.convert("RGB")
            image.thumbnail((NARROW, 3 * NARROW), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            image.quantize(256, Image.Quantize.MAXCOVERAGE).save(out, "png", optimize=True)
            content = out.getvalue()
    (PICTURES / f"{name}.png").write_bytes(content)
    return f"![{words}](layers/{name}.png)"


def pictures() -> list[str]:
    """Kernels, maps and saliency."""
    folder = Path(examples.__file__).parent
    cnn3, default = find_model("cnn3"), find_model("default")
    maps = "The maps that vary most, layer by layer"
    return [
        "## What it looks like",
        "The kernels of `cnn3`; those of `default` are in [analysis.md](analysis.md).",
        saved("filters-cnn3", plots.filters(cnn3), "Kernels of the first layer of cnn3"),
        "Maps of `cnn3` for the bundled band, and of `default` for three seconds of the piano:",
        saved("maps-cnn3", plots.feature_maps(cnn3, str(folder / "band.ogg"), maps=8), maps),
        saved("maps-default", plots.feature_maps(default, str(folder / "piano.ogg"), maps=8), maps),
        "Where they hear the drums of the band and the piano of the piano piece:",
        saved(
            "drums-cnn3",
            plots.saliency(Tagger("cnn3"), str(folder / "band.ogg"), "drums"),
            "Saliency of drums in cnn3",
        ),
        saved(
            "piano-default",
            plots.saliency(Tagger("default"), str(folder / "piano.ogg"), "piano"),
            "Saliency of piano in default",
        ),
    ]
