"""One thread a process: keep numpy's linear algebra from waking every core for small products."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def use_one_blas_thread() -> None:
    """Ask for one BLAS thread in this process, if numpy is not loaded yet, and in its children.

    What the user has set in the environment stays. A process a core gives more than threads that
    wait for each other.
    """
    for variable in VARIABLES:
        os.environ.setdefault(variable, "1")


@contextmanager
def one_blas_thread_in_children() -> Iterator[None]:
    """The same for processes that are started meanwhile, and for this one nothing."""
    added = [variable for variable in VARIABLES if variable not in os.environ]
    use_one_blas_thread()
    try:
        yield
    finally:
        for variable in added:
            os.environ.pop(variable, None)
