"""Sets of files with one recording, as plain data and as text."""

from typing import Any

import numpy as np

from earmark.library.songs import Songs
from earmark.messages import printable


def duplicate_sets(songs: Songs, sets: list[np.ndarray]) -> list[list[dict[str, Any]]]:
    """Files of each set, that with the most bytes a second first.

    ``equal`` tells whether a file's sound is, to the byte, that of the first.
    """
    found = []
    for rows in sets:
        tracks = sorted(songs.tracks(rows), key=lambda t: -t.size / max(t.seconds or 0, 1e-3))
        found.append(
            [
                {
                    "file": printable(track.path),
                    "bytes": track.size,
                    "seconds": None if track.seconds is None else round(track.seconds, 1),
                    "equal": track.digest == tracks[0].digest,
                }
                for track in tracks
            ]
        )
    return found


def duplicate_text(sets: list[list[dict[str, Any]]]) -> str:
    """The same for people."""
    lines = []
    for files in sets:
        for file in files:
            said = "same sound" if file["equal"] else "other encoding"
            said = "" if file is files[0] else f"  {said}"
            lines.append(f"{file['bytes'] / 1e6:8.1f} MB  {file['file']}{said}")
        lines.append("")
    more = sum(len(files) - 1 for files in sets)
    return "\n".join([*lines, f"{len(sets)} recordings in several files, {more} files more"])
