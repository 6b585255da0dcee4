"""Run the `earmark` command as a person would: a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def earmark(*arguments: object, stdin: bytes = b"", **options) -> subprocess.CompletedProcess:
    """The finished process, its output as text."""
    return run([sys.executable, "-m", "earmark", *map(str, arguments)], stdin, **options)


def run(command: list[str], stdin: bytes = b"", **options) -> subprocess.CompletedProcess:
    """Any command; stdout and stderr are decoded as UTF-8."""
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=120, **options)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done
