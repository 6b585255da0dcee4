"""What the tests of the pool have worker processes do: an item is a word that says what happens."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from earmark.errors import EarmarkError, ModelError
from earmark.threads import VARIABLES

LONG = 30.0  # seconds after which who waits gives up


def wait_for(there: Callable[[], bool]) -> bool:
    """Wait until something is there; whether it came."""
    deadline = time.monotonic() + LONG
    while not (found := there()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def make(folder: Path) -> Callable[[str], object]:
    """Work that leaves a line in a file for each time that it is asked."""

    def work(word: str) -> object:
        log = folder / "asked"
        with open(log, "a") as file:
            file.write(f"{word}\n")
        kind, _, rest = word.partition(" ")
        match kind:
            case "crash":
                os.abort()
            case "crash-once" if log.read_text().count(word) == 1:
                os.abort()
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "fail":
                raise EarmarkError(f"{word}: no")
            case "bug":
                raise ZeroDivisionError("oh")
            case "lock":
                return threading.Lock()
            case "after":  # so many items were asked for
                return wait_for(lambda: len(log.read_text().split("\n")) > int(rest))
            case "slow":
                time.sleep(1)
                with open(log, "a") as file:
                    file.write("slow is done\n")
            case "big":
                return bytes(int(rest))
            case "pid":
                return os.getpid()
            case "interrupt":
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)
            case "blas":
                return {os.environ.get(variable) for variable in VARIABLES}
        return word.upper()

    return work


def refuse() -> Callable:
    """Work that cannot begin."""
    raise ModelError("model 'x': no")


def end_at_once() -> Callable:
    """Work whose process ends before it can begin."""
    os._exit(3)
