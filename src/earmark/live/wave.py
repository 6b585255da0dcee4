"""A wav on a pipe: a header without a length, then 16-bit samples until it ends."""

import struct

FOREVER = 0xFFFFFFFF


def wave_header(rate: int, channels: int) -> bytes:
    """The 44 bytes before the samples, as players take them from a pipe."""
    size = 2 * channels
    return (
        struct.pack("<4sI4s4sI", b"RIFF", FOREVER, b"WAVE", b"fmt ", 16)
        + struct.pack("<HHIIHH", 1, channels, rate, rate * size, size, 16)
        + struct.pack("<4sI", b"data", FOREVER)
    )
