"""Runs of writing and taking back: what happens is printed a file at a time, and counted."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.atomic import atomic_file, standard_output
from earmark.errors import EarmarkError
from earmark.messages import Messages, printable, progress
from earmark.writing.apply import Learn, apply_plan
from earmark.writing.heard import Choice, Heard, heard_files, heard_tracks
from earmark.writing.journal import Journal, journal_path
from earmark.writing.plan import Counts, Line, line_text, make_plan, read_plan
from earmark.writing.undo import known_paths, undo
from earmark.writing.values import Mode

if TYPE_CHECKING:
    pass


@dataclass
class Outcome:
    """How a run ended: files that changed or would, and that failed; whether it was stopped."""

    changed: int = 0
    failed: int = 0
    interrupted: bool = False


@dataclass(frozen=True)
class How:
    """How to write.

    Attributes
    ----------
    fields : tuple of str, of ``FIELDS``
    mode : Mode
    break_links : bool
    as_json : bool, whether a JSON object a line is printed
    """

    fields: tuple[str, ...]
    mode: Mode = Mode.keep
    break_links: bool = False
    as_json: bool = False


def heard_for(
    paths: list[str | EarmarkError] | None,
    library: Path | None,
    model: str | None,
    choice: Choice,
    closing: ExitStack,
) -> tuple[Iterator[Heard | EarmarkError], int]:
    """What is to be written, and of how many files at most.

    Parameters
    ----------
    paths : list, or None for all files of the library
    library : Path or None, where to look up what was heard; the default one, if there is one
    model : str or None, who hears
    choice : Choice
    closing : ExitStack, closes the library
    """
    from earmark.library import Catalogue, default_library_path
    from earmark.tagging import Tagger

    catalogue: Catalogue | None = None
    if library is not None or paths is None or default_library_path().is_file():
        catalogue = closing.enter_context(Catalogue(library))
    if paths is None:
        assert catalogue is not None
        return heard_tracks(catalogue, choice, model), len(catalogue)
    make_tagger = partial(Tagger, model or "default")
    return heard_files(paths, choice, make_tagger, catalogue, model), len(paths)


def plan_run(
    heard: Iterable[Heard | EarmarkError], total: int, how: How, plan: Path | None
) -> Outcome:
    """Tell what would be written; with `plan`, write it into that file, whole or not at all."""
    outcome = Outcome()
    with ExitStack() as stack:
        messages = stack.enter_context(progress("planning", total))
        out = stack.enter_context(standard_output())
        file = stack.enter_context(atomic_file(plan)) if plan else None
        counts = Counts(tell=messages.say)
        lines = make_plan(_watched(heard, messages), counts, fields=how.fields, mode=how.mode)
        try:
            for line in lines:
                outcome.changed += 1
                if file:
                    file.write(line_text(line) + "\n")
                if file is None or not how.as_json:
                    out.write(_shown(line, how.as_json))
        except KeyboardInterrupt:
            if plan:
                raise
            outcome.interrupted = True
        outcome.failed = counts.failed
        _say_counts(messages, f"{_files(outcome.changed)} would be written", counts)
    return outcome


def write_run(
    heard: Iterable[Heard | EarmarkError], total: int, how: How, library: Path | None
) -> Outcome:
    """Plan and write, file by file."""
    with progress("writing", total) as messages:
        counts = Counts(tell=messages.say)
        lines = make_plan(_watched(heard, messages), counts, fields=how.fields, mode=how.mode)
        return _carried_out(lines, how, library, counts, messages)


def apply_run(plan: Path, how: How, library: Path | None) -> Outcome:
    """Carry out a plan that was written to a file; one that makes no sense is not begun."""
    total = sum(1 for _ in read_plan(plan))
    with progress("writing", total) as messages:
        lines = _watched(read_plan(plan), messages)
        return _carried_out(lines, how, library, Counts(tell=messages.say), messages)


def undo_run(
    paths: list[str] | None, library: Path | None, *, break_links: bool = False
) -> Outcome:
    """Take back what was written to files, or to all there are in the journal."""
    outcome = Outcome()
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(journal_path(library)))
        learn = stack.enter_context(_Learning(library))
        files = journal.paths() if paths is None else list(known_paths(paths, journal))
        messages = stack.enter_context(progress("undoing", len(files)))
        out = stack.enter_context(standard_output())
        try:
            for done in undo(files, journal, learn=learn, break_links=break_links):
                messages.advance()
                if done.note:
                    messages.say(done.note)
                outcome.failed += done.failed
                if done.whole or done.fields:
                    outcome.changed += 1
                    what = "as it was" if done.whole else f"without {', '.join(done.fields)}"
                    out.write(f"{_one_line(done.path)}: {what}\n")
        except KeyboardInterrupt:
            outcome.interrupted = True
        failed = f", {outcome.failed} failed" if outcome.failed else ""
        messages.say(f"{_files(outcome.changed)} taken back{failed}")
    return outcome


class _Learning:
    """Tells the library, if there is one, of the new size and time of a file that was written."""

    def __init__(self, library: Path | None) -> None:
        from earmark.library import default_library_path
        from earmark.library.record import Recorder

        path = library or default_library_path()
        self._recorder = Recorder(path) if path.is_file() else None

    def __call__(self, path: str, seen: os.stat_result) -> None:
        if self._recorder:
            self._recorder.retagged(path, seen.st_size, seen.st_mtime_ns)

    def __enter__(self) -> "_Learning":
        return self

    def __exit__(self, *_: object) -> None:
        if self._recorder:
            self._recorder.close()


def _carried_out(
    lines: Iterable[Line], how: How, library: Path | None, counts: Counts, messages: Messages
) -> Outcome:
    outcome = Outcome()
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(journal_path(library)))
        learn: Learn = stack.enter_context(_Learning(library))
        out = stack.enter_context(standard_output())
        try:
            for done in apply_plan(lines, journal, learn=learn, break_links=how.break_links):
                if done.error:
                    counts.fail(done.error)
                if done.written:
                    outcome.changed += 1
                    out.write(_shown(done.line, how.as_json))
                elif not done.error:
                    counts.same += 1
        except KeyboardInterrupt:
            outcome.interrupted = True
        outcome.failed = counts.failed
        _say_counts(messages, f"{_files(outcome.changed)} written", counts)
    return outcome


def _watched(items: Iterable, messages: Messages) -> Iterator:
    for item in items:
        yield item
        messages.advance()


def _shown(line: Line, as_json: bool) -> str:
    """A line for a person, or as it stands in a plan."""
    if as_json:
        return line_text(line) + "\n"
    rows = [_one_line(line.path)]
    for name, values in line.then.items():
        before, after = ("; ".join(those) or "nothing" for those in (line.now[name], values))
        rows.append(_one_line(f"  {name}: {before} -> {after}"))
    return "\n".join(rows) + "\n"


def _one_line(text: str) -> str:
    return printable(text).replace("\n", "\\n")


def _say_counts(messages: Messages, begin: str, counts: Counts) -> None:
    parts = [
        (counts.same, "already as wanted or filled by a person"),
        (counts.unheard, "with nothing over its threshold"),
        (counts.failed, "failed"),
    ]
    messages.say(begin + "".join(f", {count} {what}" for count, what in parts if count))


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"
