"""Run a model over a data set once and write a predictions file; a stopped run goes on."""

import json
import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np

from earmark import __version__
from earmark.atomic import require_no_sound, require_other
from earmark.cores import available_cores
from earmark.datasets import Dataset, Row
from earmark.errors import DataError, EarmarkError
from earmark.fingerprint import fingerprint
from earmark.messages import Messages, progress
from earmark.tagging import Tagger, Tagging
from earmark.verbs.predicted_parts import Counts, Parts
from earmark.vocabulary import Vocabulary
from earmark.zoo.card import CARD, NETWORK

PART = 512  # rows of the data set


def predict(
    tagger: Tagger,
    dataset: Dataset,
    output: Path,
    *,
    split: str | None = None,
    folders: Collection[str] = (),
    jobs: int | None = None,
) -> Counts:
    """Write the scores and the truth of every sound of a data set.

    Parameters
    ----------
    tagger : Tagger
    dataset : Dataset
    output : Path
        A Parquet file (see :mod:`earmark.evaluation.predictions`), written whole or not at all.
        Until then its parts lie in the folder ``OUTPUT.parts``; the same call goes on with them.
    split, folders
        Only these rows, as in :meth:`Dataset.rows`.
    jobs : int or None, processes; None for one a core

    Raises
    ------
    DataError
        The data set cannot be read or has no such rows, not one sound could be tagged, or the
        parts of another run are in the way.
    MediaError
        The file would take the place of the data set's own.
    OutputError
        The file cannot be written.
    """
    require_other(dataset.name, output)
    require_no_sound(output)
    fingerprint, total = _fingerprint(dataset.rows(split, folders))
    if not total:
        raise DataError(f"{dataset.name}: no rows{which_rows(split, folders)}")
    parts = Parts(
        output,
        tagger.card.vocabulary.names,
        {
            "model": tagger.card.name,
            "model_sha256": tagger.card.sha256[NETWORK],
            "card_sha256": sha256((tagger.card.folder / CARD).read_bytes()).hexdigest(),
            "data": dataset.name,
            "data_sha256": fingerprint,
            "version": __version__,
            "thresholds": json.dumps([round(float(t), 6) for t in tagger.card.thresholds]),
        },
    )
    with progress("predicting", total) as messages:
        messages.advance(parts.counts.rows)
        rest = islice(dataset.rows(split, folders), parts.counts.rows, None)
        jobs = min(jobs or available_cores(), total)
        tagged = _tagged(tagger, rest, jobs, dataset.partial)
        for some in iter(lambda: list(islice(tagged, PART)), []):
            parts.add(*_records(some, tagger.card.vocabulary, messages))
    if not parts.counts.songs:
        parts.remove()
        raise DataError(f"{dataset.name}: not one of its {total} sounds could be tagged")
    parts.join()
    return parts.counts


def which_rows(split: str | None, folders: Collection[str]) -> str:
    """Words for a choice of rows, as " of split test"; nothing for all."""
    chosen = [f"split {split}"] if split else []
    chosen += [f"folder {folder}" for folder in folders]
    return f" of {', '.join(chosen)}" if chosen else ""


def _fingerprint(rows: Iterable[Row]) -> tuple[str, int]:
    """sha-256 of all that the rows say, and their number."""
    digest, total = sha256(), 0
    for total, row in enumerate(rows, 1):  # noqa: B007
        digest.update(fingerprint(row.facts()).encode())
    return digest.hexdigest(), total


def _tagged(
    tagger: Tagger, rows: Iterable[Row], jobs: int, partial: bool
) -> Iterator[tuple[Row, Tagging | EarmarkError | None]]:
    """Each row with its tagging, its error, or None where sound may be missing and is."""
    waiting: deque[Row] = deque()

    def files() -> Iterator[str]:
        for row in rows:
            waiting.append(row)
            if not partial or os.path.exists(row.file):
                yield row.file

    for file, result in tagger.files(files(), jobs=jobs):
        while waiting[0].file != file:
            yield waiting.popleft(), None
        yield waiting.popleft(), result
    yield from ((row, None) for row in waiting)


def _shares(row: Row, tags: Vocabulary) -> np.ndarray | None:
    """How many listeners gave each tag [shape=(tags,)], NaN where nobody knows; None for a row
    without any."""
    known = {tag: share for tag, share in row.soft.items() if tag in tags}
    if not known:
        return None
    shares = np.full(len(tags), np.nan, np.float32)
    shares[[tags.index(tag) for tag in known]] = list(known.values())
    return shares


def _records(
    tagged: list[tuple[Row, Tagging | EarmarkError | None]], tags: Vocabulary, messages: Messages
) -> tuple[list[dict], Counts]:
    records, counts = [], Counts()
    for row, result in tagged:
        messages.advance()
        if result is None:
            counts.absent += 1
        elif isinstance(result, EarmarkError):
            counts.failed += 1
            messages.say(str(result))
        else:
            counts.songs += 1
            if result.warning:
                messages.say(f"warning: {result.warning}")
            records.append(
                {
                    "file": row.file,
                    "group": row.group,
                    "tags": row.tags,
                    "not_tags": row.not_tags,
                    "scores": result.scores,
                    "shares": _shares(row, tags),
                }
            )
    return records, counts
