"""``earmark evaluate -o FOLDER``: a page for people and two files for programs.

``index.html`` needs neither a network nor the other files: style, script and pictures stand in it.
``results.json`` holds every measure, ``per_tag.csv`` a row a tag. Each file is written whole or not
at all, the page last.
"""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from earmark.atomic import atomic_file
from earmark.csv_line import csv_line
from earmark.errors import OutputError
from earmark.evaluation.measured import Summary
from earmark.evaluation.metrics import counts
from earmark.evaluation.predictions import Predictions
from earmark.evaluation.summary import SHARES, K
from earmark.evaluation.topk import TagRow, top_k
from earmark.plots.style import require_matplotlib
from earmark.report.hardest import hardest_songs
from earmark.report.page import Report, page
from earmark.report.pictures import result_pictures, spectrogram
from earmark.vocabulary import official_vocabulary
from earmark.writers.plain_json import to_json

PAGE, RESULTS, TABLE = "index.html", "results.json", "per_tag.csv"
HARDEST = 6  # songs with their spectrograms
FIELDS = (
    "tag",
    "category",
    "positives",
    "negatives",
    "counts",
    "roc_auc",
    "pr_auc",
    "precision",
    "recall",
    "f1",
    "captured",
    "missed",
)


def write_report(
    predictions: Predictions,
    found: Summary,
    folder: str | os.PathLike[str],
    *,
    source: str,
    least: int = 1,
    protocols: dict[str, dict[str, dict[str, Any]]] | None = None,
) -> Path:
    """Write a report of predictions.

    Parameters
    ----------
    predictions : Predictions
    found : Summary, what :func:`earmark.evaluation.summary.summary` says of them
    folder : path
        Made if it is not there; files of the same names are replaced, others stay.
    source : str, what the predictions file is called
    least : int > 0, songs with and without it that a tag needs to count; as in `found`
    protocols : dict or None
        What :func:`earmark.evaluation.protocols.protocols` says, for a section of its own.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    OutputError
        matplotlib is not installed, or the folder or a file cannot be written.
    """
    require_matplotlib()
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made a folder ({error.strerror})") from error
    captured = top_k(predictions.truth, predictions.scores, K, SHARES[1]).table(predictions.tags)
    table = tag_table(predictions, found, captured)
    songs = hardest_songs(predictions, HARDEST)
    report = Report(
        source=source,
        found=found,
        least=least,
        table=table,
        pictures=result_pictures(predictions, found, captured, least),
        songs=[(song, spectrogram(song.file)) for song in songs],
        metadata=predictions.metadata,
        artists=len(set(predictions.artists)),
        ungrouped=int((predictions.groups == "").sum()),
        protocols=protocols or {},
    )
    results = found.to_dict() | ({"protocols": protocols} if protocols else {})
    with atomic_file(folder / RESULTS) as file:
        file.write(to_json(results) + "\n")
    with atomic_file(folder / TABLE) as file:
        file.write(csv_line(FIELDS))
        file.writelines(csv_line(row[name] for name in FIELDS) for row in table)
    with atomic_file(folder / PAGE) as file:
        file.write(page(report))
    return folder / PAGE


def tag_table(
    predictions: Predictions, found: Summary, captured: list[TagRow]
) -> list[dict[str, str | int | float]]:
    """A row a tag, the highest ROC-AUC first and the tags that do not count last.

    Returns
    -------
    list of dict, keys `FIELDS`
        ``counts`` is "yes" or "no"; a figure that a tag does not have is ''.
    """
    vocabulary = official_vocabulary().ordered(predictions.tags)
    positives, negatives = counts(predictions.truth, predictions.scores)
    places = {row.tag: row for row in captured}
    rows = []
    for i, tag in enumerate(predictions.tags):
        measured, place = found.per_tag.get(tag), places.get(tag)
        values: dict[str, str | int | float] = {
            "tag": tag,
            "category": vocabulary.category(tag),
            "positives": int(positives[i]),
            "negatives": int(negatives[i]),
            "counts": "yes" if measured else "no",
            "captured": place.captured if place else "",
            "missed": place.missed if place else "",
        }
        given = asdict(measured) if measured else {}
        figures = {key: "" if np.isnan(value) else value for key, value in given.items()}
        rows.append({key: (values | figures).get(key, "") for key in FIELDS})
    return sorted(rows, key=lambda row: (row["counts"] == "no", -float(row["roc_auc"] or 0)))
