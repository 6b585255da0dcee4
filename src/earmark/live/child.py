"""The child process that decodes: a source in, blocks on standard output out.

A process of its own, since FFmpeg may hang or crash on what a network sends, and its own time
limits cannot be trusted. The parent kills it when it likes; it dies by itself when the parent is
gone. Its only argument is the source as JSON.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from earmark.live.source import DEVICE, PIPE, Source
from earmark.live.wire import Begun, End, send

LOOK_SECONDS = 1.0


def main(text: str) -> None:
    """Decode until the source ends or the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to decide on
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library prints must not get between the blocks
    source = Source(**json.loads(text))
    try:
        try:
            opener = _opener(source)  # the libraries that it needs take their time, too
            send(out, Begun())
            opened = opener()
            _pass_on(opened, out, source.realtime and source.kind != DEVICE)
            end = opened.end
        except BrokenPipeError:
            raise
        except Exception as error:
            end = End(False, _sentence(error))
        send(out, end)
    except BrokenPipeError:
        pass
    os._exit(0)  # no library is asked whether it can end


def _opener(source: Source) -> Callable[[], Any]:
    if source.kind == DEVICE:
        from earmark.live.device import Device

        return partial(Device, source.place, source.rate, source.channels)
    if source.kind == PIPE and source.rate:
        from earmark.live.raw import Raw

        return partial(Raw, source.rate, source.channels or 1)
    from earmark.live.opened import Opened

    return partial(Opened, source)


def _pass_on(opened, out, paced: bool) -> None:
    """Hand the blocks over, where wanted no sooner than they would sound."""
    began, at = time.monotonic(), 0.0
    for block in opened.blocks():
        at += block.seconds
        if paced:
            ahead = began + at - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            else:  # the source was late, and what is late now stays so
                began -= ahead
        send(out, block)


def _sentence(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if "Invalid data" in text:
        return "what it sends is no sound that is known"
    return text.strip().splitlines()[0].rstrip(".")


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
