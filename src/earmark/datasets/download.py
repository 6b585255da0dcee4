"""One file over HTTP: resumed where it stopped, tried again, whole or absent under its name.

What has come so far lies beside it as ``NAME.part``.
"""

import http.client
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path

from earmark.errors import DataError, OutputError

BLOCK = 1 << 18  # bytes
ATTEMPTS = 4
PAUSE = 1.0  # seconds before the second attempt, doubled for each one more
TIMEOUT = 60.0  # seconds without a byte
Report = Callable[[str, int, int], None]  # what, done, of how many


def download(url: str, path: Path, report: Report) -> None:
    """Fetch a file that is not there yet.

    Parameters
    ----------
    url : str
    path : Path, of the file; its folder must exist
    report : callable, gets the file's name, bytes done and bytes in all (0 if unknown)

    Raises
    ------
    DataError
        The address makes no sense, or the server cannot be reached, does not have the file, or
        keeps breaking off; what came is kept for the next time.
    OutputError
        The file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    for attempt in range(ATTEMPTS):
        before = _size(part)
        try:
            _transfer(url, part, path.name, report)
            os.replace(part, path)
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                raise DataError(f"{url}: the server says {error.code} {error.reason}") from error
            reason = f"the server says {error.code} {error.reason}"
        except (ValueError, http.client.InvalidURL) as error:
            raise DataError(f"{url}: not an address on the web ({error})") from error
        except TimeoutError:
            reason = "the server went silent"
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", "") or error or "the transfer was broken off")
        if attempt + 1 < ATTEMPTS and _size(part) <= before:
            time.sleep(PAUSE * 2**attempt)
    raise DataError(f"{url}: cannot be fetched ({reason}); the same command goes on with it")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _transfer(url: str, part: Path, name: str, report: Report) -> None:
    """Append what is missing to the part; an exception if it does not come whole."""
    have = _size(part)
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # the part is longer than the file, or just as long
            part.unlink()
            raise ConnectionError("the part did not fit; begun again") from error
        raise
    have = have if answer.status == 206 else 0
    length = answer.headers.get("Content-Length")
    total = have + int(length) if length else 0
    with answer, writing(part), open(part, "ab" if have else "wb") as out:
        while block := _next_block(answer):
            out.write(block)
            have += len(block)
            report(name, have, total)
    if total and have < total:
        raise ConnectionError(f"broken off after {have} of {total} bytes")


def _next_block(answer: http.client.HTTPResponse) -> bytes:
    """The next bytes; trouble with the line is no OSError, unlike trouble with the disk."""
    try:
        return answer.read(BLOCK)
    except OSError as error:
        raise http.client.HTTPException(f"the line broke: {error}") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What goes wrong inside is that this file cannot be written."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def md5_of(paths: list[Path], report: Report) -> str:
    """md5 of files joined, as hex; DataError names the one that cannot be read."""
    digest, done, total = md5(usedforsecurity=False), 0, sum(map(_size, paths))
    for path in paths:
        with _reading(path), open(path, "rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                done += len(block)
                report("checking", done, total)
    return digest.hexdigest()


def take(given: Path, path: Path) -> None:
    """Copy a file that someone fetched by hand, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    with _reading(given):
        file = open(given, "rb")  # noqa: SIM115
    with file, writing(path):
        with open(part, "wb") as out:
            shutil.copyfileobj(file, out, BLOCK)
        os.replace(part, path)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
