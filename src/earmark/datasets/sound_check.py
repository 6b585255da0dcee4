"""Decode every sound of a data set and tell which ones are damaged."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from earmark.errors import EarmarkError
from earmark.pool import work_in_processes
from earmark.sound import decode

RATE = 16000


def sound_problems(
    files: Iterable[str], jobs: int, least: float = 0.0
) -> Iterator[tuple[str, str | None]]:
    """Decode files in parallel, in order, in bounded memory.

    Parameters
    ----------
    files : iterable of path, of any length
    jobs : int > 0, processes
    least : float >= 0, in seconds; a shorter sound is a problem

    Yields
    ------
    file, and a sentence about what is wrong with it or None
    """
    for file, problem in work_in_processes(partial(_listener, least), files, jobs):
        yield file, str(problem) if isinstance(problem, EarmarkError) else problem


def _listener(least: float) -> Callable[[str], str | None]:
    return partial(_problem, least)


def _problem(least: float, file: str) -> str | None:
    """What is wrong with a file, if anything; what no decoder reads is raised."""
    try:
        if not os.path.getsize(file):
            return f"{file}: empty"
        stream = decode(file, RATE)
        for _ in stream:
            pass
    except OSError as error:
        return f"{file}: cannot be read ({error.strerror})"
    if stream.warnings:
        return f"{file}: {'; '.join(stream.warnings)}"
    if stream.seconds < least:
        return f"{file}: only {stream.seconds:.1f} seconds long"
    return None
