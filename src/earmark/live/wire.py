"""What a decoding child tells its parent: that it runs, blocks of samples, and how it ended.

Each message is a header (kind, rate, channels, count) and its content, which is float32 samples or
JSON; nothing in it can run.
"""

import json
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

HEADER = struct.Struct("<BIHI")
BLOCK, END, BEGUN = 1, 2, 3
LARGEST = 1 << 26  # bytes of a message


@dataclass(frozen=True)
class Block:
    """Some sound.

    Attributes
    ----------
    samples : np.ndarray [shape=(n, channels), float32, n > 0]
    rate : int, in Hz
    """

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Begun:
    """The child runs and opens its source; what takes time from now on is the source's doing."""


@dataclass(frozen=True)
class End:
    """How a connection ended.

    Attributes
    ----------
    whole : bool, whether the sound is over rather than broken off
    reason : str, why not; "" where it is
    """

    whole: bool
    reason: str = ""


def send(out: BinaryIO, message: Begun | Block | End) -> None:
    """Write a message."""
    if isinstance(message, Block):
        samples = np.ascontiguousarray(message.samples, "<f4")
        out.write(HEADER.pack(BLOCK, message.rate, samples.shape[1], len(samples)))
        out.write(samples.tobytes())
    elif isinstance(message, Begun):
        out.write(HEADER.pack(BEGUN, 0, 0, 0))
    else:
        content = json.dumps({"whole": message.whole, "reason": message.reason}).encode()
        out.write(HEADER.pack(END, 0, 0, len(content)) + content)
    out.flush()


def receive(stream: BinaryIO) -> Begun | Block | End:
    """Read a message; where the other side is gone without one, an end that says so."""
    head = stream.read(HEADER.size)
    if len(head) == HEADER.size:
        kind, rate, channels, count = HEADER.unpack(head)
        if kind == BEGUN:
            return Begun()
        size = 4 * channels * count if kind == BLOCK else count
        content = stream.read(size) if size <= LARGEST else b""
        if kind == BLOCK and size and len(content) == size:
            return Block(np.frombuffer(content, "<f4").reshape(count, channels), rate)
        if kind == END and len(content) == size:
            said = json.loads(content)
            return End(bool(said["whole"]), str(said["reason"]))
    return End(False, "its decoder crashed")
