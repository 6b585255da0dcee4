"""Samples in, samples out: silence, a tone, or less loudness inside passages; the same outside.

A passage begins and ends with a fade of 20 ms within itself, half a cosine, so that nothing clicks
and every sample outside stays as it was.
"""

import math
from collections.abc import Sequence

import numpy as np

FADE_SECONDS = 0.02
FOREVER = 1e9  # seconds
TONE_HERTZ, TONE_PEAK = 1000.0, 0.1  # -20 dB of full scale

Span = tuple[float, float]


class Gate:
    """Silences spans.

    Parameters
    ----------
    spans : sequence of (start, end), seconds, in order, none touching another; infinite where
        the sound begins or ends inside
    gain : float in [0, 1), what is left of the sound inside
    tone : bool, whether a tone sounds instead
    """

    def __init__(self, spans: Sequence[Span], gain: float = 0.0, tone: bool = False) -> None:
        self._spans, self._gain, self._tone = list(spans), gain, tone
        self._first = 0  # span that is not over yet

    def touches(self, start: float, end: float) -> bool:
        """Whether a span overlaps these seconds, which never go back."""
        while self._first < len(self._spans) and self._spans[self._first][1] <= start:
            self._first += 1
        return self._first < len(self._spans) and self._spans[self._first][0] < end

    def __call__(self, samples: np.ndarray, rate: int, start: float) -> np.ndarray:
        """Samples [shape=(channels, n)] that begin at a second, with the spans silenced."""
        times = start + np.arange(samples.shape[1]) / rate
        inside = np.zeros(samples.shape[1])
        for begin, end in self._spans[self._first :]:
            if begin > times[-1]:
                break
            inside = np.maximum(inside, _weight(times, begin, end))
        result = samples * (1 - inside * (1 - self._gain))
        if self._tone:
            result = result + inside * TONE_PEAK * np.sin(2 * np.pi * TONE_HERTZ * times)
        return result


def _weight(times: np.ndarray, begin: float, end: float) -> np.ndarray:
    """0 outside a span, 1 inside, with half a cosine at both ends that are finite."""
    fade = min(FADE_SECONDS, (end - begin) / 2)
    rise = np.ones_like(times) if begin == -math.inf else np.clip((times - begin) / fade, 0, 1)
    fall = np.ones_like(times) if end == math.inf else np.clip((end - times) / fade, 0, 1)
    return 0.5 - 0.5 * np.cos(np.pi * np.minimum(rise, fall))


class Cutter:
    """Cuts spans out of a stream of samples; what remains is cross-faded over 20 ms.

    The 20 ms after a span's begin fade into the 20 ms before its end, so that samples outside stay
    as they were and a span of s seconds makes the sound s - .02 seconds shorter.

    Parameters
    ----------
    spans : sequence of (start, end), seconds since the first sample; infinite as a gate's
    rate : int, in Hz
    """

    def __init__(self, spans: Sequence[Span], rate: int) -> None:
        fade = round(FADE_SECONDS * rate)
        limits = [(max(start, -1.0), min(end, FOREVER)) for start, end in spans]
        whole = [(round(start * rate), round(end * rate)) for start, end in limits]
        self._spans = [(start, end) for start, end in whole if end - start > 2 * fade]
        self._fade, self._rate, self._at = fade, rate, 0
        self._fading: list[np.ndarray] = []

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """What remains of samples [shape=(channels, n)]."""
        first, last = self._at, self._at + samples.shape[1]
        self._at = last
        kept, done = [], first
        while self._spans and done < last:
            start, end = self._spans[0]
            if done < start:
                stop = min(start, last)
                kept.append(samples[:, done - first : stop - first])
            elif done < start + self._fade:
                stop = min(start + self._fade, last)
                piece = samples[:, done - first : stop - first]
                self._fading.append(piece)
                if end >= FOREVER * self._rate:
                    kept.append(piece * (1 - self._rising(done - start, piece.shape[1])))
            elif done < end - self._fade:
                stop = min(end - self._fade, last)
            elif done < end:
                stop = min(end, last)
                kept.append(self._mixed(samples[:, done - first : stop - first], end - done))
            else:
                self._spans.pop(0)
                self._fading = []
                stop = done
            done = stop
        if done < last:
            kept.append(samples[:, done - first :])
        return np.concatenate(kept, axis=1) if kept else samples[:, :0]

    def _mixed(self, samples: np.ndarray, left: int) -> np.ndarray:
        place, count = self._fade - left, samples.shape[1]
        rising = self._rising(place, count)
        if not self._fading:  # the sound began inside the span
            return samples * rising
        tail = np.concatenate(self._fading, axis=1)
        return tail[:, place : place + count] * (1 - rising) + samples * rising

    def _rising(self, place: int, count: int) -> np.ndarray:
        return 0.5 - 0.5 * np.cos(np.pi * (place + np.arange(count) + 0.5) / self._fade)
