"""What the cells of a manifest's row mean: the rules of every column, said once.

In: the cells of one row as text (or, from Parquet, lists of text). Out: a `Row` and the faults that
were found in it, so that reading can stop at the first and checking can tell them all.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from unicodedata import normalize

from earmark.datasets.row import Row
from earmark.errors import VocabularyError
from earmark.names import MARK, found_again
from earmark.vocabulary import Vocabulary

SEPARATOR = ";"
REST = "*"  # in not_tags: every tag that the row does not name
Cell = str | list[str] | None


def parse_row(
    cells: Mapping[str, Cell],
    number: int,
    folder: Path,
    vocabulary: Vocabulary,
    lists: Collection[str] = (),
) -> tuple[Row, list[str]]:
    """A row and what is wrong with it.

    Parameters
    ----------
    cells : mapping, column -> cell; a column that the manifest does not have is not in it
    number : int > 0, of the row
    folder : Path, which a relative ``file`` counts from
    vocabulary : Vocabulary, the tags that may be used
    lists : collection of str, columns that hold lists, in which a null is not an empty cell

    Returns
    -------
    row : Row, without what made no sense
    faults : list of str, each the end of a sentence that begins with the row's number
    """
    faults: list[str] = []

    def names(column: str) -> tuple[str, ...]:
        return _known(_words(cells.get(column)), vocabulary, faults)

    def shares(column: str) -> dict[str, float]:
        return _shares(_words(cells.get(column)), column, vocabulary, faults)

    rest_is_absent = REST in _words(cells.get("not_tags"))
    tags, soft = names("tags"), shares("soft")
    not_tags = () if rest_is_absent else names("not_tags")
    group = _text(cells, "group")
    if both := [tag for tag in tags if tag in not_tags]:
        faults.append(f"{both[0]!r} is in both tags and not_tags")
    if _words(cells.get("mtat_tags")):
        fractions = shares("mtat_tags")
        tags = tuple(tag for tag, fraction in fractions.items() if fraction > 0)
        soft = {**fractions, **soft}
        absent = None
        group = _text(cells, "artist") or group
    elif rest_is_absent:
        absent = None
    elif "not_tags" in cells and not ("not_tags" in lists and cells["not_tags"] is None):
        absent = not_tags
    else:
        absent = None if "tags" in cells or "not_tags" in cells else ()
    file = _text(cells, "file")
    if not file:
        faults.append("no file is named")
    row = Row(
        number=number,
        file=_there(str(folder / file)) if file else "",
        tags=tags,
        not_tags=absent,
        soft=soft,
        split=_text(cells, "split"),
        group=group,
        folder=_text(cells, "folder") or _text(cells, "mtat_folder"),
    )
    return row, faults


def _there(file: str) -> str:
    """The name that a file has on this disk, where the manifest writes it in another way.

    As data do (:mod:`earmark.names`), or with letters and their accents joined or apart, which
    look alike: systems differ in what they make of a name.
    """
    if (file.isascii() and MARK not in file) or os.path.lexists(file):
        return file
    forms = [found_again(file), *(normalize(form, file) for form in ("NFC", "NFD"))]
    return next((form for form in forms if os.path.lexists(form)), file)


def named_tags(cells: Mapping[str, Cell]) -> set[str]:
    """All words that a row uses as tags, whether there, absent or with a share."""
    names = {*_words(cells.get("tags")), *_words(cells.get("not_tags"))}
    for column in ("soft", "mtat_tags"):
        names |= {pair.rpartition(":")[0].strip() for pair in _words(cells.get(column))}
    return names - {"", REST}


def _text(cells: Mapping[str, Cell], column: str) -> str:
    value = cells.get(column)
    return "" if value is None else str(value).strip()


def _words(cell: Cell) -> list[str]:
    parts = cell.split(SEPARATOR) if isinstance(cell, str) else list(cell or ())
    return [part.strip() for part in parts if part and part.strip()]


def _known(names: list[str], vocabulary: Vocabulary, faults: list[str]) -> tuple[str, ...]:
    known = []
    for name in dict.fromkeys(names):
        try:
            vocabulary.index(name)
            known.append(name)
        except VocabularyError as error:
            faults.append(str(error))
    return tuple(known)


def _shares(
    pairs: list[str], column: str, vocabulary: Vocabulary, faults: list[str]
) -> dict[str, float]:
    shares = {}
    for pair in pairs:
        name, _, value = pair.rpartition(":")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not (name and 0 <= number <= 1):
            faults.append(f"{pair!r} in {column} is not tag:value with a value from 0 to 1")
        elif _known([name.strip()], vocabulary, faults):
            shares[name.strip()] = number
    return shares
