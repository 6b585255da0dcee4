"""Data sets: rows of sound files with labels, and their features kept on disk.

`open_dataset` turns what a person names (a manifest, a MagnaTagATune folder, "magnatagatune") into
a `Dataset`, whose rows can be read again and again without holding them all.
"""

from earmark.datasets.row import Dataset, Row
from earmark.datasets.source import open_dataset

__all__ = ["Dataset", "Row", "open_dataset"]
