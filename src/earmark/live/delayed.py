"""Sound that waits for its verdict: blocks in, blocks out with what is to be muted muted.

Each row of sound is let out as soon as its verdict is known, and at the latest a fixed delay after
it came; what has no verdict by then is late, and muted or passed as the user wants.
"""

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from earmark.censor.gate import FADE_SECONDS, TONE_HERTZ, TONE_PEAK
from earmark.live.lookahead import Verdict
from earmark.live.wire import Block


class Delayed:
    """Blocks of one rate and number of channels that wait.

    Parameters
    ----------
    rate : int, in Hz
    hop : float, seconds of a row
    delay : float, seconds after which a row is let out, whatever is known
    mute_late : bool, whether a row without a verdict is muted
    clock : callable, seconds that pass
    gain : float in [0, 1), what is left of muted sound
    tone : bool, whether a tone sounds instead
    went : callable or None, gets what became of each row as it goes out

    Attributes
    ----------
    late : int, rows that were let out without a verdict
    muted : int, rows that were muted
    rows : int, rows that were let out
    """

    def __init__(
        self,
        rate: int,
        hop: float,
        delay: float,
        mute_late: bool,
        clock: Callable[[], float],
        gain: float = 0.0,
        tone: bool = False,
        went: Callable[[Verdict], None] | None = None,
    ) -> None:
        self._rate, self._hop, self._delay = rate, hop, delay
        self._mute_late, self._clock = mute_late, clock
        self._left, self._tone, self._went = gain, tone, went
        self._lock = threading.Lock()
        self._blocks: deque[tuple[float, np.ndarray]] = deque()  # when each came
        self._verdicts: deque[Verdict] = deque()
        self._skipped = 0  # verdicts that come too late to be of use
        self._place = 0  # of the next sample to go out
        self._gain = 1.0
        self._before = Verdict(False, 0.0)
        self.late = self.muted = self.rows = 0

    @property
    def waiting(self) -> float:
        """Seconds of sound that wait."""
        return sum(len(samples) for _, samples in self._blocks) / self._rate

    def take(self, block: Block) -> None:
        """A block comes."""
        self._blocks.append((self._clock(), block.samples))

    def judge(self, verdict: Verdict) -> None:
        """The next row's verdict comes; from any thread."""
        with self._lock:
            if self._skipped:
                self._skipped -= 1
            else:
                self._verdicts.append(verdict)

    def ready(self, ended: bool = False) -> list[np.ndarray]:
        """What may go out now [shape=(n, channels)]; at the end all that has a verdict or none."""
        out = []
        while self._blocks:
            row = self._next_row(ended)
            if row is None:
                break
            out.append(row)
        return out

    def _next_row(self, ended: bool) -> np.ndarray | None:
        end = round((self.rows + 1) * self._hop * self._rate)
        wanted = end - self._place
        there = sum(len(samples) for _, samples in self._blocks)
        if there < wanted and not ended:
            return None
        with self._lock:
            if self._verdicts:
                verdict = self._verdicts.popleft()
            elif ended:  # a rest too short for a row of its own
                verdict = self._before
            elif self._clock() >= self._blocks[0][0] + self._delay:
                self._skipped += 1
                self.late += 1
                verdict = Verdict(self._mute_late, None)
            else:
                return None
        self.rows += 1
        self._before = verdict
        self.muted += verdict.muted
        if self._went is not None:
            self._went(verdict)
        return self._treated(self._cut(wanted), verdict.muted)

    def _cut(self, wanted: int) -> np.ndarray:
        """The next samples, at most so many."""
        parts = []
        while wanted and self._blocks:
            came, samples = self._blocks.popleft()
            parts.append(samples[:wanted])
            if len(samples) > wanted:
                self._blocks.appendleft((came, samples[wanted:]))
            wanted -= len(parts[-1])
        return np.concatenate(parts)

    def _treated(self, samples: np.ndarray, muted: bool) -> np.ndarray:
        """Faded to or from silence where that changes; else as it was, or nothing."""
        wanted = self._left if muted else 1.0
        gains = np.full(len(samples), wanted, np.float32)
        if self._gain != wanted:
            fade = min(len(samples), round(FADE_SECONDS * self._rate))
            rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)
            gains[:fade] = self._gain + (wanted - self._gain) * rise
        changed = muted or self._gain != wanted
        self._gain = wanted
        times = (self._place + np.arange(len(samples))) / self._rate
        self._place += len(samples)
        if not changed:
            return samples
        result = samples * gains[:, None]
        if self._tone:
            share = (1 - gains) / (1 - self._left)
            result += (share * TONE_PEAK * np.sin(2 * np.pi * TONE_HERTZ * times))[:, None]
        return result.astype(np.float32)
