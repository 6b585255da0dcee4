"""Children that are killed, or run out of room, in the middle of their work: real ones, forked."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

TOUCHING = frozenset(
    {"open", "write", "writelines", "truncate", "flush", "close", "fsync", "replace", "rename"}
    | {"unlink", "flock", "chmod", "chown", "setxattr", "execute", "executescript", "mkdir"}
)


def child(work: Callable[[], object], prepare: Callable[[], object] | None = None) -> str:
    """Run `work` in a child process: '' if it ended well, 'killed', or what it raised."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        try:
            if prepare:
                prepare()
            work()
            os._exit(0)
        except BaseException as error:
            text = str(error) or traceback.format_exc()
            os.write(writing, text.encode("utf-8", "replace")[:4000])
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return "killed"
    return said


def calls(work: Callable[[], object], tally: Path) -> int:
    """How many calls to the system, or near it, `work` makes."""

    def counted() -> None:
        count = 0

        def hook(_frame, event, function):
            nonlocal count
            count += event == "c_call" and function.__name__ in TOUCHING

        sys.setprofile(hook)
        work()
        sys.setprofile(None)
        tally.write_text(str(count))

    assert child(counted) == ""
    return int(tally.read_text())


def kill_at(number: int) -> Callable[[], None]:
    """A preparation after which the child is killed (-9) as it makes its call of this number."""

    def prepare() -> None:
        left = number

        def hook(_frame, event, function):
            nonlocal left
            if event == "c_call" and function.__name__ in TOUCHING:
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(hook)

    return prepare


def file_limit(size: int) -> Callable[[], None]:
    """A preparation after which no file can grow beyond `size` bytes, as on a full disk."""

    def prepare() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return prepare
