"""The pictures of a report: a figure in, an image that stands in the page itself out.

What cannot be drawn (no tag counts, a sound is gone) leaves a sentence in its place.
"""

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earmark import plots
from earmark.errors import DataError, SoundError
from earmark.evaluation.measured import Summary
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.topk import TagRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TYPES = {"png": "image/png", "svg": "image/svg+xml"}
DOTS = 96  # of a page, an inch
SECONDS = 30.0  # of a song that are shown
NAMED = 3  # tags that the words for a picture name


@dataclass(frozen=True)
class Picture:
    """An image with what it shows in words, or the reason why there is none.

    Attributes
    ----------
    words : str, for those who do not see it; the reason if `source` is empty
    source : str, a ``data:`` address
    width, height : int, in pixels of a page
    """

    words: str
    source: str = ""
    width: int = 0
    height: int = 0


def picture(draw: Callable[[], "Figure"], words: str, form: str = "svg") -> Picture:
    """Draw and embed; a DataError or SoundError of `draw` becomes the reason."""
    try:
        figure = draw()
    except (DataError, SoundError) as error:
        return Picture(str(error))
    content = base64.b64encode(plots.rendered(figure, form)).decode()
    width, height = (round(DOTS * inches) for inches in figure.get_size_inches())
    return Picture(words, f"data:{TYPES[form]};base64,{content}", width, height)


def result_pictures(
    predictions: Predictions, found: Summary, rows: list[TagRow], least: int
) -> dict[str, Picture]:
    """Every picture of results.

    Parameters
    ----------
    predictions : Predictions
    found : Summary, what :func:`earmark.evaluation.summary.summary` says of them
    rows : list of TagRow, the captured and missed songs of each tag, best first
    least : int > 0, songs with and without it that a tag needs to count
    """
    k = found.top_k.k
    success = "; ".join(
        f"{rate:.0%} of the songs have at least {float(share):.0%} of their tags there"
        for share, rate in found.top_k.success.items()
    )
    areas = f"mean ROC-AUC {found.roc_auc:.3f}, mean PR-AUC {found.pr_auc:.3f}"
    best, worst = _names(rows[:NAMED]), _names(rows[::-1][:NAMED])
    error = f" is {found.calibration.error:.3f}" if found.calibration else ""
    drawn = {
        "success": (
            lambda: plots.top_k_curve(predictions),
            f"Success against K, a curve for each share of a song's tags. At K = {k}: {success}.",
        ),
        "curves": (
            lambda: plots.roc_pr(predictions, least),
            f"ROC curves and precision-recall curves of {found.tags} tags; {areas}.",
        ),
        "categories": (
            lambda: plots.category_bars(predictions, least),
            "Bars of mean ROC-AUC and PR-AUC of each category of tags, with a dot for each tag.",
        ),
        "captured": (
            lambda: plots.captured_bars(predictions, k),
            f"Bars of the tags captured best (as {best}) and worst (as {worst}) among the {k}"
            " highest scores.",
        ),
        "common": (
            lambda: plots.common_tags(predictions),
            "Bars of the most common tags: how many songs have each.",
        ),
        "reliability": (
            lambda: plots.reliability_diagram(predictions),
            f"Share of cases in which a tag is there, against its score; calibration error{error}.",
        ),
        "confusion": (
            lambda: plots.confusion_map(predictions, k),
            f"Matrix of the tags missed most and the wrong tags among the {k} highest scores.",
        ),
    }
    return {name: picture(draw, words) for name, (draw, words) in drawn.items()}


def spectrogram(file: str) -> Picture:
    """The first `SECONDS` of a song, or a sentence that it cannot be shown."""
    name = os.path.basename(file)
    if not os.path.exists(file):
        return Picture(f"{name} is not where the predictions say, so its sound cannot be shown")
    words = f"Log-mel spectrogram of the first {SECONDS:.0f} seconds of {name}."
    return picture(lambda: plots.melspectrogram(file, 0.0, SECONDS), words, "png")


def _names(rows: list[TagRow]) -> str:
    return ", ".join(row.tag for row in rows)
