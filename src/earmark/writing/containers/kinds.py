"""Which container a file is, by its first bytes; files whose metadata cannot be written safely."""

import os
from importlib import import_module
from types import ModuleType

from earmark.errors import EarmarkError, WritingError
from earmark.writing.containers.tags import Tags, behind_id3

ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
OGG = {b"\x01vorbis": "Vorbis", b"OpusHead": "Opus"}


def read_tags(path: str | os.PathLike) -> Tags:
    """The metadata of a file.

    Raises
    ------
    WritingError
        The file cannot be read, or its metadata cannot be parsed; the sentence names the part.
    """
    try:
        return _module(path).read(path)
    except OSError as error:
        raise WritingError(f"{path}: cannot be read ({error.strerror})") from error
    except EarmarkError:
        raise
    except Exception as error:  # of a damaged file mutagen may raise anything
        why = str(error) or type(error).__name__
        raise WritingError(f"{path}: its metadata cannot be parsed ({why})") from error


def write_fields(path: str | os.PathLike, values: dict[str, list[str]]) -> None:
    """Write fields into a file in place; an empty list takes a field away.

    Raises
    ------
    WritingError
        The metadata cannot be written.
    """
    try:
        _module(path).write(path, values)
    except OSError as error:
        raise WritingError(f"{path}: cannot be written ({error.strerror})") from error
    except EarmarkError:
        raise
    except Exception as error:
        system = error.__cause__ or error.__context__
        if isinstance(system, OSError):
            raise WritingError(f"{path}: cannot be written ({system.strerror})") from error
        why = str(error) or type(error).__name__
        raise WritingError(f"{path}: its metadata cannot be written ({why})") from error


def _module(path: str | os.PathLike) -> ModuleType:
    return import_module(f"earmark.writing.containers.{_kind(path)}")


def _kind(path: str | os.PathLike) -> str:
    with open(path, "rb") as file:
        start = behind_id3(file)
        file.seek(start)
        head = file.read(64)
    if not head and not start:
        raise WritingError(f"{path}: the file is empty")
    if head[:4] == b"fLaC":
        return "flac"
    if start == 0:
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            return "wave"
        if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
            return "aiff"
        if head[:4] == b"OggS":
            return _ogg(path, head)
        if head[4:8] == b"ftyp":
            return "mp4"
        if head[:16] == ASF:
            return "asf"
    if _is_mpeg(head):
        return "mp3"
    raise WritingError(f"{path}: not a kind of file that Earmark writes into")


def _ogg(path: str | os.PathLike, head: bytes) -> str:
    packet = head[27 + head[26] :]
    if any(packet.startswith(start) for start in OGG):
        return "ogg"
    raise WritingError(f"{path}: an Ogg file whose first part is neither Vorbis nor Opus")


def _is_mpeg(head: bytes) -> bool:
    """Whether these are MPEG audio frames, layer 1 to 3 (layer 0 is AAC), perhaps after zeros."""
    head = head.lstrip(b"\0")
    if len(head) < 2:
        return bool(not head)  # a long gap of padding: mutagen looks further
    return head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0
