"""Numbers in sentences: one song and two songs, and no zero with a minus."""


def counted(number: int, thing: str) -> str:
    """A number of things that take an s, as ``1 song`` or ``2,941 songs``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def signed(number: float, digits: int = 3) -> str:
    """A difference with its sign; what rounds to zero has a plus."""
    return f"{round(number, digits) + 0.0:+.{digits}f}"


def clock(seconds: float) -> str:
    """Seconds as people write them: 0:07.5, 3:41.0, 1:02:03.0."""
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{rest:04.1f}"
