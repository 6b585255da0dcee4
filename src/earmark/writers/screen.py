"""Text that fits the terminal it is written to; into files and pipes it goes as it is."""

import os
import sys
import textwrap
from collections.abc import Iterable
from typing import IO

NARROWEST = 40  # columns for which lines are broken
KEPT = "\xa0"  # a space at which no line is broken
ROOM = " " * 4  # before what goes on below a long beginning


def columns(out: IO[str]) -> int | None:
    """How wide a terminal is; None for what is no terminal."""
    if not out.isatty():
        return None
    try:
        return max(NARROWEST, os.get_terminal_size(out.fileno()).columns or 80)
    except OSError:
        return 80


def wrapped(start: str, items: Iterable[str], width: int | None, between: str = ", ") -> str:
    """A list in one line, which is broken between items and goes on below where they began.

    Parameters
    ----------
    start : str, what stands before the items
    items : iterable of str
    width : int or None, of the terminal; None for one line, however long
    between : str that ends in a space
    """
    items = list(items)
    line = start + between.join(items)
    if width is None or len(line) <= width:
        return line
    whole = between.join(item.replace(" ", KEPT) for item in items)
    indent = " " * len(start) if len(start) < width / 2 else ROOM
    broken = textwrap.fill(
        whole,
        width,
        initial_indent=start,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return broken.replace(KEPT, " ")


def fitted(text: str, out: IO[str]) -> str:
    """Text whose lines fit the terminal: what is too long goes on below, a little to the right."""
    width = columns(out)
    return text if width is None else "\n".join(_fitted(line, width) for line in text.split("\n"))


def show(text: str, *, table: bool = True) -> None:
    """Print on standard output: a table as wide as the terminal, anything else as it is."""
    print(fitted(text, sys.stdout) if table else text, flush=True)


def _fitted(line: str, width: int) -> str:
    begin = len(line) - len(line.lstrip())
    indent = " " * (begin + len(ROOM))
    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent,
        replace_whitespace=False,
        drop_whitespace=True,
        break_long_words=False,
        break_on_hyphens=False,
    )


def dim(text: str, out: IO[str]) -> str:
    """Text that steps back, where a terminal can show that."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not out.isatty()
    return text if plain else f"\x1b[2m{text}\x1b[0m"
