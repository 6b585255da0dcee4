"""Tags that a collection has more of than others, with intervals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from earmark.errors import DataError
from earmark.plots.style import BLUE, INK, VERMILION, name_bars, new_figure, style_axes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Difference(Protocol):
    """What is drawn of a tag: see :class:`earmark.library.taste.Difference`."""

    tag: str
    low: float
    high: float

    @property
    def more(self) -> float:
        """How much larger the share is here."""

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""


def taste_bars(differences: Sequence[Difference], most: int = 12) -> "Figure":
    """The tags with the largest sure differences, either way.

    Parameters
    ----------
    differences : sequence of Difference
    most : int > 0, tags of either way

    Raises
    ------
    DataError
        No difference is sure.
    OutputError
        matplotlib is not installed.
    """
    sure = sorted((one for one in differences if one.sure), key=lambda one: -one.more)
    shown = [one for one in sure if one.more > 0][:most]
    shown += [one for one in sure if one.more < 0][-most:]
    if not shown:
        raise DataError("no tag is surely more or less frequent here, so there is nothing to draw")
    figure = new_figure(7, 1.4 + 0.2 * len(shown), "More here, and less")
    axes = figure.add_subplot()
    colours = [BLUE if one.more > 0 else VERMILION for one in shown]
    places = range(len(shown))
    axes.barh(places, [one.more for one in shown], height=0.74, color=colours)
    for place, one in zip(places, shown, strict=True):
        axes.plot([one.low, one.high], [place, place], color=INK, linewidth=1)
    style_axes(axes, x="difference of the shares of songs with the tag, 95 % interval", grid="x")
    name_bars(axes, [one.tag for one in shown])
    axes.axvline(0, color=INK, linewidth=0.6)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}")
    return figure
