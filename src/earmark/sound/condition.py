"""Mono samples as they come, cleaned: scale, offset, numbers that are none; and what that was.

In: mono blocks. Out: blocks that are finite, centred and in full scale, and the facts for a word.
"""

import numpy as np

from earmark.sound.findings import LOUD_PEAK, SILENT_PEAK
from earmark.sound.levels import LOUDEST_FLOAT, OffsetRemover, float_scale

LOUDEST = 1e6  # samples beyond are no sound; their power would overflow


class Condition:
    """Cleans the blocks of one sound.

    Attributes
    ----------
    peak : float, largest absolute sample so far
    bad_samples : int, how many were no finite numbers
    scale : float, by which the samples were divided
    silences : list of [float, float], from which to which second nothing sounds, to a block
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self.bad_samples = 0
        self.scale = 1.0
        self.silences: list[list[float]] = []
        self._without_offset = OffsetRemover()
        self._scale_known = False

    def __call__(self, samples: np.ndarray, rate: int, start: float) -> np.ndarray:
        """A clean block; `start` is the second at which it begins."""
        peak = _peak(samples)
        if peak > 1.5 or peak != peak:
            samples = self._scaled(samples)
            peak = _peak(samples)
        elif peak > SILENT_PEAK:
            if self.scale != 1.0:
                samples = self._scaled(samples)
                peak = _peak(samples)
            self._scale_known = True
        if not peak < LOUDEST:
            good = np.abs(samples) < LOUDEST
            samples = np.where(good, samples, np.float32(0))
            self.bad_samples += int(len(good) - good.sum())
        shifted = self._without_offset(samples, rate)
        if shifted is not samples or not peak < LOUDEST:
            samples, peak = shifted, _peak(shifted)
        self.peak = max(self.peak, peak)
        if peak < SILENT_PEAK:
            self._note_silence(start, start + len(samples) / rate)
        return samples

    def _scaled(self, samples: np.ndarray) -> np.ndarray:
        if not self._scale_known:
            self.scale = float_scale(samples) or 1.0
            self._scale_known = True
        return samples if self.scale == 1.0 else samples / np.float32(self.scale)

    def _note_silence(self, start: float, end: float) -> None:
        if self.silences and start - self.silences[-1][1] < 1e-3:
            self.silences[-1][1] = end
        else:
            self.silences.append([start, end])

    def warnings(self) -> list[str]:
        """Sentences about scale and numbers."""
        said = []
        if self.scale != 1.0:
            bits = round(np.log2(self.scale)) + 1
            said.append(
                f"its floats hold numbers of {bits} bits and were divided by {self.scale:.0f}"
            )
        elif self.peak > LOUD_PEAK:
            loud = "as loud as no sound should be" if self.peak > LOUDEST_FLOAT else "far too loud"
            said.append(f"{loud}, up to {self.peak:.0f} times full scale, and heard like that")
        if self.bad_samples:
            said.append(f"{self.bad_samples} samples are not finite numbers and count as silence")
        return said


def _peak(samples: np.ndarray) -> float:
    return max(float(samples.max()), -float(samples.min()))
