"""Find passages in many files and write each file's as they come: clips, lists, or a table."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from earmark.atomic import atomic_file, standard_output
from earmark.errors import EarmarkError, MediaError, OutputError, SoundError
from earmark.messages import progress
from earmark.segments.cut import cut
from earmark.segments.find import Found, find
from earmark.segments.forms import MANY, SUFFIXES, table, written
from earmark.tagging import Tagger
from earmark.vocabulary import Expression


@dataclass
class Outcome:
    """How a run ended: files done and failed, passages found."""

    done: int = 0
    failed: int = 0
    passages: int = 0
    interrupted: bool = False


def run(
    tagger: Tagger,
    paths: Iterable[str | SoundError],
    expression: Expression,
    *,
    form: str | None = None,
    output: Path | None = None,
    **how,
) -> Outcome:
    """Find passages in files; what fails is told on stderr, and the rest goes on.

    Parameters
    ----------
    tagger : Tagger
    paths : iterable of paths, or errors in place of folders that cannot be used
    expression : Expression
    form : one of :data:`earmark.segments.forms.SUFFIXES`, or None
        None: clips into the folder `output`, or a table on stdout where there is none.
    output : Path or None
        A folder for clips or one list a file, or the file of a list; None for stdout.
    **how : as in :func:`earmark.segments.find`

    Raises
    ------
    MediaError
        Several files are to go into one list of a form that cannot tell them apart.
    OutputError
        A result cannot be written.
    """
    paths = list(paths)
    folder = output if output and (not form or _is_folder(output, len(paths), form)) else None
    if form and form not in MANY and len(paths) > 1 and not folder:
        raise MediaError(f"{form} has no place for the names of several files; use -o FOLDER")
    outcome, kept = Outcome(), []
    with progress("listening", len(paths)) as messages:
        try:
            for path in paths:
                try:
                    if isinstance(path, SoundError):
                        raise path
                    found = find(tagger, path, expression, **how)
                    _write(found, form, folder, kept, messages, how.get("stream", 0))
                    outcome.done += 1
                    outcome.passages += len(found.events)
                except OutputError:
                    raise
                except EarmarkError as error:
                    outcome.failed += 1
                    messages.say(str(error))
                messages.advance()
        except KeyboardInterrupt:
            outcome.interrupted = True
            messages.say(f"stopped after {outcome.done + outcome.failed} of {len(paths)} files")
    if form and not folder and (kept or form in MANY):
        with atomic_file(output) if output else standard_output() as out:
            out.write(written(form, kept))
    return outcome


def _is_folder(output: Path, count: int, form: str) -> bool:
    return output.is_dir() or os.fspath(output).endswith("/") or (count > 1 and form not in MANY)


def _write(found: Found, form, folder, kept, messages, stream) -> None:
    if not form and folder:
        for clip in cut(found, folder, stream):
            sys.stdout.write(f"{clip}\n")
        sys.stdout.flush()
        if not found.events:
            messages.say(f"{found.file}: no passage found")
    elif not form:
        sys.stdout.write(table(found))
        sys.stdout.flush()
    elif folder:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
        # The whole name: song.mp3 and song.flac may lie side by side.
        with atomic_file(folder / f"{Path(found.file).name}{SUFFIXES[form]}") as out:
            out.write(written(form, [found]))
    else:
        kept.append(found)
