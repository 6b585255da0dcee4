"""Run the `earmark` command as a person would: in this process, or in one of its own.

:func:`earmark` is the fast way and what nearly all tests need. :func:`earmark_process` is for what
only a process shows: its environment, its signals, its streams' encoding, what decoders print.
"""

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[1]


@dataclass
class Done:
    """What a command left: exit code, and its output as text."""

    returncode: int
    stdout: str
    stderr: str


def earmark(*arguments: object, stdin: bytes = b"", cwd: Path | None = None) -> Done:
    """Run the command in this process, by the function that its own process runs."""
    from earmark.cli.main import answer

    out, error = (Stream(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
    given = io.TextIOWrapper(Given(stdin), "utf-8")
    with (
        mock.patch.multiple(sys, stdin=given, stdout=out, stderr=error),
        contextlib.chdir(cwd or Path.cwd()),
    ):
        code = answer([os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments])
        out.flush(), error.flush()
    return Done(code, out.buffer.getvalue().decode(), error.buffer.getvalue().decode())


class Given(io.BytesIO):
    """Standard input, by its name."""

    name = "<stdin>"


class Stream(io.TextIOWrapper):
    """Captured text; as on the command's own streams, what cannot be encoded is written out."""

    def __init__(self, buffer: io.BytesIO, encoding: str, **options) -> None:
        super().__init__(buffer, encoding, errors="backslashreplace", **options)


def earmark_process(
    *arguments: object, stdin: bytes = b"", **options
) -> subprocess.CompletedProcess:
    """The finished process, its output as text."""
    return run([sys.executable, "-m", "earmark", *map(str, arguments)], stdin, **options)


def run(command: list[str], stdin: bytes = b"", **options) -> subprocess.CompletedProcess:
    """Any command; stdout and stderr are decoded as UTF-8."""
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=120, **options)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done
