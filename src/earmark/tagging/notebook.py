"""A tagging as notebooks show it: its tags, and when each is heard, as one small piece of HTML.

It brings no script and no style sheet, and every word in it is escaped.
"""

from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from earmark.tagging.result import Tagging

MOST = 10  # rows
FEWEST = 5  # rows where no tag is over its threshold
COLUMNS = 80  # over the length of the sound
WIDTH, ROW, NAMES, SCORES = 640, 18, 150, 40  # sizes in pixels
INK = "#2a78b5"
FULL = 0.5  # score of full ink, or the highest if that is more


def as_html(tagging: "Tagging") -> str:
    """One table row a tag in an SVG picture, the darker the higher the score at that time."""
    tags = tagging.tags()
    shown = dict(list(tags.items())[:MOST]) or tagging.top(FEWEST)
    edges, scores = columns(tagging, list(shown), COLUMNS)
    full = max(FULL, float(scores.max(initial=0.0)))
    start, height = NAMES + SCORES, ROW * (len(shown) + 1)
    places = start + (WIDTH - start) * edges / max(float(edges[-1]), 1e-9)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="currentColor">'
    ]
    for row, (name, score) in enumerate(shown.items()):
        base = ROW * row + ROW - 5
        parts.append(f'<text x="{NAMES - 8}" y="{base}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<text x="{start - 8}" y="{base}" text-anchor="end">{score:.2f}</text>')
        parts.append(f'<g fill="{INK}">')
        for left, right, value in zip(places, places[1:], scores[:, row] / full, strict=False):
            if value >= 0.01:
                parts.append(
                    f'<rect x="{left:.1f}" y="{ROW * row + 1}" width="{right - left:.1f}" '
                    f'height="{ROW - 2}" fill-opacity="{value:.2f}"/>'
                )
        parts.append("</g>")
    minutes, seconds = divmod(round(tagging.seconds), 60)
    parts.append(f'<text x="{start}" y="{height - 4}">0:00</text>')
    parts.append(
        f'<text x="{WIDTH}" y="{height - 4}" text-anchor="end">{minutes}:{seconds:02d}</text></svg>'
    )
    title = f"{escape(tagging.model)}, {minutes}:{seconds:02d}"
    title += "" if tags else "; no tag is over its threshold"
    warning = f"<br>{escape(tagging.warning)}" if tagging.warning else ""
    return f"<div><small>{title}{warning}</small><br>{''.join(parts)}</div>"


def columns(tagging: "Tagging", names: list[str], most: int) -> tuple[np.ndarray, np.ndarray]:
    """The timeline of some tags, windows joined where there are more than a picture shows.

    Parameters
    ----------
    tagging : Tagging
    names : list of str, tags
    most : int > 0, columns

    Returns
    -------
    edges : np.ndarray [shape=(n + 1,)], seconds
    scores : np.ndarray [shape=(n, len(names))], means over the joined windows
    """
    timeline = tagging.timeline
    which = [tagging.vocabulary.index(name) for name in names]
    step = -(-len(timeline) // most)
    firsts = np.arange(0, len(timeline), step)
    sizes = np.diff(np.append(firsts, len(timeline)))
    scores = np.add.reduceat(timeline.scores[:, which], firsts, axis=0) / sizes[:, None]
    return np.append(timeline.starts[firsts], timeline.ends[-1]), scores
