"""The two forms of what is told a file at a time."""

from enum import StrEnum


class LinesFormat(StrEnum):
    """Forms of output."""

    table = "table"
    jsonl = "jsonl"
