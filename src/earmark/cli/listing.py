"""The two forms of every list that the command line prints."""

from enum import StrEnum


class ListFormat(StrEnum):
    """Forms of a list."""

    table = "table"
    json = "json"
