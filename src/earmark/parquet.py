"""pyarrow's Parquet module, or one sentence that says how to get it."""

from pathlib import Path
from types import ModuleType

from earmark.errors import DataError
from earmark.extras import install_command

SUFFIXES = (".parquet", ".pq")


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet by its name."""
    return path.suffix.lower() in SUFFIXES


def require_parquet() -> ModuleType:
    """The module ``pyarrow.parquet``; DataError with the way to get it where it is missing."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DataError(f"Parquet files need pyarrow: {install_command('data')}") from error
    module: ModuleType = pyarrow.parquet
    return module
