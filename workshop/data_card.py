"""What a card says of the data: hours and files of the train split by kind and by licence."""

import re
from typing import Any

import numpy as np

from workshop.corpus import SAMPLE_RATE, Corpus

UNCLEAR = "none stated or unclear"
FAMILIES = (  # the first that a licence's text names, the most restrictive before the others
    (UNCLEAR, r"^(none|unclear|unknown|not stated|$)"),
    ("CC BY-NC, CC BY-NC-SA, research only", r"\bnc\b|research"),
    ("GPL, AGPL", r"gpl"),
    ("CC BY-SA", r"\bby[- ]sa\b"),
    ("CC BY", r"\bcc[- ]by\b"),
    ("MIT, Apache, BSD, zlib", r"\bmit\b|apache|bsd|zlib"),
    ("CC0, public domain", r"\bcc[- ]?0\b|public domain"),
)
OTHER = "other"


def licence_family(licence: str) -> str:
    """The family of a licence's text: the most restrictive one that it names.

    Examples
    --------
    >>> licence_family("CC BY-SA 3.0 / CC BY 4.0")
    'CC BY-SA'
    """
    text = licence.strip().lower()
    return next((name for name, words in FAMILIES if re.search(words, text)), OTHER)


def data_facts(corpus: Corpus) -> dict[str, Any]:
    """Files and hours of the train split.

    Returns
    -------
    dict
        ``files``, ``hours``, ``sources`` (how many), and ``by_kind`` and ``by_licence``: lists of
        dicts with ``name``, ``files`` and ``hours``, the longest first.
    """
    train = corpus.column("split") == "train"
    hours = np.diff(corpus.offsets)[train] / SAMPLE_RATE / 3600
    families = np.array([licence_family(text) for text in corpus.column("licence")[train]])
    return {
        "files": int(train.sum()),
        "hours": round(float(hours.sum()), 1),
        "sources": len(set(corpus.column("source")[train])),
        "by_kind": _parts(corpus.column("kind")[train], hours),
        "by_licence": _parts(families, hours),
    }


def _parts(names: np.ndarray, hours: np.ndarray) -> list[dict[str, Any]]:
    parts = [
        {
            "name": str(name),
            "files": int((names == name).sum()),
            "hours": round(float(hours[names == name].sum()), 2),
        }
        for name in np.unique(names)
    ]
    return sorted(parts, key=lambda part: -part["hours"])
