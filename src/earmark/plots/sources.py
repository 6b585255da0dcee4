"""What pictures of labels are drawn from: a data set's counts, or a predictions file's truth."""

import os
from pathlib import Path

from earmark.datasets import open_dataset
from earmark.datasets.stats import Statistics, statistics
from earmark.errors import DataError
from earmark.evaluation.predictions import Predictions, read_predictions
from earmark.parquet import is_parquet
from earmark.vocabulary import Vocabulary, official_vocabulary


def open_labels(
    data: str | os.PathLike, vocabulary: Vocabulary | None = None
) -> Statistics | Predictions:
    """Labels by the name that a person gives them.

    Parameters
    ----------
    data : str or path
        A predictions file (Parquet with a column ``scores``), or anything that
        :func:`earmark.datasets.open_dataset` takes.
    vocabulary : Vocabulary or None
        Tags of a data set; None for the 188 official ones. Predictions bring their own.

    Raises
    ------
    DataError
        There is no such file or data set, or it makes no sense.
    """
    if _holds_scores(data):
        return read_predictions(data)
    rows = open_dataset(data, vocabulary).rows()
    return statistics(rows, vocabulary or official_vocabulary())


def _holds_scores(data: str | os.PathLike) -> bool:
    if not is_parquet(Path(data)) or not os.path.isfile(data):
        return False
    from earmark.parquet import require_parquet

    parquet = require_parquet()
    import pyarrow as pa

    try:
        return "scores" in parquet.read_schema(data).names
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{data}: not a Parquet file that can be read") from error
