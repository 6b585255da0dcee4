"""A manifest: a table of sound files with labels, as CSV, TSV or Parquet, read row by row.

Only the column ``file`` must be there; ``tags``, ``not_tags``, ``soft``, ``mtat_tags``, ``split``,
``group`` and ``folder`` say what is known of it (see :mod:`earmark.datasets.cells`), and other
columns are ignored. A manifest of any length is read in bounded memory.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.atomic import atomic_file
from earmark.csv_line import csv_line
from earmark.datasets.cells import REST, SEPARATOR, Cell, named_tags, parse_row
from earmark.datasets.row import Row
from earmark.errors import DataError
from earmark.names import escaped
from earmark.parquet import is_parquet, require_parquet
from earmark.vocabulary import Vocabulary, official_vocabulary

if TYPE_CHECKING:
    import pyarrow

BATCH = 4096  # rows of Parquet read at once
COLUMNS = ("file", "tags", "not_tags", "soft", "split", "group", "folder")
LISTS = frozenset({"tags", "not_tags", "soft", "mtat_tags"})  # of several words a row
NAMES = frozenset({"split", "group", "folder", "mtat_folder", "artist"})  # numbers will do
CELL = 10_000_000  # characters; longer than any cell that makes sense


@dataclass(frozen=True)
class Parsed:
    """One row of a manifest with everything that is wrong with it."""

    row: Row
    faults: list[str]


def read_manifest(path: str | os.PathLike, vocabulary: Vocabulary | None = None) -> Iterator[Row]:
    """Rows of a manifest, one after the other.

    Parameters
    ----------
    path : path
        ``.parquet`` or ``.pq``, ``.tsv`` or, by any other name, CSV in UTF-8; as spreadsheets of
        some countries write it, with semicolons between the cells, and with a first row ``sep=;``.
    vocabulary : Vocabulary or None
        Tags that may be used; None for the 188 official ones.

    Raises
    ------
    DataError
        The manifest cannot be read, or a row makes no sense; the text names file and row.
    """
    for parsed in parse_manifest(path, vocabulary):
        if parsed.faults:
            raise DataError(f"{path}: row {parsed.row.number}: {parsed.faults[0]}")
        yield parsed.row


def parse_manifest(
    path: str | os.PathLike, vocabulary: Vocabulary | None = None
) -> Iterator[Parsed]:
    """Rows with their faults; DataError only where the file itself cannot be read."""
    path = Path(path)
    known = official_vocabulary() if vocabulary is None else vocabulary
    lists, raw = _raw_rows(path)
    folder = path.absolute().parent
    for number, cells in enumerate(raw, 1):
        faults = []
        if isinstance(cells, str):
            cells, faults = {}, [cells]
        row, more = parse_row(cells, number, folder, known, lists)
        yield Parsed(row, faults or more)


def manifest_vocabulary(path: str | os.PathLike) -> Vocabulary:
    """The vocabulary of a manifest whose tags may be any words: all that its rows name.

    Returns
    -------
    Vocabulary
        In alphabetical order; of the official tags among them, synonyms and opposites are known.

    Raises
    ------
    DataError
        The manifest cannot be read.
    """
    _, raw = _raw_rows(Path(path))
    rows = (named_tags(cells) for cells in raw if not isinstance(cells, str))
    return official_vocabulary().ordered(sorted(set().union(*rows)))


def _raw_rows(path: Path) -> tuple[frozenset[str], Iterator[dict[str, Cell] | str]]:
    """Names of the columns of lists, and the cells of each row."""
    if is_parquet(path):
        return _parquet_rows(path)
    return frozenset(), _csv_rows(path)


def _csv_rows(path: Path) -> Iterator[dict[str, Cell] | str]:
    """Cells by column, or in place of a row what is wrong with it."""
    csv.field_size_limit(CELL)
    number = 0
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = _stated_delimiter(first)
            if delimiter:
                first = file.readline()
            lines = chain([first] if first else [], file)
            table = csv.reader(lines, delimiter=delimiter or _delimiter(path, first), strict=True)
            header = [name.strip() for name in next(table, [])]
            _require_file_column(path, header)
            for cells in table:
                if not cells:
                    continue
                number += 1
                if len(cells) == len(header):
                    yield dict(zip(header, cells, strict=True))
                else:
                    yield f"{len(cells)} cells for {len(header)} columns"
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 after row {number}; save it as UTF-8") from error
    except csv.Error as error:
        raise DataError(
            f"{path}: not a table that can be read after row {number}: {error}"
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error


def _stated_delimiter(line: str) -> str | None:
    """What stands between cells by a first row as ``sep=;``, which spreadsheets write and read."""
    line = line.strip().strip('"')
    return line[4] if line[:4].lower() == "sep=" and len(line) == 5 else None


def _delimiter(path: Path, header: str) -> str:
    """What stands between cells: what the suffix says, unless only another finds our column."""
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    for delimiter in (usual, ";", "\t", ","):
        cells = next(csv.reader([header], delimiter=delimiter), [])
        if "file" in [cell.strip() for cell in cells]:
            return delimiter
    return usual


def _require_file_column(path: Path, header: list[str]) -> None:
    if not any(header):
        raise DataError(f"{path}: the manifest is empty")
    if "file" not in header:
        raise DataError(f"{path}: the manifest has no column 'file'")
    if twice := [name for name in header if name and header.count(name) > 1]:
        raise DataError(f"{path}: the manifest has two columns {twice[0]!r}")


def _parquet_rows(path: Path) -> tuple[frozenset[str], Iterator[dict[str, Cell]]]:
    """Names of the columns of lists, and the cells of each row."""
    parquet = require_parquet()
    import pyarrow as pa

    try:
        file = parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path}: not a Parquet file that can be read") from error
    schema = file.schema_arrow
    _require_file_column(path, schema.names)
    wanted = [name for name in (*COLUMNS, "mtat_tags", "mtat_folder", "artist")]
    wanted = [name for name in wanted if name in schema.names]
    _require_types(path, schema, wanted)
    kinds = {name: schema.field(name).type for name in wanted}
    lists = frozenset(
        name
        for name, kind in kinds.items()
        if pa.types.is_list(kind) or pa.types.is_large_list(kind)
    )

    def rows() -> Iterator[dict[str, Cell]]:
        try:
            for batch in file.iter_batches(BATCH, columns=wanted):
                yield from batch.to_pylist()
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: a text in it is not UTF-8") from error
        except (OSError, pa.ArrowException) as error:
            raise DataError(f"{path}: the Parquet file is damaged") from error

    return lists, rows()


def _require_types(path: Path, schema: "pyarrow.Schema", wanted: list[str]) -> None:
    """Refuse columns of other people's tables that happen to have our names."""
    from pyarrow import types as kinds

    def is_text(kind: "pyarrow.DataType") -> bool:
        if kinds.is_dictionary(kind):
            kind = kind.value_type
        return kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_null(kind)

    for name in wanted:
        kind = schema.field(name).type
        several, plain = name in LISTS, name in NAMES
        is_list = kinds.is_list(kind) or kinds.is_large_list(kind)
        if is_text(kind) or (several and is_list and is_text(kind.value_type)):
            continue
        if plain and kinds.is_integer(kind):
            continue
        what = "text or lists of text" if several else "text"
        raise DataError(f"{path}: the column {name!r} must hold {what}, not {kind}")


