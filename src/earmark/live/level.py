"""How loud it is."""

from collections.abc import Iterable, Iterator

import numpy as np

LEAST = -120.0  # dBFS; digital silence


class Level:
    """Watches blocks go by.

    Attributes
    ----------
    dbfs : float
        Of the last block, mean power over all channels; 0 is a square wave at full scale.
    """

    def __init__(self) -> None:
        self.dbfs = LEAST

    def watch(self, blocks: Iterable) -> Iterator:
        """The very blocks that come in."""
        for block in blocks:
            power = float(np.mean(np.square(block.samples, dtype=np.float32)))
            self.dbfs = max(LEAST, 10 * np.log10(power)) if power > 0 else LEAST
            yield block
