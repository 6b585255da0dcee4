"""What the verbs that ask a library share: which library, which model, how to write songs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Library = Annotated[
    Path | None,
    typer.Option("--library", metavar="FILE", help="The library. [EARMARK_LIBRARY, or your own]"),
]
HeardBy = Annotated[
    str | None,
    typer.Option("-m", "--model", help="Whose hearing. [the model that heard most of it]"),
]
Where = Annotated[
    str | None,
    typer.Option("--where", metavar="EXPRESSION", help="Only songs that this is true of."),
]
Top = Annotated[int, typer.Option("--top", min=1, help="How many.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Write to this file, whole or not at all.")
]
MapPrefix = Annotated[
    list[str] | None,
    typer.Option("--map-prefix", metavar="OLD=NEW", help="What another machine calls a folder."),
]
Absolute = Annotated[bool, typer.Option("--absolute", help="Whole paths in an M3U8.")]


class SongForm(StrEnum):
    """Forms of a list of songs."""

    table = "table"
    json = "json"
    csv = "csv"
    m3u8 = "m3u8"
    paths = "paths"


Form = Annotated[SongForm, typer.Option("--format", help="How to write it.")]