def write_manifest(path: str | os.PathLike, rows: Iterable[Row]) -> int:
    """Write rows as a manifest and return their number.

    Parameters
    ----------
    path : path
        ``.parquet`` or ``.pq``, ``.tsv`` or CSV, written whole or not at all. Files below its
        folder are named from there, others by their absolute path.
    rows : iterable of Row, of any length

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    path = Path(path)
    records = (_record(path, row) for row in rows)
    if is_parquet(path):
        return _write_parquet(path, records)
    written = 0
    with atomic_file(path) as out:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        out.write(csv_line(COLUMNS, delimiter))
        for written, record in enumerate(records, 1):  # noqa: B007
            out.write(csv_line((record[name] for name in COLUMNS), delimiter))
    return written


def _record(path: Path, row: Row) -> dict[str, str]:
    below = Path(row.file).is_relative_to(path.absolute().parent)
    return {
        "file": escaped(os.path.relpath(row.file, path.absolute().parent) if below else row.file),
        "tags": SEPARATOR.join(row.tags),
        "not_tags": SEPARATOR.join((REST,) if row.not_tags is None else row.not_tags),
        "soft": SEPARATOR.join(f"{tag}:{value:.4g}" for tag, value in row.soft.items()),
        "split": row.split,
        "group": row.group,
        "folder": row.folder,
    }


def _write_parquet(path: Path, records: Iterator[dict]) -> int:
    parquet = require_parquet()
    import pyarrow as pa

    schema, written = pa.schema([(name, pa.string()) for name in COLUMNS]), 0
    with atomic_file(path, "wb") as out, parquet.ParquetWriter(out, schema) as writer:
        for batch in iter(lambda: list(islice(records, BATCH)), []):
            writer.write_table(pa.Table.from_pylist(batch, schema))
            written += len(batch)
    return written
