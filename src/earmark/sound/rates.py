"""Which sample rates a sound may have: whole numbers of Hz from 1 kHz to 1 MHz.

A rate outside is a slip (kHz for Hz, a text): computing with it takes hours and means nothing.
"""

from numbers import Real
from typing import Any

LOWEST, HIGHEST = 1_000, 1_000_000  # Hz


def checked_rate(rate: Any) -> int:
    """The sample rate as an int; ValueError with a sentence's end if it makes no sense."""
    number = isinstance(rate, Real) and not isinstance(rate, bool)
    if not number or not LOWEST <= rate <= HIGHEST or rate != int(rate):
        shown = repr(rate) if isinstance(rate, str) else rate
        raise ValueError(
            f"a sample rate of {shown}; expected Hz, a whole number from {LOWEST} to {HIGHEST}"
        )
    return int(rate)
