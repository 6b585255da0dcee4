"""What ``--data`` means: a manifest, a MagnaTagATune folder, or the word "magnatagatune"."""

import os
from pathlib import Path

from earmark.datasets import magnatagatune, manifest
from earmark.datasets.row import Dataset
from earmark.errors import DataError
from earmark.vocabulary import Vocabulary

VARIABLE = "EARMARK_DATA"
NAME = "magnatagatune"


def open_dataset(data: str | os.PathLike, vocabulary: Vocabulary | None = None) -> Dataset:
    """The data set that a person names.

    Parameters
    ----------
    data : str or path
        A CSV or Parquet manifest, a folder with MagnaTagATune's annotations, or
        ``"magnatagatune"`` for the folder in the environment variable ``EARMARK_DATA``.
    vocabulary : Vocabulary or None
        Tags that a manifest may use; None for the 188 official ones.

    Raises
    ------
    DataError
        There is no such data set; the text says how to get it.
    """
    folder = dataset_folder(data)
    if folder:
        magnatagatune.require_annotations(folder)
        return Dataset(str(folder), lambda: magnatagatune.read_rows(folder), partial=True)
    if not os.path.exists(data):
        raise DataError(f"{data}: no such manifest or data set folder")
    return Dataset(os.fspath(data), lambda: manifest.read_manifest(data, vocabulary))


def dataset_folder(data: str | os.PathLike) -> Path | None:
    """The MagnaTagATune folder that a person names; None for a manifest."""
    if os.fspath(data) != NAME:
        return Path(data) if os.path.isdir(data) else None
    folder = os.environ.get(VARIABLE)
    if not folder:
        get = f"`earmark data get {NAME} FOLDER` fetches it"
        raise DataError(f"{NAME}: {VARIABLE} does not name its folder; {get}")
    return Path(folder)
