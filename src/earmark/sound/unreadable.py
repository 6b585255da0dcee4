"""What every reader of sounds shares: the size of a block, and how it says that it cannot go on."""

BLOCK = 65536  # samples, about 1.5 s: long for soxr to be fast, short to stay in cache


class UnreadableError(Exception):
    """This reader cannot open or go on reading the sound; the text says why."""
