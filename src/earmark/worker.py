"""A worker process of the pool: its end of the pipe, its parent's end, how it starts and ends.

It gets one item at a time and answers with its result. It leaves Ctrl-C to its parent and never
outlives it.
"""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from earmark.errors import EarmarkError, SoundError
from earmark.threads import one_blas_thread_in_children

T = TypeVar("T")
R = TypeVar("R")

UNGUARDED = 87  # exit code of a worker whose main module wants to start workers itself
PATIENCE = 5.0  # seconds that an idle worker gets to end


def attempt(work: Callable[[T], R], item: T) -> R | EarmarkError:
    """Do one thing; an error becomes the result."""
    try:
        return work(item)
    except EarmarkError as error:
        return error
    except Exception as error:
        return SoundError(f"{item}: failed unexpectedly ({type(error).__name__}: {error})")


def end_where_main_is_imported() -> None:
    """End a worker that imports a script which starts workers itself; its parent tells of it."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(UNGUARDED)


class Worker:
    """A process, this end of its pipe, and the item that it is at."""

    def __init__(self, make_work: Callable[[], Callable[[Any], Any]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, there = context.Pipe()
        self.process = context.Process(target=_serve, args=(there, make_work), daemon=True)
        with one_blas_thread_in_children():
            self.process.start()
        there.close()
        self.ready = False
        self.job: tuple[int, bytes, int] | None = None  # number, item, attempts before

    def end(self, finish: bool) -> None:
        """Let it go: when it is idle, when it has finished, or at once."""
        if not finish and (self.job or not self.ready):
            self.process.terminate()
        self.pipe.close()
        self.process.join(None if finish and self.job else PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve(pipe: Connection, make_work: Callable[[], Callable[[Any], Any]]) -> None:
    """What a worker does all its life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        work = make_work()
    except BaseException as error:
        pipe.send_bytes(_pickled(error))
        return
    try:
        pipe.send_bytes(b"")
        while True:
            item = pickle.loads(pipe.recv_bytes())
            pipe.send_bytes(_pickled(attempt(work, item), item))
    except (EOFError, OSError):  # the parent wants no more
        return


def _pickled(result: object, item: object = None) -> bytes:
    try:
        return pickle.dumps(result)
    except Exception as error:
        return pickle.dumps(SoundError(f"{item}: its result cannot be passed on ({error})"))


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
