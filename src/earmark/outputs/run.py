"""Tag a list of files and write each result as it comes, with messages about what went wrong."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.errors import EarmarkError, SoundError
from earmark.outputs.atomic import atomic_file, standard_output
from earmark.outputs.messages import printable, progress
from earmark.outputs.writers import Chosen, open_writer
from earmark.tagging import Tagger, Tagging
from earmark.tagging.batch import tag_one

FEW = 4  # files that one process tags sooner than several start


@dataclass
class Outcome:
    """How a run ended: files tagged and failed, and whether it was interrupted."""

    tagged: int = 0
    failed: int = 0
    interrupted: bool = False


def results(
    tagger: Tagger, paths: list[str | SoundError], jobs: int | None
) -> Iterator[tuple[str, Tagging | EarmarkError]]:
    """Each path with its tagging or error; '-' is standard input."""
    files = [path for path in paths if isinstance(path, str)]
    if jobs is None:
        jobs = 1 if len(files) < FEW else os.cpu_count() or 1
    if jobs > 1 and "-" not in files:
        tagged = tagger.files(files, jobs=min(jobs, len(files)))
    else:
        tagged = ((path, tag_one(_standard_input_or(tagger), path)) for path in files)
    for path in paths:
        if isinstance(path, str):
            yield next(tagged)
        else:
            yield path.path, path


def _standard_input_or(tagger: Tagger) -> Callable[[str], Tagging]:
    return lambda path: tagger(sys.stdin.buffer if path == "-" else path)


def tag_and_write(
    tagger: Tagger,
    paths: Iterable[str | SoundError],
    *,
    form: str,
    chosen: Chosen,
    output: Path | None,
    embedding: Path | None,
    jobs: int | None,
) -> Outcome:
    """Tag files, write the results, tell on stderr what failed or has a reservation.

    Parameters
    ----------
    tagger : Tagger
    paths : iterable of paths, or errors in place of folders that cannot be used
    form : one of :data:`earmark.outputs.FORMATS`
    chosen : Chosen, which scores to write
    output : Path or None, a file that is written whole or not at all; None for stdout
    embedding : Path or None, an .npz that gets ``files``, ``embeddings`` and ``model``
    jobs : int or None, processes; None for one a core where there are many files

    Raises
    ------
    OutputError
        A result cannot be written.
    """
    paths, outcome, kept = list(paths), Outcome(), []
    destination = atomic_file(output) if output else standard_output()
    with progress("tagging", len(paths)) as messages, destination as out:
        writer = open_writer(form, out, chosen)
        try:
            for path, result in results(tagger, paths, jobs):
                file = printable(os.fspath(path))
                writer.write(file, result)
                if isinstance(result, EarmarkError):
                    outcome.failed += 1
                    messages.say(str(result))
                else:
                    outcome.tagged += 1
                    if result.warning:
                        messages.say(f"warning: {result.warning}")
                    if embedding:
                        kept.append((file, result.embedding))
                messages.advance()
        except KeyboardInterrupt:
            outcome.interrupted = True
            messages.say(f"stopped after {outcome.tagged + outcome.failed} of {len(paths)} files")
        writer.close()
    if embedding:
        _write_embeddings(embedding, kept, tagger.card.name)
    return outcome


def _write_embeddings(path: Path, kept: list[tuple[str, np.ndarray]], model: str) -> None:
    files = np.array([file for file, _ in kept], dtype=np.str_)
    embeddings = np.array([embedding for _, embedding in kept], dtype=np.float32)
    with atomic_file(path, "wb") as out:
        np.savez(out, files=files, embeddings=embeddings, model=np.array(model))
