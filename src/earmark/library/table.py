"""A library as rows for tables: what is known of each track, its scores, its embedding."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np

from earmark.errors import DataError
from earmark.extras import install_command
from earmark.library.catalogue import Catalogue
from earmark.library.rows import Hearing, Matrix, Track
from earmark.messages import printable

FACTS = ("file", "title", "artist", "album", "seconds", "bytes", "modified", "warning", "error")
AT_ONCE = 4096  # tracks
MICROSECOND = 1000  # in nanoseconds


def facts_of_track(track: Track) -> dict[str, Any]:
    """What is known of a track without a model, by the names in `FACTS`."""
    modified = datetime.fromtimestamp(track.mtime_ns // MICROSECOND / 1e6, UTC)
    return {
        "file": printable(track.path),
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "seconds": track.seconds,
        "bytes": track.size,
        "modified": modified,
        "warning": track.warning,
        "error": track.error,
    }


def batches(
    catalogue: Catalogue, hearing: Hearing | None
) -> Iterator[tuple[list[Track], np.ndarray, np.ndarray, np.ndarray]]:
    """All tracks in the order of their ids, some thousands at once.

    Parameters
    ----------
    catalogue : Catalogue
    hearing : Hearing or None, whose scores; None where nothing was heard yet

    Yields
    ------
    tracks : list of Track
    heard : np.ndarray [shape=(tracks,), bool]
    scores : np.ndarray [shape=(heard tracks, tags), float32]
    embeddings : np.ndarray [shape=(heard tracks, d), float32]
    """
    empty = Matrix(np.zeros(0, np.int64), np.zeros((0, 0), np.float32))
    with catalogue.snapshot():
        scores = catalogue.scores(hearing) if hearing else empty
        embeddings = catalogue.embeddings(hearing) if hearing else empty
        some: list[Track] = []
        for track in catalogue:
            some.append(track)
            if len(some) == AT_ONCE:
                yield _with_numbers(some, scores, embeddings)
                some = []
        if some:
            yield _with_numbers(some, scores, embeddings)


def _with_numbers(
    tracks: list[Track], scores: Matrix, embeddings: Matrix
) -> tuple[list[Track], np.ndarray, np.ndarray, np.ndarray]:
    ids = np.array([track.id for track in tracks], np.int64)
    heard = np.isin(ids, scores.ids)
    rows = np.searchsorted(scores.ids, ids[heard])
    return tracks, heard, scores.rows[rows], embeddings.rows[rows]


def to_arrow(catalogue: Catalogue, hearing: Hearing | None):
    """A library as a pyarrow table.

    Parameters
    ----------
    catalogue : Catalogue
    hearing : Hearing or None, whose scores

    Returns
    -------
    pyarrow.Table
        A row a file: the columns of `FACTS`, a column a tag with its calibrated score (null where
        nothing was heard), and ``embedding``, a list of float32. The schema's metadata names the
        ``model`` and its ``sha256``.

    Raises
    ------
    DataError
        pyarrow is missing.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise DataError(f"Arrow tables need pyarrow: {install_command('library')}") from error
    kinds = {"seconds": pa.float64(), "bytes": pa.int64(), "modified": pa.timestamp("us", "UTC")}
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in FACTS]
    metadata = {}
    if hearing:
        fields += [pa.field(name, pa.float32()) for name in hearing.names]
        fields.append(pa.field("embedding", pa.list_(pa.float32(), hearing.dimensions)))
        metadata = {"model": hearing.name, "sha256": hearing.sha256}
    schema = pa.schema(fields, metadata)
    parts = []
    for tracks, heard, scores, embeddings in batches(catalogue, hearing):
        facts = [facts_of_track(track) for track in tracks]
        columns = [
            pa.array([fact[name] for fact in facts], schema.field(name).type) for name in FACTS
        ]
        if hearing:
            place = pa.array(np.where(heard, np.cumsum(heard) - 1, 0), mask=~heard)
            columns += [pa.array(np.ascontiguousarray(column)).take(place) for column in scores.T]
            flat = pa.array(embeddings.ravel())
            listed = pa.FixedSizeListArray.from_arrays(flat, hearing.dimensions)
            columns.append(listed.take(place))
        parts.append(pa.record_batch(columns, schema=schema))
    return pa.Table.from_batches(parts, schema)
