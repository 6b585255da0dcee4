"""A whole collection: one catalogue holds what was heard, everything else asks it.

In: folders of sound files. Kept: one SQLite file with path, own words, duration, scores and
embedding of each. Out: searches, neighbours, playlists, groups, tables.
"""

from earmark.library.catalogue import Catalogue
from earmark.library.connect import default_library_path
from earmark.library.rows import Hearing, Matrix, Track

__all__ = ["Catalogue", "Hearing", "Matrix", "Track", "default_library_path"]
