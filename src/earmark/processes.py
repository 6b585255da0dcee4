"""Worker processes as Earmark starts them: fresh, quiet on Ctrl-C, never outliving their parent."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from earmark.threads import use_one_blas_thread


def start_pool(jobs: int, prepare: Callable[[], None]) -> ProcessPoolExecutor:
    """A pool of spawned processes.

    Parameters
    ----------
    jobs : int > 0
    prepare : callable that can be pickled, called once in each process
    """
    use_one_blas_thread()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(prepare,))


def _begin(prepare: Callable[[], None]) -> None:
    """Leave Ctrl-C to the parent, follow it when it dies, and prepare the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()
    prepare()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
