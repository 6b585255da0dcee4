"""Tag a list of files and write each result as it comes, with messages about what went wrong."""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from earmark.atomic import atomic_file, standard_output
from earmark.cores import available_cores
from earmark.errors import EarmarkError, OutputError, SoundError
from earmark.messages import progress
from earmark.names import escaped
from earmark.tagging import Tagger, Tagging
from earmark.worker import attempt
from earmark.writers.records import BINARY, Chosen, open_writer

EMBEDDING_FORMS = (".npz", ".npy")
FEW = 4  # files that one process tags sooner than several start


@dataclass
class Outcome:
    """How a run ended: files tagged and failed, seconds, and whether it was interrupted."""

    tagged: int = 0
    failed: int = 0
    seconds: float = 0.0
    interrupted: bool = False

    def sentence(self, left_out: Mapping[str, int]) -> str:
        """The end of a run over a folder in words.

        Parameters
        ----------
        left_out : mapping, reason -> files of the folder that were passed over for it
        """
        said = f"{self.tagged} {'file' if self.tagged == 1 else 'files'} tagged"
        said += f", {self.failed} failed" if self.failed else ""
        if left_out:
            reasons = "; ".join(f"{reason}: {count}" for reason, count in left_out.items())
            said += f", {sum(left_out.values())} left out ({reasons})"
        return f"{said}, in {self.seconds:.1f} seconds"


def results(
    tagger: Tagger, paths: Iterable[str | SoundError], jobs: int
) -> Iterator[tuple[str, Tagging | EarmarkError]]:
    """Each path with its tagging or error, in order; '-' is standard input, for one process."""
    waiting: deque[str | SoundError] = deque()

    def files() -> Iterator[str]:
        for path in paths:
            waiting.append(path)
            if isinstance(path, str):
                yield path

    if jobs > 1:
        tagged = tagger.files(files(), jobs=jobs)
    else:
        tagged = ((path, attempt(_standard_input_or(tagger), path)) for path in files())
    for path, result in tagged:
        while isinstance(waiting[0], SoundError):
            error = waiting.popleft()
            yield error.path, error
        waiting.popleft()
        yield path, result
    for error in waiting:
        yield error.path, error


def _standard_input_or(tagger: Tagger) -> Callable[[str], Tagging]:
    return lambda path: tagger(sys.stdin.buffer if path == "-" else path)


def tag_and_write(
    tagger: Tagger,
    paths: Iterable[str | SoundError],
    *,
    total: int | None = None,
    form: str,
    chosen: Chosen,
    output: Path | None,
    embedding: Path | None,
    jobs: int | None,
    watch: Callable[[str, Tagging | EarmarkError], None] | None = None,
) -> Outcome:
    """Tag files, write the results, tell on stderr what failed or has a reservation.

    Parameters
    ----------
    tagger : Tagger
    paths : iterable of paths, or errors in place of folders that cannot be used
    total : int or None, how many paths there are; None lets them be collected and counted
    form : one of :data:`earmark.writers.FORMATS`
    chosen : Chosen, which scores to write
    output : Path or None, a file that is written whole or not at all; None for stdout
    embedding : Path or None
        An .npz that gets ``files``, ``embeddings`` and ``model``, or an .npy of embeddings alone.
    jobs : int or None, processes; None for one a core where there are many files
    watch : callable or None, sees each path with its result, in order

    Raises
    ------
    OutputError
        A result cannot be written, or embeddings are to go to a file of another kind.
    """
    outcome, kept, began = Outcome(), [], time.monotonic()
    if total is None:
        paths = list(paths)
        total = len(paths)
        jobs = 1 if "-" in paths else jobs
    if jobs is None:
        jobs = 1 if total < FEW else available_cores()
    mode = "wb" if form in BINARY else "w"
    destination = atomic_file(output, mode) if output else standard_output()
    beside = _embedding_file(embedding) if embedding else nullcontext()
    with progress("tagging", total) as messages, destination as out, beside as vectors:
        # On a terminal the bar makes way for each result.
        apart = messages.writing if output is None and out.isatty() else nullcontext
        with apart():
            writer = open_writer(form, out, chosen)
        try:
            for path, result in results(tagger, paths, min(jobs, max(total, 1))):
                file = os.fspath(path)
                with apart():
                    writer.write(file, result)
                    if apart is not nullcontext:
                        out.flush()
                if watch:
                    watch(path, result)
                if isinstance(result, EarmarkError):
                    outcome.failed += 1
                    messages.say(str(result))
                else:
                    outcome.tagged += 1
                    if result.warning:
                        messages.say(f"warning: {result.warning}")
                    if vectors:
                        kept.append((escaped(file), result.embedding))
                messages.advance()
        except KeyboardInterrupt:
            outcome.interrupted = True
            messages.say(f"stopped after {outcome.tagged + outcome.failed} of {total} files")
        with apart():
            writer.close()
            out.flush()
        if vectors:
            _write_embeddings(vectors, embedding.suffix, kept, tagger.card.name)
    outcome.seconds = time.monotonic() - began
    return outcome


def _embedding_file(path: Path) -> AbstractContextManager[IO]:
    """Opened before the first sound is heard, so that no work is lost to a wrong path."""
    if path.suffix.lower() not in EMBEDDING_FORMS:
        raise OutputError(f"{path}: embeddings go to a file that ends in .npz or .npy")
    return atomic_file(path, "wb")


def _write_embeddings(out: IO, suffix: str, kept: list[tuple[str, np.ndarray]], model: str) -> None:
    files = np.array([file for file, _ in kept], dtype=np.str_)
    embeddings = np.array([embedding for _, embedding in kept], dtype=np.float32)
    if suffix.lower() == ".npy":
        np.save(out, embeddings)
    else:
        np.savez(out, files=files, embeddings=embeddings, model=np.array(model))
