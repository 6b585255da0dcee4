"""A plan: for each file what stands in its fields now and what will, to be read, edited, applied.

On disk it is one JSON object a line::

    {"path": "/music/a.mp3", "form": "ID3v2.4", "digest": "9f..", "size": 4096, "mtime_ns": 17..,
     "now": {"genre": []}, "then": {"genre": ["rock"]}}

A person may take lines away, fields out of ``then``, or change the values there; an empty list
takes a field away. Everything else tells whether the file is still the one that was planned for.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from earmark.errors import EarmarkError, WritingError
from earmark.messages import say
from earmark.sound.payload import payload_digest
from earmark.writing.containers import FIELDS, read_tags
from earmark.writing.heard import Heard
from earmark.writing.values import Mode, merged_values

Values = dict[str, list[str]]


@dataclass(frozen=True)
class Line:
    """What is planned for a file.

    Attributes
    ----------
    path : str, absolute
    form : str, of its metadata
    digest : str, hexadecimal, of its sound apart from metadata
    size, mtime_ns : int, of the file as it is
    now, then : dict of field -> list of str, of the fields that will change
    """

    path: str
    form: str
    digest: str
    size: int
    mtime_ns: int
    now: Values
    then: Values


@dataclass
class Counts:
    """How many files of a plan get no line, and why.

    Attributes
    ----------
    same : int, files that say already what was heard, or what a person wrote and is kept
    unheard : int, files in which nothing is over its threshold
    failed : int
    tell : callable, gets a sentence for each that failed
    """

    same: int = 0
    unheard: int = 0
    failed: int = 0
    tell: Callable[[str], None] = say

    def fail(self, error: object) -> None:
        """Count a file that failed, and say why."""
        self.failed += 1
        self.tell(str(error))


def make_plan(
    heard: Iterable[Heard | EarmarkError],
    counts: Counts,
    *,
    fields: Iterable[str] = FIELDS,
    mode: Mode = Mode.keep,
) -> Iterator[Line]:
    """Lines for the files that would change; nothing is written.

    Parameters
    ----------
    heard : iterable of Heard, or errors, see :mod:`earmark.writing.heard`
    counts : Counts, is counted up with the files that get no line
    fields : iterable of str, of ``FIELDS``
    mode : Mode, what happens to what a person wrote
    """
    fields = tuple(fields)
    for one in heard:
        if isinstance(one, EarmarkError):
            counts.fail(one)
            continue
        if not any(one.wanted[name] for name in fields):
            counts.unheard += 1
            continue
        try:
            line = _line(one, fields, mode)
        except EarmarkError as error:
            counts.fail(error)
            continue
        if line is None:
            counts.same += 1
        else:
            yield line


def line_text(line: Line) -> str:
    """A line as JSON; names that are no UTF-8 have their bytes escaped."""
    record = asdict(line)
    try:
        text = json.dumps(record, ensure_ascii=False)
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(record)
    return text


def read_plan(path: str | os.PathLike) -> Iterator[Line]:
    """The lines of a plan, one after the other.

    Raises
    ------
    WritingError
        The plan cannot be read, or a line makes no sense; the sentence has its number.
    """
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield parse_line(text, f"{path}, line {number}")
    except OSError as error:
        raise WritingError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise WritingError(f"{path}: not a plan (no UTF-8)") from error


def parse_line(text: str, where: str) -> Line:
    """A line of a plan from its JSON; WritingError, which says `where`, if it makes no sense."""
    try:
        record = json.loads(text)
        line = Line(**{name: record[name] for name in Line.__dataclass_fields__})
    except (ValueError, KeyError, TypeError) as error:
        raise WritingError(f"{where}: not a line of a plan ({error})") from error
    plain = [line.path, line.form, line.digest]
    if not all(isinstance(text, str) for text in plain) or not isinstance(line.size, int):
        raise WritingError(f"{where}: not a line of a plan (path, form, digest or size)")
    for which, values in (("now", line.now), ("then", line.then)):
        if not isinstance(values, dict):
            raise WritingError(f"{where}: {which!r} must hold fields")
        for name, those in values.items():
            _check_values(f"{where}: {which!r}", name, those)
    if missing := line.then.keys() - line.now.keys():
        raise WritingError(f"{where}: 'now' does not say what stands in {min(missing)!r}")
    return line


def _line(heard: Heard, fields: tuple[str, ...], mode: Mode) -> Line | None:
    try:
        seen = os.stat(heard.path)
    except OSError as error:
        raise WritingError(f"{heard.path}: cannot be read ({error.strerror})") from error
    tags = read_tags(heard.path)
    then = merged_values(tags, heard.wanted, fields, mode)
    if not then:
        return None
    known = (heard.size, heard.mtime_ns) == (seen.st_size, seen.st_mtime_ns)
    digest = heard.digest if heard.digest and known else payload_digest(heard.path)
    return Line(
        path=heard.path,
        form=tags.form,
        digest=digest.hex(),
        size=seen.st_size,
        mtime_ns=seen.st_mtime_ns,
        now={name: tags.values[name] for name in then},
        then=then,
    )


def _check_values(where: str, name: str, those: object) -> None:
    if name not in FIELDS:
        raise WritingError(f"{where} has {name!r}, which is not one of {', '.join(FIELDS)}")
    if not isinstance(those, list) or not all(isinstance(text, str) for text in those):
        raise WritingError(f"{where} must have a list of texts for {name!r}")
    if any("\0" in text for text in those):
        raise WritingError(f"{where} has a zero byte in {name!r}")
    try:
        "".join(those).encode("utf-8")
    except UnicodeEncodeError:
        raise WritingError(f"{where} has half a character in {name!r}") from None
