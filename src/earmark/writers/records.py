"""One record a file, written as it comes: a table for people, data for programs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from earmark.csv_line import csv_line
from earmark.errors import EarmarkError
from earmark.names import escaped, printable
from earmark.tagging.result import DIGITS, Tagging
from earmark.vocabulary.genres import GenreMap
from earmark.wording import clock
from earmark.writers.screen import columns, dim, wrapped

BAR = 30  # characters of a full bar
PERHAPS = 6  # unsure tags that a table names
GENRE = "genre:"  # before a map's word, where tags stand
COLUMNS = ("file", "start", "end", "tag", "score")


@dataclass(frozen=True)
class Chosen:
    """Which scores to write.

    Attributes
    ----------
    top : int or None, how many of all scores; None for the tags over their thresholds
    timeline : bool, whether to write the tags of each window as well
    min_score : float in [0, 1] or None, a score to reach in place of the thresholds
    unsure : bool, whether JSON gets the tags just below their thresholds as well
    genre_map : GenreMap or None, whose words are told too
    """

    top: int | None = None
    timeline: bool = False
    min_score: float | None = None
    unsure: bool = False
    genre_map: GenreMap | None = None

    def data(self, result: Tagging, **instead: bool) -> dict[str, Any]:
        """The chosen scores of a sound, and ``genres`` {word: strength} where a map is given."""
        wanted = {
            "top": self.top,
            "timeline": self.timeline,
            "min_score": self.min_score,
            "unsure": self.unsure,
        }
        data = result.to_dict(**wanted | instead)
        if self.genre_map is not None:
            words = result.genres(self.genre_map)
            data["genres"] = {word: round(strength, DIGITS) for word, strength in words.items()}
        return data


def record(file: str, result: Tagging | EarmarkError, chosen: Chosen) -> dict[str, Any]:
    """What JSON holds of one file: its tags, or ``{"file": ..., "error": sentence}``."""
    if isinstance(result, EarmarkError):
        return {"file": escaped(file), "error": printable(str(result))}
    data = {"file": escaped(file), **chosen.data(result)}
    if "warning" in data:
        data["warning"] = printable(data["warning"])
    return data


def rows(file: str, result: Tagging | EarmarkError, chosen: Chosen) -> Iterator[tuple]:
    """What CSV and Parquet hold of one file: a row a tag, as :data:`COLUMNS`.

    A sound, or a window of one, without tags has one row with an empty tag, so that it is not
    missed; a file that failed has none. Words of a map stand behind ``genre:``.
    """
    if isinstance(result, EarmarkError):
        return
    data = chosen.data(result, unsure=False)
    whole = {"start": 0.0, "end": data["seconds"], "tags": data["tags"]}
    for row in data.get("timeline", [whole]):
        for tag, score in row["tags"].items() or [("", None)]:
            yield escaped(file), row["start"], row["end"], tag, score
    for word, strength in data.get("genres", {}).items():
        yield escaped(file), 0.0, data["seconds"], f"{GENRE}{word}", strength


class JsonWriter:
    """An array with one record a file; each waits for the next, which needs a comma before it."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._out, self._chosen, self._waiting = out, chosen, ""

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append one record."""
        text = json.dumps(record(file, result, self._chosen), ensure_ascii=False)
        self._out.write(f"{self._waiting},\n" if self._waiting else "[\n")
        self._waiting = text

    def close(self) -> None:
        """End the array."""
        self._out.write(f"{self._waiting}\n]\n" if self._waiting else "[]\n")


class JsonLinesWriter:
    """One record a line, flushed so that a reader gets it at once."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._out, self._chosen = out, chosen

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append one record."""
        text = json.dumps(record(file, result, self._chosen), ensure_ascii=False)
        self._out.write(text + "\n")
        self._out.flush()

    def close(self) -> None:
        """Nothing to end."""


class CsvWriter:
    """One row a tag, under a row with the names of the columns."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._out, self._chosen = out, chosen
        self._write(COLUMNS)

    def _write(self, row: tuple) -> None:
        self._out.write(csv_line(row))

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append the rows of one file."""
        for row in rows(file, result, self._chosen):
            self._write(row)

    def close(self) -> None:
        """Nothing to end."""


class ParquetWriter:
    """The rows of CSV as typed columns; an empty tag has no score (null)."""

    GROUP = 100_000  # rows that are held until they are written

    def __init__(self, out: IO[bytes], chosen: Chosen) -> None:
        from earmark.parquet import require_parquet

        parquet = require_parquet()
        import pyarrow as pa

        kinds = (pa.string(), pa.float64(), pa.float64(), pa.string(), pa.float32())
        self._table, self._schema = pa.table, pa.schema(zip(COLUMNS, kinds, strict=True))
        self._file, self._chosen = parquet.ParquetWriter(out, self._schema), chosen
        self._rows: list[tuple] = []

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append the rows of one file."""
        self._rows += rows(file, result, self._chosen)
        if len(self._rows) >= self.GROUP:
            self._flush()

    def _flush(self) -> None:
        values = zip(*self._rows, strict=True) if self._rows else ((),) * len(COLUMNS)
        arrays = [list(column) for column in values]
        self._file.write_table(self._table(arrays, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        """Write what is held, and the end of the file."""
        self._flush()
        self._file.close()


class TableWriter:
    """A heading a file, and a bar a tag or a line a window."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._out, self._chosen, self._first = out, chosen, True
        self._width = columns(out)
        self._perhaps = chosen.top is None and chosen.min_score is None

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append the table of one file."""
        if isinstance(result, EarmarkError):
            return
        data = self._chosen.data(result, unsure=self._perhaps)
        gap = "" if self._first else "\n"
        self._first = False
        self._say(f"{gap}{printable(file)}  ({clock(data['seconds'])}, {data['model']})")
        if not data["tags"] and self._perhaps:
            self._say("  no tag is over its threshold; --top 5 shows the likeliest")
        elif not data["tags"]:
            self._say("  no tag has that score; --top 5 shows the likeliest")
        for tag, score in data["tags"].items():
            self._say(f"  {tag:<16} {score:4.2f} {'█' * max(1, round(BAR * score))}")
        if unsure := _listed(data.get("unsure", {}))[:PERHAPS]:
            self._say(dim(wrapped("  perhaps ", unsure, self._width), self._out))
        if "genres" in data:
            words = _listed(data["genres"]) or ["none of the map's words fits"]
            self._say(wrapped("  genres  ", words, self._width))
        for row in data.get("timeline", ()):
            start = f"  {clock(row['start']):>8} - {clock(row['end'])}  "
            self._say(wrapped(start, _listed(row["tags"]), self._width))

    def _say(self, line: str) -> None:
        self._out.write(f"{line}\n")

    def close(self) -> None:
        """Nothing to end."""


def _listed(tags: dict[str, float]) -> list[str]:
    return [f"{tag} {score:.2f}" for tag, score in tags.items()]


Writer = JsonWriter | JsonLinesWriter | CsvWriter | ParquetWriter | TableWriter
WRITERS: dict[str, type] = {
    "table": TableWriter,
    "json": JsonWriter,
    "jsonl": JsonLinesWriter,
    "csv": CsvWriter,
    "parquet": ParquetWriter,
}
FORMATS = tuple(WRITERS)
BINARY = ("parquet",)  # formats that are no text, so that they need a file


def open_writer(name: str, out: IO, chosen: Chosen) -> Writer:
    """The writer of a format, one of :data:`FORMATS`."""
    return WRITERS[name](out, chosen)


def format_of(output: Path | None) -> str:
    """The format that a file's name asks for by its suffix; a table where it asks for none."""
    suffix = output.suffix[1:].lower() if output else ""
    return suffix if suffix in FORMATS else "table"
