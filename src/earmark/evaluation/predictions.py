"""The predictions file: what a model says of a data set and what is true, one row a sound.

Every measure and picture reads this Parquet file, and so can anybody with pandas. Its columns are
``file`` (string), ``group`` (string: artist or source, may be empty), ``tags`` (list of strings,
certainly there), ``not_tags`` (list of strings, certainly absent; null: every tag not in ``tags``
is absent), ``scores`` (list of float32, NaN for a tag that the model does not know) and, if it is
there, ``shares`` (list of float32, how many of those who were asked gave a tag, NaN where nobody
knows; null for a song without any). Scores and shares are in the order of the JSON list
``earmark.tags`` in the file's metadata, by default the 188 official ones. ``earmark.thresholds``,
in the same order, says from which score on the model shows a tag.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from earmark.errors import DataError
from earmark.parquet import require_parquet
from earmark.vocabulary import official_vocabulary

if TYPE_CHECKING:
    import pyarrow

PREFIX = "earmark."
COLUMNS = ("file", "group", "tags", "not_tags", "scores", "shares")


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
    targets : np.ndarray [shape=(songs, tags), float32]
        What scores promise: the share of listeners where it is known, elsewhere `truth`.
    """

    files: tuple[str, ...]
    groups: np.ndarray
    truth: np.ndarray
    scores: np.ndarray
    tags: tuple[str, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    thresholds: np.ndarray | None = None
    targets: np.ndarray = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.targets is None:
            object.__setattr__(self, "targets", self.truth)

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
            self.targets[chosen],
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
            self.targets[:, which],
        )


def repeated(files: Sequence[str]) -> str | None:
    """The first name that is there twice; None if all differ."""
    seen: set[str] = set()
    for file in files:
        if file in seen:
            return file
        seen.add(file)
    return None


def schema(tags: tuple[str, ...], metadata: dict[str, str]) -> "pyarrow.Schema":
    """Arrow schema of a predictions file."""
    require_parquet()
    import pyarrow as pa

    words = pa.list_(pa.string())
    numbers = pa.list_(pa.float32())
    types = (pa.string(), pa.string(), words, words, numbers, numbers)
    named = {PREFIX + key: value for key, value in metadata.items()}
    return pa.schema(
        list(zip(COLUMNS, types, strict=True)),
        metadata={PREFIX + "tags": json.dumps(tags, ensure_ascii=False), **named},
    )


def read_predictions(path: str | os.PathLike[str]) -> Predictions:
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
    if (twice := repeated(table.column_names)) is not None:
        raise DataError(f"{path}: the predictions have two columns {twice!r}")
    if missing := [name for name in ("file", "tags", "scores") if name not in table.column_names]:
        raise DataError(f"{path}: the predictions have no column {missing[0]!r}")
    _require_types(path, table.schema)
    metadata = {
        key.decode("utf-8", "replace"): value.decode("utf-8", "replace")
        for key, value in (table.schema.metadata or {}).items()
        if key.startswith(PREFIX.encode())
    }
    tags = _tags(path, metadata.pop(PREFIX + "tags", "null"))
    thresholds = _thresholds(path, metadata.pop(PREFIX + "thresholds", "null"), len(tags))
    songs = len(table)
    empty = [None] * songs
    try:
        columns = {
            name: table.column(name).to_pylist() if name in table.column_names else empty
            for name in ("file", "group", "tags", "not_tags", "shares")
        }
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: a text in it is not UTF-8") from error
    truth = _truth(path, columns["tags"], columns["not_tags"], tags)
    return Predictions(
        files=_files(path, columns["file"]),
        groups=np.array(["" if own is None else str(own) for own in columns["group"]], np.str_),
        truth=truth,
        scores=_scores(path, table.column("scores"), len(tags)),
        tags=tags,
        metadata={key.removeprefix(PREFIX): value for key, value in metadata.items()},
        thresholds=thresholds,
        targets=_targets(path, truth, columns["shares"], len(tags)),
    )


