"""Which sample rates a sound may have: whole numbers of Hz from 1 kHz to 1 MHz.

A rate outside is a slip (kHz for Hz, a text): computing with it takes hours and means nothing.
"""

from numbers import Real

LOWEST, HIGHEST = 1_000, 1_000_000  # Hz


def checked_rate(rate: object) -> int:
    """The sample rate as an int; ValueError with a sentence's end if it makes no sense."""
    fits = isinstance(rate, Real) and not isinstance(rate, bool) and LOWEST <= rate <= HIGHEST
    if not fits or rate != int(rate):
        shown = repr(rate) if isinstance(rate, str) else rate
        raise ValueError(
            f"a sample rate of {shown}; expected Hz, a whole number from {LOWEST} to {HIGHEST}"
        )
    return int(rate)
