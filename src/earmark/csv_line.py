"""One line of CSV, right for any text in its cells."""

import csv
import io
from collections.abc import Iterable


def csv_line(cells: Iterable[object], delimiter: str = ",") -> str:
    """A line that ends in ``\\n``, its cells quoted where they must be.

    Older Pythons quote a cell with a lone ``\\r`` only where lines end with ``\\r\\n``, so this
    one is written that way and loses it afterwards.
    """
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue()[:-2] + "\n"
