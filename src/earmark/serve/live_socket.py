"""``/live``: raw samples in over a WebSocket, events as JSON out, while it plays.

The address says what comes: ``/live?rate=16000&channels=1&hop=.5&model=default&tag=rap``. Each
binary message holds 16-bit samples, lower byte first, channels side by side; a text message ends
the sound. Nothing is decoded here, so what comes can harm no decoder.
"""

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from earmark.errors import EarmarkError
from earmark.live.event import LiveEvent
from earmark.live.hearing import Hearing
from earmark.live.raw import from_pcm
from earmark.live.source import source_of
from earmark.live.wire import Block
from earmark.serve.settings import Settings
from earmark.tagging.hop import require_hop
from earmark.vocabulary import parse_expression

WAITING = 20  # messages that may wait to be heard; beyond that the sender waits
QUIET_SECONDS = 60.0  # without a message, after which the other side counts as gone
LARGEST = 1 << 20  # bytes of a message
REFUSED, BUSY, GONE = 1008, 1013, 1001  # codes of RFC 6455


class _Stop(Exception):
    """Nobody listens any more."""


def live_socket(settings: Settings) -> APIRouter:
    """The route.

    Parameters
    ----------
    settings : Settings; as many sounds are heard at once as there are workers
    """
    router = APIRouter()
    taggers: dict = {}
    lock = threading.Lock()
    places = asyncio.Semaphore(settings.workers)

    def tagger_of(model: str):
        from earmark.tagging import Tagger

        if model not in settings.models:
            raise EarmarkError(f"{model!r}: no model that may be asked for")
        with lock:
            if model not in taggers:
                taggers[model] = Tagger(model)
            return taggers[model]

    def prepared(asked) -> tuple:
        """What the address asks for; an EarmarkError or ValueError where it makes no sense."""
        source = source_of("-", int(asked.get("rate", "16000")), int(asked.get("channels", "1")))
        hop = float(asked.get("hop", "0.5"))
        tagger = tagger_of(asked.get("model", settings.models[0]))
        require_hop(tagger.card, hop)
        texts = asked.getlist("tag")
        return source, hop, tagger, [parse_expression(t, tagger.card.vocabulary) for t in texts]

    @router.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        try:
            source, hop, tagger, tags = await asyncio.to_thread(prepared, socket.query_params)
        except (EarmarkError, ValueError) as error:
            await socket.close(REFUSED, str(error)[:120])
            return
        if places.locked():
            await socket.close(BUSY, "as much is listened to as the server can hear")
            return
        async with places:
            await _hear(socket, source, hop, tagger, tags)

    return router


async def _hear(socket: WebSocket, source, hop: float, tagger, tags) -> None:
    loop = asyncio.get_running_loop()
    blocks: queue.Queue[Block | None] = queue.Queue(WAITING)
    events: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
    stopped = threading.Event()

    def coming() -> Iterator[Block]:
        while not stopped.is_set():
            with suppress(queue.Empty):
                block = blocks.get(timeout=0.2)
                if block is None:
                    return
                yield block

    def tell(event: LiveEvent) -> None:
        if stopped.is_set():
            raise _Stop
        loop.call_soon_threadsafe(events.put_nowait, event)

    def hear() -> None:
        with suppress(_Stop, RuntimeError):  # the loop may be closed
            try:
                Hearing(tagger, hop, tell, tags).stretch(0.0, coming())
            finally:
                loop.call_soon_threadsafe(events.put_nowait, None)

    thread = threading.Thread(target=hear, name="live socket", daemon=True)
    thread.start()
    sender = asyncio.create_task(_send(socket, events))
    try:
        code = await _receive(socket, blocks, source.rate, source.channels)
        if code is None:
            await asyncio.to_thread(blocks.put, None)
            await sender
            await socket.close()
        else:
            await socket.close(*code)
    except WebSocketDisconnect:
        pass
    finally:
        stopped.set()
        sender.cancel()


async def _send(socket: WebSocket, events: asyncio.Queue) -> None:
    while (event := await events.get()) is not None:
        await socket.send_json(event.to_dict())


async def _receive(socket: WebSocket, blocks, rate: int, channels: int) -> tuple | None:
    """Take samples until the sound ends: None, or why it is refused."""
    size, kept = 2 * channels, b""
    while True:
        try:
            message = await asyncio.wait_for(socket.receive(), QUIET_SECONDS)
        except TimeoutError:
            return GONE, "nothing came for a minute"
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", GONE))
        data = message.get("bytes")
        if data is None:
            return None
        if len(data) > LARGEST:
            return REFUSED, f"a message holds at most {LARGEST} bytes"
        kept += data
        whole = len(kept) // size * size
        if whole:
            block = Block(from_pcm(kept[:whole], channels), rate)
            kept = kept[whole:]
            while True:
                try:
                    blocks.put_nowait(block)
                    break
                except queue.Full:
                    await asyncio.sleep(0.05)
