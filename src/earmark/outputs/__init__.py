"""Results as people and programs read them: table, JSON, JSON lines, CSV; whole files or none."""

from earmark.atomic import atomic_file, standard_output
from earmark.outputs.writers import FORMATS, Chosen, open_writer

__all__ = ["FORMATS", "Chosen", "atomic_file", "open_writer", "standard_output"]
