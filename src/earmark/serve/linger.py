"""An answer that comes before all was sent still arrives.

Where a server closes while the other side sends, TCP throws away what it had answered, and a client
that was told to come again sees a broken connection. So what is still sent is read and thrown away
for a while, behind an answer that is already whole.
"""

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER_SECONDS = 5.0


class Linger:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and hold the end of the answer back while more is sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        whole = not ("content-length" in headers or "transfer-encoding" in headers)

        async def received() -> Message:
            nonlocal whole
            message = await receive()
            whole = whole or message["type"] != "http.request" or not message.get("more_body")
            return message

        async def sent(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body")
            if not last or whole:
                await send(message)
                return
            await send({**message, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_SECONDS):
                    while not whole:
                        await received()
            await send({"type": "http.response.body", "body": b""})

        await self._app(scope, received, sent)
