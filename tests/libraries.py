"""Libraries made on the spot, without any sound: tracks with scores and embeddings by chance."""

import os
from pathlib import Path

import numpy as np

from earmark.library.record import Recorder
from earmark.zoo import find_model


def make_library(
    path: Path,
    scores: np.ndarray,
    embeddings: np.ndarray,
    *,
    names: list[str] | None = None,
    artists: list[str] | None = None,
    model: str = "default",
    folder: str = "/music",
) -> list[int]:
    """Write a library with a row of scores and of embeddings a track.

    Track i lies at ``folder/names[i]`` ("0000000.mp3", ... without names) and need not exist.
    Returns the ids of the tracks.
    """
    names = names or [f"{i:07d}.mp3" for i in range(len(scores))]
    ids = []
    with Recorder(path) as recorder, recorder.transaction():
        heard_by = recorder.model(find_model(model))
        for i, name in enumerate(names):
            digest = f"{folder}/{i}".encode()
            sound = recorder.sound(digest, 60.0 + i % 240)
            recorder.hear(heard_by, sound, scores[i], embeddings[i])
            artist = artists[i] if artists else None
            where = os.path.join(folder, name)
            ids.append(
                recorder.track(where, 1000 + i, i, sound=sound, title=f"Song {i}", artist=artist)
            )
    return ids


def chance(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores [shape=(count, 188)] and embeddings [shape=(count, 192)] of songs that are not."""
    random = np.random.default_rng(seed)
    scores = random.beta(0.4, 4, (count, 188)).astype(np.float32)
    return scores, random.standard_normal((count, 192), np.float32)
