"""A request's sound to a temporary file: bounded while it is read, gone when it is done with."""

import asyncio
import os
import shutil
from pathlib import Path

from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request

from earmark.serve.multipart import file_in
from earmark.serve.problems import ProblemError
from earmark.serve.settings import Limits

ROOM = 64 << 20  # bytes that a disk must keep free
NAME = 200  # characters of a name that are kept


async def receive(request: Request, folder: Path, limits: Limits) -> tuple[Path, str]:
    """Write the sound of a request to a file.

    Parameters
    ----------
    request : Request, multipart with one field ``file``, or the sound itself as the body
    folder : Path, where the file goes
    limits : Limits

    Returns
    -------
    path : Path
    name : str, as the sender calls it; 'sound' where he does not say

    Raises
    ------
    ProblemError
        413 too large, 408 too slow, 400 no sound or a broken form, 507 no room on the disk.
    """
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limits.upload_bytes + 65536:
        raise _too_large(limits)
    path = folder / "sound"
    name, size = "", 0
    try:
        with open(path, "wb") as out:
            async with asyncio.timeout(limits.upload_seconds):
                async for part, said in file_in(request):
                    name = name or said
                    size += len(part)
                    if size > limits.upload_bytes:
                        raise _too_large(limits)
                    if shutil.disk_usage(folder).free < ROOM:
                        raise ProblemError(507, "there is no room on the server's disk")
                    out.write(part)
    except TimeoutError:
        raise ProblemError(408, f"not sent within {limits.upload_seconds:g} seconds") from None
    except ClientDisconnect:
        raise ProblemError(400, "the sender went away before all was sent") from None
    except MultiPartException as error:
        raise ProblemError(400, f"the form makes no sense ({error.message})") from None
    except OSError as error:
        raise ProblemError(507, f"the sound cannot be kept ({os.strerror(error.errno)})") from None
    if not size:
        raise ProblemError(400, "no sound was sent: a form with a field 'file', or the body itself")
    return path, clean_name(name)


def clean_name(name: str) -> str:
    """A name as people may see it: its last part, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c if c.isprintable() else "�" for c in last)[:NAME] or "sound"


def _too_large(limits: Limits) -> ProblemError:
    return ProblemError(413, f"larger than the {limits.upload_bytes >> 20} MiB allowed")
