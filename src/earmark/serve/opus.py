"""A sound as Opus in WebM, for browsers that lack its codec.

It is mono, as the network hears it, and comes from the same decoder: what could not be decoded is
missing in both, so that a taggram stays in step.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from earmark.errors import SoundError
from earmark.media.encoder import Sound, add_encoder

RATE = 48_000  # Hz, of every Opus
BIT_RATE = 64_000  # bit/s
KIND = "audio/webm"
LOOK_BYTES = 1 << 16  # between two looks at the size


def write_opus(blocks: Iterable[np.ndarray], path: Path, name: str, most_bytes: int) -> None:
    """Encode a sound; what was written goes where it cannot be finished.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32] at ``RATE``
    path : Path, written anew
    name : str, how sentences call the sound
    most_bytes : int, of the file

    Raises
    ------
    SoundError
        It would be larger, or its blocks raise so.
    MediaError
        There is no encoder here.
    """
    try:
        _write(blocks, path, name, most_bytes)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write(blocks: Iterable[np.ndarray], path: Path, name: str, most_bytes: int) -> None:
    import av

    written = looked = position = 0
    # Its index stands in front, so that a player that seeks need not read the end first.
    with av.open(str(path), "w", format="webm", options={"cues_to_front": "1"}) as container:
        stream = add_encoder(container, Sound("opus", RATE, "mono", 1, BIT_RATE, "flt"), name)
        for block in blocks:
            loud = np.clip(block, -1, 1)[None]
            frame = av.AudioFrame.from_ndarray(loud, format="flt", layout="mono")
            frame.sample_rate, frame.pts = RATE, position
            position += frame.samples
            for packet in stream.encode(frame):
                written += packet.size
                container.mux(packet)
            if written - looked > LOOK_BYTES:
                looked = written
                if written > most_bytes:
                    raise SoundError(f"{name}: a preview would be too large")
        container.mux(stream.encode(None))
