"""A whole collection: one catalogue holds what was heard, everything else asks it.

In: folders of sound files. Kept: one SQLite file with path, own words, duration, scores and
embedding of each. Out: searches, neighbours, playlists, groups, tables.

>>> from earmark.library import Library
>>> Library("music.db").scan(["~/Music"]).tagged  # doctest: +SKIP
1204
"""

from typing import TYPE_CHECKING, Any

from earmark.library.catalogue import Catalogue
from earmark.library.connect import default_library_path
from earmark.library.rows import Hearing, Matrix, Track

if TYPE_CHECKING:
    from earmark.library.library import Hit, Library
    from earmark.library.scan import Scan

__all__ = [
    "Catalogue",
    "Hearing",
    "Hit",
    "Library",
    "Matrix",
    "Scan",
    "Track",
    "default_library_path",
]


def __getattr__(name: str) -> Any:
    # Asking needs no tagger; scanning does.
    if name in ("Hit", "Library"):
        from earmark.library import library

        return getattr(library, name)
    if name == "Scan":
        from earmark.library.scan import Scan

        return Scan
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
