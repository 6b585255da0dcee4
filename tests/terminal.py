"""A terminal to test in: a real pseudo-terminal, and what a person would see on it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping

CONTROL = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b.|[\r\n\b]|[^\x1b\r\n\b]+")
LIMIT = 120  # seconds


def in_terminal(
    *arguments: object, columns: int = 80, env: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Run the command with both outputs on a terminal; its exit code and every byte it wrote."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "earmark", *map(str, arguments)],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**known, "TERM": "xterm-256color", **(env or {})},
    )
    os.close(child)
    written, end = b"", time.monotonic() + LIMIT
    while time.monotonic() < end:
        if select.select([parent], [], [], 1)[0]:
            try:
                written += os.read(parent, 1 << 16)
            except OSError:  # the last writer is gone
                break
    os.close(parent)
    return process.wait(LIMIT), written


def screen(written: bytes, columns: int = 80) -> list[str]:
    """The lines that a terminal shows in the end, those that scrolled away included.

    It knows what a bar needs: the beginning of the line, erasing, moving up and down, and that
    text which is too long goes on in the next line.
    """
    lines, row, column = [""], 0, 0
    for match in CONTROL.finditer(written.decode("utf-8", "replace")):
        text, count, kind = match[0], match[1], match[2]
        if kind is None and text == "\r":
            column = 0
        elif kind is None and text == "\n":
            row += 1
        elif kind == "K":
            kept = lines[row][:column] if count in ("", "0") else ""
            lines[row] = kept
        elif kind == "A":
            row = max(0, row - int(count or 1))
        elif kind == "B":
            row += int(count or 1)
        elif kind is None and not text.startswith("\x1b"):
            for character in text:
                if column == columns:
                    row, column = row + 1, 0
                lines += [""] * (row + 1 - len(lines))
                line = lines[row].ljust(column)
                lines[row] = line[:column] + character + line[column + 1 :]
                column += 1
        lines += [""] * (row + 1 - len(lines))
    return [line.rstrip() for line in lines]
