"""A matplotlib figure in, a picture file (PNG, SVG or PDF) out, whole or not at all."""

import io
import os
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.atomic import atomic_file
from earmark.errors import FormError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
DOTS = 150  # an inch, of PNG
# matplotlib's own font has no Chinese, Japanese or Korean; the first of these that is there helps.
MORE_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
    "Hiragino Sans",
    "PingFang SC",
    "Apple SD Gothic Neo",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
)


def save(figure: "Figure", path: str | os.PathLike) -> None:
    """Write a figure as PNG, SVG or PDF, as the file's suffix says.

    Parameters
    ----------
    figure : Figure
    path : path
        What was there stays until the picture is complete.

    Raises
    ------
    OutputError
        The suffix is none of the three, or the file cannot be written.
    """
    content = rendered(figure, picture_format(path))
    with atomic_file(path, "wb") as file:
        file.write(content)


def picture_format(path: str | os.PathLike) -> str:
    """Format that the suffix of a file name means; FormError if it is none of `FORMATS`."""
    form = Path(path).suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise FormError(f"{path}: a picture's name must end in .png, .svg or .pdf")
    return form


def rendered(figure: "Figure", form: str) -> bytes:
    """A figure as the content of a file.

    Parameters
    ----------
    figure : Figure
    form : 'png', 'svg' or 'pdf'
        Letters of an SVG are outlines, so that it looks the same everywhere.
    """
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_fontfamily(_font_families())
    out = io.BytesIO()
    with warnings.catch_warnings():
        # A letter that no font has is drawn as a box, which tells as much as the warning.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(out, format=form, dpi=DOTS)
    return out.getvalue()


@cache
def _font_families() -> list[str]:
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    return ["DejaVu Sans", *[name for name in MORE_FONTS if name in there][:2]]
