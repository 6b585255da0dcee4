"""Onset strength: how much louder the bands become from one frame to the next.

The spectral flux of the mel-spectrogram in dB: the mean over the bands of what each has gained
(Böck and Widmer 2013, *Maximum filter vibrato suppression for onset detection*, here without that
filter). A frame hears a sound before it is centred on it; strengths are delayed by half a frame, so
that they stand where the sound begins.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from earmark.sound.features.spectrum import decibel_mel_stream, whole
from earmark.sound.melspectrogram import FrontEnd


def onset_stream(blocks: Iterable[np.ndarray], front_end: FrontEnd) -> Iterator[np.ndarray]:
    """Onset strength of a stream of samples.

    Parameters
    ----------
    blocks : iterable of np.ndarray [shape=(n,), float32]
        Mono samples in [-1, 1] at ``front_end.sample_rate``, in blocks of any length.
    front_end : FrontEnd

    Yields
    ------
    np.ndarray [shape=(t, 1), float32, t >= 1]
        Mean gain of a band in dB, at least 0. Within 1e-3 dB of ``librosa.onset.onset_strength`` of
        ``power_to_db(mel, top_db=None)`` with the front end's mel bands.
    """
    delay = front_end.n_fft // (2 * front_end.hop_length)
    late = np.zeros((delay, 1), np.float32)
    before = None
    for mel in decibel_mel_stream(blocks, front_end):
        joined = np.concatenate([mel[:1] if before is None else before, mel])
        gain = np.maximum(joined[1:] - joined[:-1], 0).mean(axis=1, keepdims=True)
        before, late = mel[-1:], np.concatenate([late, gain])
        yield late[: len(mel)]
        late = late[len(mel) :]


def onset(samples: np.ndarray, front_end: FrontEnd) -> np.ndarray:
    """Onset strength of a whole sound [shape=(1 + n // hop_length, 1), float32], in dB."""
    return whole(onset_stream([samples], front_end))
