"""A predictions file in the making: parts beside it, each whole or absent, joined at the end.

A part's metadata say how many rows of the data set went into it and what became of them, so that a
stopped run knows where to go on.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from earmark.atomic import atomic_file
from earmark.errors import DataError, OutputError
from earmark.evaluation.predictions import PREFIX, schema
from earmark.parquet import require_parquet
from earmark.wording import counted

COUNTS = (PREFIX + "part").encode()


@dataclass
class Counts:
    """What became of rows: sounds with scores, sounds that failed, rows without their sound."""

    songs: int = 0
    failed: int = 0
    absent: int = 0

    @property
    def rows(self) -> int:
        """Rows of the data set."""
        return self.songs + self.failed + self.absent

    def sentence(self) -> str:
        """The counts in words."""
        said = f"{counted(self.songs, 'sound')} with scores"
        said += f", {self.failed} that could not be tagged" if self.failed else ""
        return said + (f", {self.absent} rows whose sound is not there" if self.absent else "")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.songs + other.songs, self.failed + other.failed, self.absent + other.absent
        )


class Parts:
    """The parts of one output, in the folder ``OUTPUT.parts``.

    Parameters
    ----------
    output : Path, the file that they become
    tags : tuple of str, in the order of the scores
    metadata : dict, what tells this run from another

    Raises
    ------
    DataError
        The folder holds parts of another run.
    OutputError
        The folder cannot be made.
    """

    def __init__(self, output: Path, tags: tuple[str, ...], metadata: dict[str, str]) -> None:
        self.output, self.folder = output, output.with_name(f"{output.name}.parts")
        self._schema, self._parquet = schema(tags, metadata), require_parquet()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be made ({error.strerror})") from error
        self.counts = Counts()
        for path in self._paths():
            found = dict(self._parquet.read_schema(path).metadata)
            self.counts += Counts(**json.loads(found.pop(COUNTS)))
            if found != self._schema.metadata:
                other = "of another model, data set or version; remove it or choose another output"
                raise DataError(f"{self.folder}: holds the beginnings of a run {other}")

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.parquet"))

    def add(self, records: list[dict], counts: Counts) -> None:
        """Keep the records that some rows of the data set gave."""
        import pyarrow as pa

        own = {**self._schema.metadata, COUNTS: json.dumps(asdict(counts)).encode()}
        table = pa.Table.from_pylist(records, self._schema.with_metadata(own))
        path = self.folder / f"part-{len(self._paths()):06d}.parquet"
        with atomic_file(path, "wb") as file:
            self._parquet.write_table(table, file)
        self.counts += counts

    def join(self) -> None:
        """Write the output from all parts and remove them."""
        with (
            atomic_file(self.output, "wb") as file,
            self._parquet.ParquetWriter(file, self._schema) as writer,
        ):
            for table in self._tables():
                writer.write_table(table)
        self.remove()

    def _tables(self) -> Iterator:
        for path in self._paths():
            yield self._parquet.read_table(path).replace_schema_metadata(self._schema.metadata)

    def remove(self) -> None:
        """Remove the folder of parts."""
        shutil.rmtree(self.folder, ignore_errors=not os.path.exists(self.folder))
