"""Hear sounds in the page, to compare with the command."""

from pathlib import Path

import numpy as np

from earmark.tagging import Tagger

HEAR = """async ([address, name]) => {
    const { hear } = await import(new URL("page/hear.js", location));
    const blob = await (await fetch(address)).blob();
    const began = performance.now();
    const { record, scores } = await hear(blob, name);
    return { record, scores: Array.from(scores), took: (performance.now() - began) / 1000 };
}"""


def heard(page, host, path: Path) -> dict:
    """``record``, the ``scores`` of all tags, and seconds that it ``took``."""
    return page.evaluate(HEAR, [host.offer(path), path.name])


def furthest(found: dict, tagging) -> float:
    """Largest difference of a score from the command's."""
    return float(np.abs(np.array(found["scores"]) - tagging.scores).max())


def small() -> Tagger:
    """The page's model in Python."""
    return Tagger("small")
