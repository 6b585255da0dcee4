"""A library's numbers, failures and tables as people and programs read them."""

import json
from pathlib import Path
from typing import Any

from earmark.atomic import atomic_file, standard_output
from earmark.csv_line import csv_line
from earmark.errors import FormError
from earmark.library.catalogue import Catalogue
from earmark.library.rows import Hearing, Track
from earmark.library.table import FACTS, batches, facts_of_track, to_arrow
from earmark.messages import printable

FORMS = (".parquet", ".csv", ".jsonl")
BAR, SHOWN = 30, 20  # characters of a full bar, tags
DIGITS = 4  # of a score
YEAR, DAY, HOUR, MINUTE = 31_557_600, 86_400, 3_600, 60  # seconds


def stats_text(stats: dict[str, Any]) -> str:
    """What :func:`earmark.library.stats.library_stats` found, as a table with bars."""
    lines = [
        stats["library"],
        f"  {'files':<12} {stats['files']:,} in {stats['folders']:,} folders",
        f"  {'heard':<12} {stats['heard']:,}, {stats['sounds']:,} different sounds",
        f"  {'sound':<12} {duration(stats['seconds'])}",
        f"  {'failed':<12} {stats['failed']:,}, with a warning {stats['warnings']:,}",
        f"  {'artists':<12} {stats['artists']:,}",
        f"  {'groups':<12} {stats['groups']:,}",
        f"  {'size':<12} {stats['bytes'] / 1e6:,.1f} MB",
    ]
    lines += [
        f"  {'heard by':<12} {model['name']} {model['sha256'][:8]}: {model['sounds']:,} sounds"
        for model in stats["models"]
    ]
    tags = stats.get("tags", {})
    if tags:
        lines += ["", f"  the most common tags, by {stats['model']}"]
    most = max(tags.values(), default=1)
    for name, count in list(tags.items())[:SHOWN]:
        bar = "█" * max(1, round(BAR * count / most))
        lines.append(f"  {name:<16} {count:>7,}  {count / stats['heard']:>6.1%}  {bar}")
    return "\n".join(lines) + "\n"


def duration(seconds: float) -> str:
    """A long time in its two largest units: 3 years 41 days, 2 hours 5 minutes, 12 seconds."""
    if seconds < MINUTE:
        return f"{seconds:.0f} seconds"
    units = (("year", YEAR), ("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", 1))
    words: list[str] = []
    for name, length in units:
        count, seconds = divmod(seconds, length)
        if count or words:
            words.append(f"{count:.0f} {name}{'' if count == 1 else 's'}")
        if len(words) == 2:
            break
    return " ".join(words)


def stats_json(stats: dict[str, Any]) -> str:
    """The same as JSON."""
    return json.dumps(stats, ensure_ascii=False, indent=1) + "\n"


def print_errors(catalogue: Catalogue, *, as_json: bool) -> None:
    """What failed and why, a line a file or an array of ``file``, ``error``."""
    failed = ({"file": printable(t.path), "error": t.error} for t in catalogue.failed())
    with standard_output() as out:
        if as_json:
            out.write(json.dumps(list(failed), ensure_ascii=False, indent=1) + "\n")
        else:
            for row in failed:
                out.write(f"{row['file']}: {row['error']}\n")


def export_library(catalogue: Catalogue, hearing: Hearing | None, output: Path) -> int:
    """Write a library as a table; its suffix says in which form.

    ``.parquet`` and ``.csv`` have a column a tag; ``.jsonl`` has ``scores`` {tag: score} and
    ``embedding``, which CSV leaves out.

    Parameters
    ----------
    catalogue : Catalogue
    hearing : Hearing or None, whose scores
    output : Path

    Returns
    -------
    int, how many files it has

    Raises
    ------
    OutputError
        Another suffix, or the file cannot be written.
    DataError
        pyarrow is missing, for Parquet.
    """
    form = output.suffix.lower()
    if form not in FORMS:
        raise FormError(f"{output}: a table's name must end in {', '.join(FORMS)}")
    if form == ".parquet":
        from earmark.parquet import require_parquet

        parquet = require_parquet()
        table = to_arrow(catalogue, hearing)
        with atomic_file(output, "wb") as file:
            parquet.write_table(table, file, compression="zstd")
        return table.num_rows
    with atomic_file(output) as file:
        return (_csv if form == ".csv" else _jsonl)(catalogue, hearing, file)


def _csv(catalogue: Catalogue, hearing: Hearing | None, file) -> int:
    names = hearing.names if hearing else ()
    count = 0
    file.write(csv_line([*FACTS, *names]))
    for tracks, heard, scores, _ in batches(catalogue, hearing):
        rows = iter(scores.round(DIGITS).tolist())
        for track, known in zip(tracks, heard.tolist(), strict=True):
            numbers = next(rows) if known else [None] * len(names)
            facts = _plain(track).values()
            shown = (n if n is None else f"{n:.{DIGITS}f}" for n in numbers)
            file.write(csv_line([*facts, *shown]))
        count += len(tracks)
    return count


def _jsonl(catalogue: Catalogue, hearing: Hearing | None, file) -> int:
    count = 0
    for tracks, heard, scores, embeddings in batches(catalogue, hearing):
        rows = iter(zip(scores.tolist(), embeddings.tolist(), strict=True))
        for track, known in zip(tracks, heard.tolist(), strict=True):
            record = _plain(track)
            if known:
                numbers, embedding = next(rows)
                rounded = (round(number, DIGITS) for number in numbers)
                record["scores"] = dict(zip(hearing.names, rounded, strict=True))
                record["embedding"] = [round(number, 6) for number in embedding]
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        count += len(tracks)
    return count


def _plain(track: Track) -> dict[str, Any]:
    facts = facts_of_track(track)
    return {**facts, "modified": facts["modified"].isoformat()}
