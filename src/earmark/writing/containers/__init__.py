"""The metadata of one kind of file: which of our fields stand where, and what else there is.

Each module reads a file into :class:`~earmark.writing.containers.tags.Tags` and writes fields into
a file; which module a file needs is told from its first bytes, never from its name.
"""

from earmark.writing.containers.kinds import read_tags, write_fields
from earmark.writing.containers.tags import FIELDS, Tags

__all__ = ["FIELDS", "Tags", "read_tags", "write_fields"]
