"""MagnaTagATune (Law et al. 2009): 25,863 clips of 29 s with 188 tags, as rows.

A folder holds ``annotations_final.csv`` as it was published (tab-separated, a column a tag, the
clip's path last) and the clips below the folders ``0`` to ``f``, all of them or only some.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from earmark.datasets.row import Row
from earmark.datasets.splits import folder_split
from earmark.errors import DataError
from earmark.vocabulary import official_vocabulary

ANNOTATIONS = "annotations_final.csv"
MARKS = frozenset("01")  # not given, given
GET = "`earmark data get magnatagatune FOLDER` fetches it"


def require_annotations(folder: Path) -> Path:
    """The annotations of a folder; DataError, with the way to get them, if they are not there."""
    path = folder / ANNOTATIONS
    if not path.is_file():
        raise DataError(f"{folder}: holds no {ANNOTATIONS}; {GET}")
    return path


def read_rows(folder: Path) -> Iterator[Row]:
    """A row a clip, in the order of the annotations.

    Tags that were not given count as absent; the split is that of the folder, 12:1:3; the group is
    the artist.

    Raises
    ------
    DataError
        The annotations cannot be read, or are cut short or damaged.
    """
    return (row for _, row in read_clips(folder))


def read_clips(folder: Path) -> Iterator[tuple[int, Row]]:
    """Number of each clip, which the splits go by, and its row."""
    path, folder = require_annotations(folder), folder.absolute()
    number = 0
    try:
        with open(path, encoding="utf-8", newline="") as file:
            table = csv.reader(file, delimiter="\t", strict=True)
            header = next(table, [])
            tags = header[1:-1]
            if sorted(tags) != sorted(official_vocabulary().names):
                raise DataError(f"{path}: not the annotations of MagnaTagATune; {GET}")
            for number, cells in enumerate(table, 1):
                if len(cells) != len(header) or not cells[-1].endswith(".mp3"):
                    raise DataError(f"{path}: row {number} is cut short; {GET}")
                if not MARKS.issuperset(cells[1:-1]):
                    raise DataError(f"{path}: row {number} has a mark other than 0 and 1; {GET}")
                yield int(cells[0]), _row(number, folder, cells[-1], tags, cells[1:-1])
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, csv.Error) as error:
        raise DataError(f"{path}: damaged after row {number}; {GET}") from error


def _row(number: int, folder: Path, mp3_path: str, tags: list[str], given: list[str]) -> Row:
    place, _, name = mp3_path.partition("/")
    return Row(
        number=number,
        file=str(folder / mp3_path),
        tags=tuple(tag for tag, mark in zip(tags, given, strict=True) if mark == "1"),
        not_tags=None,
        split=folder_split(place),
        group=name.partition("-")[0],
        folder=place,
    )