def _require_types(path: str | os.PathLike[str], schema: "pyarrow.Schema") -> None:
    """DataError unless tags are lists of words and scores lists of numbers."""
    from pyarrow import types as kinds

    lists = (kinds.is_list, kinds.is_large_list, kinds.is_fixed_size_list)
    words = (kinds.is_string, kinds.is_large_string, kinds.is_dictionary, kinds.is_null)
    numbers = (kinds.is_floating, kinds.is_integer, kinds.is_null)
    for name, of, what in (
        ("tags", words, "words"),
        ("not_tags", words, "words"),
        ("scores", numbers, "numbers"),
        ("shares", numbers, "numbers"),
    ):
        if name not in schema.names or kinds.is_null(schema.field(name).type):
            continue
        kind = schema.field(name).type
        is_list = any(check(kind) for check in lists)
        if not is_list or not any(check(kind.value_type) for check in of):
            raise DataError(f"{path}: the column {name!r} must hold lists of {what}, not {kind}")


def _tags(path: str | os.PathLike[str], text: str) -> tuple[str, ...]:
    """The names of the columns, the official ones where the file has none."""
    tags = _json(path, "tags", text) or official_vocabulary().names
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise DataError(f"{path}: its earmark.tags are not a list of names")
    if len(set(tags)) < len(tags):
        raise DataError(f"{path}: its earmark.tags name {repeated(tags)!r} twice")
    return tuple(tags)


def _thresholds(path: str | os.PathLike[str], text: str, tags: int) -> np.ndarray | None:
    """A threshold a tag; None where the file has none."""
    thresholds = _json(path, "thresholds", text)
    if thresholds is None:
        return None
    if not isinstance(thresholds, list) or not all(type(one) in (int, float) for one in thresholds):
        raise DataError(f"{path}: its earmark.thresholds are not a list of numbers")
    if len(thresholds) != tags:
        raise DataError(f"{path}: {len(thresholds)} thresholds for {tags} tags")
    if np.isnan(thresholds).any():
        raise DataError(f"{path}: one of its earmark.thresholds is no number")
    return np.array(thresholds, np.float32)


def _json(path: str | os.PathLike[str], name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DataError(f"{path}: its earmark.{name} are not JSON") from error


def _files(path: str | os.PathLike[str], files: list[Any]) -> tuple[str, ...]:
    """The names of the sounds; a number will do."""
    for row, file in enumerate(files, 1):
        if file is None or file == "":
            raise DataError(f"{path}: row {row}: names no file")
    return tuple(map(str, files))


def _truth(
    path: str | os.PathLike[str], there: list[Any], absent: list[Any], tags: tuple[str, ...]
) -> np.ndarray:
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
        if both := set(missing or ()).intersection(present or ()):
            raise DataError(f"{path}: row {i + 1}: {min(both)!r} is both there and absent")
    return truth


def _targets(
    path: str | os.PathLike[str], truth: np.ndarray, shares: list[Any], tags: int
) -> np.ndarray:
    """The truth, with shares in the place of what has some."""
    if not any(own is not None for own in shares):
        return truth
    targets = truth.copy()
    for i, own in enumerate(shares):
        if own is None:
            continue
        given = np.array(own, np.float32)
        if len(given) != tags or (given < 0).any() or (given > 1).any():
            raise DataError(f"{path}: row {i + 1}: its shares are not {tags} numbers from 0 to 1")
        targets[i] = np.where(np.isnan(given), truth[i], given)
    return targets


def _scores(path: str | os.PathLike[str], column: "pyarrow.ChunkedArray", tags: int) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_null(column.type):
        column = column.cast(pa.list_(pa.float32()))
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    if (wrong := np.flatnonzero(lengths != tags)).size:
        row = wrong[0]
        raise DataError(f"{path}: row {row + 1}: {lengths[row]} scores for {tags} tags")
    flat = pc.list_flatten(column).to_numpy(zero_copy_only=False)
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is told
        scores = np.asarray(flat, np.float32).reshape(-1, tags)
    if np.isinf(scores).any():
        raise DataError(f"{path}: row {np.isinf(scores).any(1).argmax() + 1}: a score is infinite")
    return scores
