"""The predictions file: what a model says of a data set and what is true, one row a sound.

Every measure and picture reads this Parquet file, and so can anybody with pandas. Its columns are
``file`` (string), ``group`` (string: artist or source, may be empty), ``tags`` (list of strings,
certainly there), ``not_tags`` (list of strings, certainly absent; null: every tag not in ``tags``
is absent) and ``scores`` (list of float32, NaN for a tag that the model does not know), in the
order of the JSON list ``earmark.tags`` in the file's metadata, by default the 188 official ones.
``earmark.thresholds``, in the same order, says from which score on the model shows a tag.
"""

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from earmark.errors import DataError
from earmark.parquet import require_parquet
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    import pyarrow

PREFIX = "earmark."
COLUMNS = ("file", "group", "tags", "not_tags", "scores")


@dataclass(frozen=True)
class Predictions:
    """Scores and truth of many sounds.

    Attributes
    ----------
    files : tuple of str
    groups : np.ndarray [shape=(songs,), str], artist or source; '' where nobody knows
    truth : np.ndarray [shape=(songs, tags), float32]
        1 for a tag that is there, 0 for one that is absent, NaN where nobody knows.
    scores : np.ndarray [shape=(songs, tags), float32]
        NaN for tags that the model does not know.
    tags : tuple of str, names of the columns
    metadata : dict, ``model``, ``model_sha256``, ``data``, ``data_sha256``, ``version``
    thresholds : np.ndarray [shape=(tags,), float32] or None
        Scores from which the model shows each tag, if the file says.
    """

    files: tuple[str, ...]
    groups: np.ndarray
    truth: np.ndarray
    scores: np.ndarray
    tags: tuple[str, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    thresholds: np.ndarray | None = None

    @cached_property
    def places(self) -> dict[str, int]:
        """Column of each tag."""
        return {tag: place for place, tag in enumerate(self.tags)}

    @cached_property
    def artists(self) -> np.ndarray:
        """`groups`, where a sound without a group is one of its own [shape=(songs,), str]."""
        return np.where(self.groups == "", np.array(self.files, dtype=np.str_), self.groups)

    def songs(self, which: np.ndarray) -> "Predictions":
        """Only some songs, by index or mask."""
        chosen = np.arange(len(self.files))[which]
        return Predictions(
            tuple(self.files[i] for i in chosen),
            self.groups[chosen],
            self.truth[chosen],
            self.scores[chosen],
            self.tags,
            self.metadata,
            self.thresholds,
        )

    def columns(self, tags: tuple[str, ...]) -> "Predictions":
        """Only some tags, in the given order; those that the file does not have are left out."""
        kept = tuple(tag for tag in tags if tag in self.places)
        which = [self.places[tag] for tag in kept]
        return Predictions(
            self.files,
            self.groups,
            self.truth[:, which],
            self.scores[:, which],
            kept,
            self.metadata,
            None if self.thresholds is None else self.thresholds[which],
        )


def schema(tags: tuple[str, ...], metadata: dict[str, str]) -> "pyarrow.Schema":
    """Arrow schema of a predictions file."""
    require_parquet()
    import pyarrow as pa

    words = pa.list_(pa.string())
    types = (pa.string(), pa.string(), words, words, pa.list_(pa.float32()))
    named = {PREFIX + key: value for key, value in metadata.items()}
    return pa.schema(
        list(zip(COLUMNS, types, strict=True)),
        metadata={PREFIX + "tags": json.dumps(tags, ensure_ascii=False), **named},
    )


def read_predictions(path: str | os.PathLike) -> Predictions:
    """Read a predictions file, ours or anybody's of the same form.

    Raises
    ------
    DataError
        The file is missing, no Parquet, lacks a column, or has a row that makes no sense.
    """
    parquet = require_parquet()
    import pyarrow as pa

    if not Path(path).is_file():
        raise DataError(f"{path}: no such predictions file")
    try:
        table = parquet.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path}: not a Parquet file that can be read") from error
    if missing := [name for name in ("file", "tags", "scores") if name not in table.column_names]:
        raise DataError(f"{path}: the predictions have no column {missing[0]!r}")
    metadata = {
        key.decode(): value.decode("utf-8", "replace")
        for key, value in (table.schema.metadata or {}).items()
        if key.startswith(PREFIX.encode())
    }
    tags = tuple(json.loads(metadata.pop(PREFIX + "tags", "null")) or official_vocabulary().names)
    thresholds = json.loads(metadata.pop(PREFIX + "thresholds", "null"))
    if thresholds is not None and len(thresholds) != len(tags):
        raise DataError(f"{path}: {len(thresholds)} thresholds for {len(tags)} tags")
    songs = len(table)
    empty = [None] * songs
    columns = {
        name: table.column(name).to_pylist() if name in table.column_names else empty
        for name in ("file", "group", "tags", "not_tags")
    }
    return Predictions(
        files=tuple(columns["file"]),
        groups=np.array([group or "" for group in columns["group"]], dtype=np.str_),
        truth=_truth(path, columns["tags"], columns["not_tags"], tags),
        scores=_scores(path, table.column("scores"), len(tags)),
        tags=tags,
        metadata={key.removeprefix(PREFIX): value for key, value in metadata.items()},
        thresholds=None if thresholds is None else np.array(thresholds, np.float32),
    )


def _truth(path: str | os.PathLike, there: list, absent: list, tags: tuple[str, ...]) -> np.ndarray:
    places = {tag: place for place, tag in enumerate(tags)}
    truth = np.full((len(there), len(tags)), np.nan, np.float32)
    for i, (present, missing) in enumerate(zip(there, absent, strict=True)):
        if missing is None:
            truth[i] = 0
        for names, value in ((missing, 0), (present, 1)):
            for name in names or ():
                if name not in places:
                    raise DataError(f"{path}: row {i + 1}: {name!r} is not one of its tags")
                truth[i, places[name]] = value
    return truth


def _scores(path: str | os.PathLike, column: "pyarrow.ChunkedArray", tags: int) -> np.ndarray:
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    if (wrong := np.flatnonzero(lengths != tags)).size:
        row = wrong[0]
        raise DataError(f"{path}: row {row + 1}: {lengths[row]} scores for {tags} tags")
    flat = pc.list_flatten(column).to_numpy(zero_copy_only=False)
    scores = np.asarray(flat, np.float32).reshape(-1, tags)
    if np.isinf(scores).any():
        raise DataError(f"{path}: row {np.isinf(scores).any(1).argmax() + 1}: a score is infinite")
    return scores
