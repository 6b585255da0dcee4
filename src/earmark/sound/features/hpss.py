"""The harmonic and the percussive part of a sound, as two log-mel spectrograms side by side.

Tones are lines along time, strokes lines along frequency. The median of 31 frames keeps the former,
that of 31 bins the latter (Fitzgerald 2010, *Harmonic/percussive separation using median
filtering*); each magnitude is then shared out by the squares of both. A stream lags 15 frames
behind and keeps 46; beyond its ends the spectrum is mirrored.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.sound.features.median import WIDTH, sliding_median
from earmark.sound.features.spectrum import whole
from earmark.sound.frames import CHUNK_FRAMES
from earmark.sound.melspectrogram import FrontEnd, log_compressed, power_stream, to_mel

REACH = WIDTH // 2


def hpss_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Harmonic and percussive log-mel frames of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, 2 * n_mels), float32, t >= 1]
        ``log10(1 + 10000 * mel)`` of the harmonic part, then of the percussive one. Within 1e-3 of
        the mel-spectrogram of ``librosa.decompose.hpss`` with its defaults.
    """
    mel = to_mel(front_end)
    for magnitudes in _surrounded(map(np.sqrt, power_stream(blocks, front_end))):
        middle = magnitudes[REACH:-REACH]
        harmonic = _harmonic_share(magnitudes, middle)
        parts = [mel((share * middle) ** 2) for share in (harmonic, 1 - harmonic)]
        yield log_compressed(np.concatenate(parts, axis=1))


def hpss(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Both parts of a whole sound [shape=(1 + n // hop_length, 2 * n_mels), float32]."""
    return whole(hpss_stream([samples], front_end))


def _harmonic_share(magnitudes: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Share of the harmonic part in each of the middle magnitudes; a half where both are 0."""
    lasting = sliding_median(magnitudes)
    mirrored = np.pad(middle.T, ((REACH, REACH), (0, 0)), mode="symmetric")
    broad = sliding_median(mirrored).T
    larger = np.maximum(lasting, broad)
    silent = larger < np.finfo(np.float32).tiny
    larger = np.where(silent, 1, larger)
    lasting, broad = (lasting / larger) ** 2, (broad / larger) ** 2
    return np.where(silent, np.float32(0.5), lasting / np.where(silent, 1, lasting + broad))


def _surrounded(chunks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Chunks with the 15 frames before and after them; a sound's ends are mirrored."""
    kept, begun = [], False
    count = 0
    for chunk in chunks:
        kept.append(chunk)
        count += len(chunk)
        if not begun and count >= REACH:
            joined = np.concatenate(kept)
            kept, begun = [joined[:REACH][::-1], joined], True
            count += REACH
        if begun and count >= CHUNK_FRAMES + 2 * REACH:
            joined = np.concatenate(kept)
            yield joined
            kept = [joined[-2 * REACH :]]
            count = 2 * REACH
    joined = np.concatenate(kept)
    before = 0 if begun else REACH
    yield from _last(np.pad(joined, ((before, REACH), (0, 0)), mode="symmetric"))


def _last(frames: np.ndarray) -> Iterator[np.ndarray]:
    for first in range(0, len(frames) - 2 * REACH, CHUNK_FRAMES):
        yield frames[first : first + CHUNK_FRAMES + 2 * REACH]
