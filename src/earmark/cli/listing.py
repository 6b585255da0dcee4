"""The two forms of every list that the command line prints."""

from enum import StrEnum


class ListFormat(StrEnum):
    """Forms of a list."""

    table = "table"
    json = "json"


def comma_separated(text: str | None) -> tuple[str, ...]:
    """The parts of ``f,e,0``; none of nothing."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
