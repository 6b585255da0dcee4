"""The common look of all pictures: colours, sizes, axes, and labels that are safe to print.

Colours are those of Okabe & Ito (2008, *Color Universal Design*), which colour-blind people can
tell apart. Nothing here touches matplotlib's global state: figures are made without pyplot and
every artist is told its size and colour, so that several threads may draw at once.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.errors import OutputError
from earmark.extras import install_command

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from matplotlib.legend import Legend

BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW = "#56B4E9", "#CC79A7", "#F0E442"
INK, GREY, PALE, PAPER = "#222222", "#767676", "#D9D9D9", "#FFFFFF"
CYCLE = (BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, INK)
CATEGORY_COLOURS = {
    "genre": BLUE,
    "instrument": VERMILION,
    "voice": PURPLE,
    "mood": GREEN,
    "tempo": ORANGE,
    "other": GREY,
}
SOUND_MAP = "magma"  # colour map of spectrograms
VALUE_MAP = "viridis"  # of every other image whose values begin at 0

TITLE, LABEL, TICK, SMALL = 11, 9, 8, 7  # font sizes in points
LINE, THIN = 1.6, 0.6  # line widths in points
LONGEST = 32  # characters of a label


def require_matplotlib() -> None:
    """OutputError with the way to get matplotlib where it is missing."""
    _keep_home_clean()
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise OutputError(f"pictures need matplotlib: {install_command('plots')}") from error


def _keep_home_clean() -> None:
    """Give matplotlib a passing folder where it has none; it would keep a list of fonts at home."""
    if "matplotlib" in sys.modules or "MPLCONFIGDIR" in os.environ:
        return
    home = Path.home()
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    kept = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    if any(
        folder.exists()
        for folder in (settings / "matplotlib", kept / "matplotlib", home / ".matplotlib")
    ):
        return
    folder = tempfile.mkdtemp(prefix="earmark-matplotlib-")
    os.environ["MPLCONFIGDIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def new_figure(width: float = 8.0, height: float = 4.5, title: str = "") -> "Figure":
    """An empty figure that lays itself out.

    Parameters
    ----------
    width, height : float > 0, in inches
    title : str, stands above all axes, at the left

    Raises
    ------
    OutputError
        matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor=PAPER, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    if title:
        figure.suptitle(title, x=0.015, ha="left", fontsize=TITLE, fontweight="bold", color=INK)
    return figure


def style_axes(
    axes: "Axes", title: str = "", x: str = "", y: str = "", grid: str | None = None
) -> None:
    """Give axes the common look.

    Parameters
    ----------
    axes : Axes
    title : str, at the left, above the axes
    x, y : str, what the axes mean, with unit
    grid : 'x', 'y', 'both' or None, which faint lines to draw
    """
    if title:
        axes.set_title(title, loc="left", fontsize=LABEL + 1, fontweight="bold", color=INK)
    axes.set_xlabel(x, fontsize=LABEL, color=INK)
    axes.set_ylabel(y, fontsize=LABEL, color=INK)
    axes.tick_params(labelsize=TICK, color=GREY, labelcolor=INK, length=3, width=THIN)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(GREY)
        spine.set_linewidth(THIN)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=PALE, linewidth=THIN)


def style_image(axes: "Axes", title: str = "", x: str = "", y: str = "") -> None:
    """Give axes that hold an image the common look: a frame is the image's own edge."""
    style_axes(axes, title, x, y)
    for spine in axes.spines.values():
        spine.set_visible(False)


def add_colourbar(image: "AxesImage", axes: "Axes", meaning: str) -> "Colorbar":
    """A slim scale beside the axes that tells what an image's colours mean."""
    bar = axes.figure.colorbar(image, ax=axes, pad=0.015, fraction=0.05, aspect=28)
    bar.set_label(meaning, fontsize=TICK, color=INK)
    bar.ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=INK, length=2, width=THIN)
    bar.outline.set_visible(False)
    return bar


def add_legend(axes: "Axes", where: str = "best", **more) -> "Legend":
    """A legend without a frame; `more` goes to matplotlib."""
    return axes.legend(loc=where, frameon=False, fontsize=TICK, labelcolor=INK, **more)


def name_bars(axes: "Axes", names: Sequence[str]) -> None:
    """Horizontal bars 0, 1, ... from the top down, each with its name at the left."""
    axes.set_yticks(range(len(names)), [shortened(name, 24) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def plain_log(axis: "Axis") -> None:
    """Marks of a logarithmic axis as plain numbers at 1, 2 and 5 times the powers of ten."""
    from matplotlib.ticker import LogLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    axis.minorticks_off()


def darker(colour: str) -> str:
    """A colour mixed with ink, so that thin letters on white can be read."""
    mixed = (
        round(0.6 * int(colour[i : i + 2], 16) + 0.4 * int(INK[i : i + 2], 16)) for i in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02X}" for part in mixed)


def counted(number: int, thing: str) -> str:
    """As "1 song" or "1,200 songs"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def shortened(text: str, longest: int = LONGEST) -> str:
    """A label of at most `longest` characters that matplotlib prints as it stands.

    The middle of a longer text becomes "…", since file names differ at both ends. Line breaks and
    bytes that are not UTF-8 are replaced, and dollars are kept from being read as formulas.
    """
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    text = "".join(c if c.isprintable() else " " for c in text)
    if len(text) > longest:
        head = (longest - 1) * 3 // 5
        text = f"{text[:head].rstrip()}…{text[len(text) - (longest - 1 - head) :].lstrip()}"
    return text.replace("$", r"\$")
