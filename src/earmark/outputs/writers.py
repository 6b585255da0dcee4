"""One record a file, written as it comes: a table for people, JSON and CSV for programs."""

import csv
import json
from dataclasses import dataclass
from typing import IO, Any

from earmark.errors import EarmarkError
from earmark.tagging.result import Tagging

BAR = 30  # characters of a full bar
FORMATS = ("table", "json", "jsonl", "csv")


@dataclass(frozen=True)
class Chosen:
    """Which scores to write.

    Attributes
    ----------
    top : int or None, how many of all scores; None for the tags over their thresholds
    timeline : bool, whether to write the tags of each window as well
    """

    top: int | None = None
    timeline: bool = False


def record(file: str, result: Tagging | EarmarkError, chosen: Chosen) -> dict[str, Any]:
    """What JSON holds of one file: its tags, or ``{"file": ..., "error": sentence}``."""
    if isinstance(result, EarmarkError):
        return {"file": file, "error": str(result)}
    return {"file": file, **result.to_dict(top=chosen.top, timeline=chosen.timeline)}


class JsonWriter:
    """An array with one record a file."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._out, self._chosen, self._separator = out, chosen, "[\n"

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append one record."""
        text = json.dumps(record(file, result, self._chosen), ensure_ascii=False)
        self._out.write(self._separator + text)
        self._separator = ",\n"

    def close(self) -> None:
        """End the array."""
        self._out.write("[]\n" if self._separator == "[\n" else "\n]\n")


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
    """One row a tag: file, start, end, tag, score. A file without tags has no rows."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._csv, self._chosen = csv.writer(out, lineterminator="\n"), chosen
        self._csv.writerow(["file", "start", "end", "tag", "score"])

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append the rows of one file."""
        if isinstance(result, EarmarkError):
            return
        data = result.to_dict(top=self._chosen.top, timeline=self._chosen.timeline)
        whole = {"start": 0.0, "end": data["seconds"], "tags": data["tags"]}
        for row in data.get("timeline", [whole]):
            for tag, score in row["tags"].items():
                self._csv.writerow([file, row["start"], row["end"], tag, score])

    def close(self) -> None:
        """Nothing to end."""


class TableWriter:
    """A heading a file, and a bar a tag or a line a window."""

    def __init__(self, out: IO[str], chosen: Chosen) -> None:
        self._out, self._chosen, self._first = out, chosen, True

    def write(self, file: str, result: Tagging | EarmarkError) -> None:
        """Append the table of one file."""
        if isinstance(result, EarmarkError):
            return
        data = result.to_dict(top=self._chosen.top, timeline=self._chosen.timeline)
        gap = "" if self._first else "\n"
        self._first = False
        self._out.write(f"{gap}{file}  ({clock(data['seconds'])}, {data['model']})\n")
        if not data["tags"]:
            self._out.write("  no tag is over its threshold; --top 5 shows the likeliest\n")
        for tag, score in data["tags"].items():
            bar = "█" * max(1, round(BAR * score))
            self._out.write(f"  {tag:<16} {score:4.2f} {bar}\n")
        for row in data.get("timeline", ()):
            tags = ", ".join(f"{tag} {score:.2f}" for tag, score in row["tags"].items())
            self._out.write(f"  {clock(row['start']):>8} - {clock(row['end'])}  {tags}\n")

    def close(self) -> None:
        """Nothing to end."""


def clock(seconds: float) -> str:
    """Seconds as people write them: 0:07.5, 3:41.0, 1:02:03.0."""
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{rest:04.1f}"


def open_writer(
    name: str, out: IO[str], chosen: Chosen
) -> JsonWriter | JsonLinesWriter | CsvWriter | TableWriter:
    """The writer of a format, one of :data:`FORMATS`."""
    kinds = {"table": TableWriter, "json": JsonWriter, "jsonl": JsonLinesWriter, "csv": CsvWriter}
    return kinds[name](out, chosen)
