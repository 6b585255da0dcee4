"""Numbers in sentences: one song and two songs, and no zero with a minus."""


def counted(number: int, thing: str) -> str:
    """A number of things that take an s, as ``1 song`` or ``2,941 songs``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def signed(number: float, digits: int = 3) -> str:
    """A difference with its sign; what rounds to zero has a plus."""
    return f"{round(number, digits) + 0.0:+.{digits}f}"
