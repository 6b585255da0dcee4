"""Decode every sound of a data set and tell which ones are damaged."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from earmark.errors import EarmarkError
from earmark.processes import start_pool
from earmark.sound import decode

CHUNK = 64  # files a task
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
    rest = iter(files)
    pool = start_pool(jobs, _nothing)
    try:
        while stretch := list(islice(rest, CHUNK * jobs * 4)):
            chunks = [stretch[i : i + CHUNK] for i in range(0, len(stretch), CHUNK)]
            futures = [_submit(pool, chunk, least) for chunk in chunks]
            for chunk, future in zip(chunks, futures, strict=True):
                try:
                    problems = future.result()
                except BrokenProcessPool:
                    problems = _alone(chunk, least)
                yield from zip(chunk, problems, strict=True)
            if any(future.exception() for future in futures):
                pool.shutdown(wait=False, cancel_futures=True)
                pool = start_pool(jobs, _nothing)
        pool.shutdown()  # a pool still closing when Python ends may complain
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, chunk: list[str], least: float) -> Future:
    try:
        return pool.submit(_problems, chunk, least)
    except BrokenProcessPool as error:  # by a chunk that was handed out before
        broken: Future = Future()
        broken.set_exception(error)
        return broken


def _nothing() -> None:
    """Nothing to prepare."""


def _problems(files: list[str], least: float) -> list[str | None]:
    return [_problem(file, least) for file in files]


def _problem(file: str, least: float) -> str | None:
    try:
        if not os.path.getsize(file):
            return f"{file}: empty"
        stream = decode(file, RATE)
        for _ in stream:
            pass
    except EarmarkError as error:
        return str(error)
    except OSError as error:
        return f"{file}: cannot be read ({error.strerror})"
    except Exception as error:
        return f"{file}: failed unexpectedly ({type(error).__name__}: {error})"
    if stream.warnings:
        return f"{file}: {'; '.join(stream.warnings)}"
    if stream.seconds < least:
        return f"{file}: only {stream.seconds:.1f} seconds long"
    return None


def _alone(files: list[str], least: float) -> list[str | None]:
    """The same in a process of its own, in halves where a decoder takes it along."""
    with start_pool(1, _nothing) as pool:
        try:
            return pool.submit(_problems, files, least).result()
        except BrokenProcessPool:
            pass
    if len(files) == 1:
        return [f"{files[0]}: its decoder crashed"]
    half = len(files) // 2
    return _alone(files[:half], least) + _alone(files[half:], least)
