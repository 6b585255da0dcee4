"""Which rows to mute while they play, known a fixed time after they were heard.

The same likeliest course, joining and padding as for a file, over the last minute and as far ahead
as the delay allows; so what a file would have muted is muted here, too, but for passages that need
more foresight than that.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from earmark.censor.plan import Care
from earmark.tagging.events import joined
from earmark.tagging.smoothing import edges, likeliest

BEHIND_SECONDS = 60.0
SETTLING = 1.5  # seconds that the likeliest course needs to see a passage begin


@dataclass(frozen=True)
class Verdict:
    """What is to become of a row.

    Attributes
    ----------
    muted : bool
    strength : float in [0, 1] or None
        Of what is to be muted, in this row alone; None where nobody judged the row in time.
    """

    muted: bool
    strength: float | None


class Lookahead:
    """Strengths of rows in, verdicts out, in order.

    Parameters
    ----------
    care : Care
    hop : float, in seconds
    keep : bool, whether what is described is kept and all else muted
    """

    def __init__(self, care: Care, hop: float, keep: bool = False) -> None:
        self._care, self._hop, self._keep = care, hop, keep
        self.rows = math.ceil((SETTLING + care.pad + care.gap) / hop)
        behind = math.ceil(BEHIND_SECONDS / hop)
        self._strengths: deque[float] = deque(maxlen=behind + 1 + self.rows)
        self._pending = 0

    def feed(self, strength: float) -> list[Verdict]:
        """The verdict on the row that is so far back; nothing at first."""
        self._strengths.append(strength)
        self._pending += 1
        if self._pending <= self.rows:
            return []
        self._pending -= 1
        return [self._verdicts()[-1 - self.rows]]

    def end(self) -> list[Verdict]:
        """The verdicts of the last rows."""
        verdicts = self._verdicts()[len(self._strengths) - self._pending :]
        self._strengths.clear()
        self._pending = 0
        return verdicts

    def _verdicts(self) -> list[Verdict]:
        """Of all rows that are remembered."""
        hop, care = self._hop, self._care
        inside = likeliest(np.array(self._strengths), hop, care.on)
        spans = [(a * hop, b * hop) for a, b in zip(*edges(inside), strict=True)]
        found = joined((a - care.pad, b + care.pad) for a, b in joined(spans, care.gap))
        rows = np.arange(len(inside)) * hop
        muted = np.zeros(len(inside), bool)
        for start, end in found:
            muted |= (rows + hop > start + 1e-6) & (rows < end - 1e-6)
        return [
            Verdict(not inside, 1 - strength) if self._keep else Verdict(bool(inside), strength)
            for inside, strength in zip(muted, self._strengths, strict=True)
        ]
