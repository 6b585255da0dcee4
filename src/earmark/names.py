"""Names of files as text: safe to show to people, and written so that programs find the file again.

A name may hold any bytes: some that are not UTF-8, a line break, an escape sequence that would
colour the terminal. For people such characters show as ``\\xff`` or ``\\n``. In data, only what is
not text must change: in a name with bytes that are not UTF-8 each of them becomes ``\\xff`` with
its own two digits, and each backslash two. A name that holds ``\\x`` to begin with is written the
same way, so that :func:`found_again` always gives back the very name.
"""

import re

MARK = "\\x"  # a name in data is escaped if, and only if, it holds this
# Controls, what turns the direction of writing, separators of lines, and bytes that are not UTF-8.
UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
BYTE = range(0xDC80, 0xDD00)  # where Python keeps a byte that is not UTF-8
COMMON = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    """Text for people: what would not show, or move the cursor, is written out.

    Examples
    --------
    >>> print(printable("a\\x1b[31mb\\n"))
    a\\x1b[31mb\\n
    """
    return UNSHOWN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    code = code - 0xDC00 if code in BYTE else code
    return COMMON.get(match[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def escaped(name: str) -> str:
    """A file name for data; itself unless it has bytes that are not UTF-8, or holds ``\\x``.

    Examples
    --------
    >>> print(escaped("caf\\udce9.mp3"))
    caf\\xe9.mp3
    """
    if MARK not in name and not any(ord(character) in BYTE for character in name):
        return name
    return "".join(
        f"{MARK}{ord(character) - 0xDC00:02x}"
        if ord(character) in BYTE
        else character.replace("\\", "\\\\")
        for character in name
    )


def found_again(text: str) -> str:
    """The name that :func:`escaped` wrote, as Python opens it.

    Examples
    --------
    >>> found_again("caf\\\\xe9.mp3")
    'caf\\udce9.mp3'
    """
    if MARK not in text:
        return text
    return re.sub(
        r"\\(\\|x([89a-f][0-9a-f]))",
        lambda match: chr(0xDC00 + int(match[2], 16)) if match[2] else "\\",
        text,
    )
