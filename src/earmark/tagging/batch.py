"""Tag many files in several processes, in order, in bounded memory; a bad file stops nothing."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice

from earmark.errors import EarmarkError, SoundError
from earmark.processes import start_pool
from earmark.tagging.result import Tagging

FilePath = str | os.PathLike
PENDING = 4  # files a process that are under way or wait to be yielded

_tag: Callable[[FilePath], Tagging] | None = None  # a worker process' own tagger


def tag_one(tag: Callable[[FilePath], Tagging], path: FilePath) -> Tagging | EarmarkError:
    """Tag a file; an error becomes the result."""
    try:
        return tag(path)
    except EarmarkError as error:
        return error
    except Exception as error:
        return SoundError(f"{path}: failed unexpectedly ({type(error).__name__}: {error})")


def tag_in_processes(
    make_tagger: Callable[[], Callable[[FilePath], Tagging]],
    paths: Iterable[FilePath],
    jobs: int,
) -> Iterator[tuple[FilePath, Tagging | EarmarkError]]:
    """Tag files in `jobs` processes, each with a tagger of its own.

    A decoder that crashes takes its process along; the files then under way are tried again one by
    one, so that only the guilty one fails.

    Parameters
    ----------
    make_tagger : callable that can be pickled, makes a callable path -> Tagging
    paths : iterable of paths, of any length
    jobs : int > 0

    Yields
    ------
    path, Tagging or EarmarkError, in the order of `paths`
    """
    rest = iter(paths)
    pool = _start(make_tagger, jobs)
    pending: deque[tuple[FilePath, Future]] = deque()
    try:
        while True:
            for path in islice(rest, jobs * PENDING - len(pending)):
                pending.append((path, _submit(pool, path)))
            if not pending:
                pool.shutdown()  # a pool still closing when Python ends may complain
                return
            path, future = pending[0]
            try:
                result = future.result()
            except BrokenProcessPool:
                pool.shutdown(wait=False, cancel_futures=True)
                for path in [path for path, _ in pending]:
                    yield path, _tag_alone(make_tagger, path)
                pending.clear()
                pool = _start(make_tagger, jobs)
                continue
            pending.popleft()
            yield path, result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, path: FilePath) -> Future:
    try:
        return pool.submit(_work, path)
    except BrokenProcessPool as error:
        broken: Future = Future()
        broken.set_exception(error)
        return broken


def _start(make_tagger: Callable, jobs: int) -> ProcessPoolExecutor:
    return start_pool(jobs, partial(_prepare, make_tagger))


def _tag_alone(make_tagger: Callable, path: FilePath) -> Tagging | EarmarkError:
    with _start(make_tagger, 1) as pool:
        try:
            return pool.submit(_work, path).result()
        except BrokenProcessPool:
            return SoundError(f"{path}: its decoder crashed")


def _prepare(make_tagger: Callable) -> None:
    """Make this worker's tagger."""
    global _tag
    _tag = make_tagger()


def _work(path: FilePath) -> Tagging | EarmarkError:
    return tag_one(_tag, path)
