"""Results as people and programs read them: table, JSON, CSV, Parquet; whole files or none."""

from earmark.atomic import atomic_file, standard_output
from earmark.writers.records import BINARY, FORMATS, Chosen, format_of, open_writer

__all__ = [
    "BINARY",
    "FORMATS",
    "Chosen",
    "atomic_file",
    "format_of",
    "open_writer",
    "standard_output",
]
