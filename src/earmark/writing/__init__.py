"""What was heard, written into the files themselves, where every player reads it; and taken back.

In: files with what was heard in them. Between: a plan, which a person may read and edit. Out: files
whose metadata holds genre, mood, comment and a field of our own, and a journal from which each file
can be made again as it was, byte for byte. A file is written as a copy beside it, which is checked
before it takes the file's place: whatever happens, the old file or the new one is there.
"""

from earmark.writing.apply import Applied, apply_plan
from earmark.writing.containers import FIELDS
from earmark.writing.heard import Choice, Heard, heard_files, heard_tracks
from earmark.writing.journal import Journal, journal_path
from earmark.writing.plan import Counts, Line, line_text, make_plan, read_plan
from earmark.writing.undo import Undone, known_paths, undo
from earmark.writing.values import Mode

__all__ = [
    "FIELDS",
    "Applied",
    "Choice",
    "Counts",
    "Heard",
    "Journal",
    "Line",
    "Mode",
    "Undone",
    "apply_plan",
    "heard_files",
    "heard_tracks",
    "journal_path",
    "known_paths",
    "line_text",
    "make_plan",
    "read_plan",
    "undo",
]
