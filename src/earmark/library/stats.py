"""Numbers of a whole library."""

from typing import Any

import numpy as np

from earmark.library.catalogue import Catalogue
from earmark.library.rows import Hearing


def library_stats(catalogue: Catalogue, model: str | None = None) -> dict[str, Any]:
    """What a library holds.

    Parameters
    ----------
    catalogue : Catalogue
    model : str or None, whose tags are counted; None for the model that heard most

    Returns
    -------
    dict
        ``library``, ``bytes`` (of its file), ``files``, ``heard``, ``failed``, ``warnings``,
        ``sounds`` (different ones), ``seconds`` (of all files), ``folders``, ``artists``,
        ``models`` [{``name``, ``sha256``, ``sounds``}], ``groups``, and, of the chosen model,
        ``model``, ``tags`` {name: files for which it is over its threshold, most first}.
    """
    with catalogue.snapshot():
        counts = catalogue.counts()
        hearings = catalogue.hearings()
        stats: dict[str, Any] = {
            "library": str(catalogue.path),
            "bytes": catalogue.size(),
            **counts,
            "models": [
                {"name": hearing.name, "sha256": hearing.sha256, "sounds": hearing.sounds}
                for hearing in hearings
            ],
            "groups": len(catalogue.groups()),
        }
        if hearings or model:
            hearing = catalogue.hearing(model, hearings)
            stats |= {"model": hearing.name, "tags": _tags(catalogue, hearing)}
    return stats


def _tags(catalogue: Catalogue, hearing: Hearing) -> dict[str, int]:
    """How many files each tag is true of, most first."""
    said = (catalogue.scores(hearing).rows >= hearing.thresholds).sum(axis=0)
    order = np.argsort(-said, kind="stable")
    return {hearing.names[place]: int(said[place]) for place in order if said[place]}
