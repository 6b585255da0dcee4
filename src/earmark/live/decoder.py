"""The parent's side of a decoding child: messages as they come, and an end to it at any time."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import earmark
from earmark.live.source import PIPE, Source
from earmark.live.wire import Begun, Block, End, receive

WAITING = 24  # blocks that may wait, about five seconds; beyond that the child waits
LOOK_SECONDS = 0.2
START_SECONDS = 60.0  # that a busy machine may need to start a process


class Decoder:
    """A child that decodes a source.

    Parameters
    ----------
    source : Source
    """

    def __init__(self, source: Source) -> None:
        root = str(Path(earmark.__file__).parents[1])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "earmark.live.child", json.dumps(asdict(source))],
            stdin=None if source.kind == PIPE else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self._started = time.monotonic()
        self._begun: float | None = None
        self._messages: queue.Queue[Block | End] = queue.Queue(WAITING)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, name="decoder", daemon=True)
        self._thread.start()

    def get(self, seconds: float) -> Block | End | None:
        """The next message; None where none comes within so many seconds."""
        try:
            return self._messages.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None

    @property
    def began(self) -> float:
        """When the child began to open the source, on the monotonic clock; now if it still has to.

        A busy machine may take longer to start it than a source may be quiet.
        """
        if self._begun is not None:
            return self._begun
        return min(time.monotonic(), self._started + START_SECONDS)

    def kill(self) -> None:
        """Kill the child; the next message tells that it is over. From any thread."""
        self._process.kill()

    def stop(self) -> None:
        """End the child, whatever it does."""
        self._over.set()
        self._process.kill()
        self._process.wait()
        self._thread.join(2)
        self._process.stdout.close()

    def _read(self) -> None:
        message: Begun | Block | End | None = None
        while not isinstance(message, End) and not self._over.is_set():
            try:
                message = receive(self._process.stdout)
            except ValueError:  # closed meanwhile
                return
            if isinstance(message, Begun):
                self._begun = time.monotonic()
                continue
            while not self._over.is_set():
                try:
                    self._messages.put(message, timeout=LOOK_SECONDS)
                    break
                except queue.Full:
                    continue
