"""The bytes of a request's sound as they come, from a multipart form or the body itself.

Nothing is held: a form is parsed on the way (``python-multipart``), and only its field ``file``
comes out.
"""

import logging
from collections.abc import AsyncIterator
from email.message import Message

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException
from starlette.requests import Request

FIELD = "file"
HEADER = 8192  # bytes of a part's headers
logging.getLogger("python_multipart").disabled = True  # who sends a broken form is told anyway


async def file_in(request: Request) -> AsyncIterator[tuple[bytes, str]]:
    """Pieces of the sound, each with its name.

    Raises
    ------
    MultiPartException
        The form is broken, or has no field ``file``.
    """
    kind, options = _parsed(request.headers.get("content-type", ""))
    if kind != "multipart/form-data":
        name = request.query_params.get("name", "")
        async for piece in request.stream():
            if piece:
                yield piece, name
        return
    if not options.get("boundary"):
        raise MultiPartException("it has no boundary")
    parts = _Parts()
    try:
        parser = MultipartParser(options["boundary"], parts.callbacks())
        async for piece in request.stream():
            parser.write(piece)
            for ready in parts.taken():
                yield ready, parts.name
        parser.finalize()
    except FormParserError as error:
        raise MultiPartException(str(error)) from None
    for ready in parts.taken():
        yield ready, parts.name
    if not parts.found:
        raise MultiPartException(f"it has no field {FIELD!r} with a file")
    if not parts.ended:
        raise MultiPartException("it ends in the middle")


class _Parts:
    """What the parser calls; keeps the bytes of the one field until they are taken."""

    def __init__(self) -> None:
        self.name, self.found, self.ended = "", False, False
        self._ready: list[bytes] = []
        self._headers: dict[str, str] = {}
        self._field = self._value = b""
        self._inside, self._room = False, HEADER

    def callbacks(self) -> dict:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self._end,
            "on_end": self._on_end,
        }

    def taken(self) -> list[bytes]:
        ready, self._ready = self._ready, []
        return ready

    def _begin(self) -> None:
        self._headers, self._field, self._value, self._inside = {}, b"", b"", False
        self._room = HEADER

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._take(end - start)
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._take(end - start)
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        text = self._value.decode("utf-8", "replace")
        self._headers[self._field.decode("latin-1").lower()] = text
        self._field = self._value = b""

    def _on_headers(self) -> None:
        _, options = _parsed(self._headers.get("content-disposition", ""))
        self._inside = options.get("name") == FIELD and not self.found
        if self._inside:
            self.name, self.found = options.get("filename", ""), True

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._ready.append(bytes(data[start:end]))

    def _end(self) -> None:
        self._inside = False

    def _on_end(self) -> None:
        self.ended = True

    def _take(self, count: int) -> None:
        """A part's headers have so much room in all."""
        self._room -= count
        if self._room < 0:
            raise MultiPartException("the headers of a part are too long")


def _parsed(header: str) -> tuple[str, dict[str, str]]:
    """Value and parameters of a header, as ``form-data; name="file"; filename="x.mp3"``."""
    message = Message()
    message["content-type"] = header.replace("\r", " ").replace("\n", " ")
    pairs = message.get_params(failobj=[("", "")], header="content-type")
    options = {}
    for key, value in pairs[1:]:
        options[key.lower()] = value[2] if isinstance(value, tuple) else value
    return pairs[0][0].lower(), options
