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
    silences : list of [float, float], from which to which second nothing sounds: each holds at
        least a whole block, of about 1.5 s, and begins and ends to the sample
    """

    def __init__(self) -> None:
        self.peak = 0.0
        self.bad_samples = 0
        self.scale = 1.0
        self.silences: list[list[float]] = []
        self._before: tuple[np.ndarray, float] | None = None  # a block that sounds and its end
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
        self._note_silence(samples, peak, rate, start)
        return samples

    def _scaled(self, samples: np.ndarray) -> np.ndarray:
        if not self._scale_known:
            self.scale = float_scale(samples) or 1.0
            self._scale_known = True
        return samples if self.scale == 1.0 else samples / np.float32(self.scale)

    def _note_silence(self, samples: np.ndarray, peak: float, rate: int, start: float) -> None:
        """A silent block makes a silence longer, to where its neighbours sound."""
        end = start + len(samples) / rate
        follows = self.silences and start - self.silences[-1][1] < 1e-3
        if peak >= SILENT_PEAK:
            if follows:
                self.silences[-1][1] += _quiet(samples) / rate
            self._before = (samples, end)
        elif follows:
            self.silences[-1][1] = end
        else:
            quiet = 0.0
            if self._before is not None and abs(start - self._before[1]) < 1e-3:
                quiet = _quiet(self._before[0][::-1]) / rate
            self.silences.append([start - quiet, end])
        if peak < SILENT_PEAK:
            self._before = None

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


def _quiet(samples: np.ndarray) -> int:
    """How many samples there are before the first that sounds."""
    return int(np.argmax(np.abs(samples) >= SILENT_PEAK))
