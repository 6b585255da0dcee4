"""How long a source may be quiet before it is called stalled, and before it is opened anew."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long to wait for a source.

    Attributes
    ----------
    quiet : float, seconds without sound after which the source is stalled
    dead : float, seconds without sound after which it is opened anew
    first, most : float, seconds before the first try to open it anew, and at most before any other
    silence : float, seconds of silence after which the source is silent
    lost : float, seconds that a source may be away before it counts as ended
    """

    quiet: float = 2.5
    dead: float = 5.0
    first: float = 0.5
    most: float = 3.0
    silence: float = 5.0
    lost: float = float("inf")

    def pause(self, tries: int) -> float:
        """Seconds before the next try, after so many that gave nothing."""
        return min(self.most, self.first * 2 ** min(tries, 30))


# The playlist of such a stream brings new sound only every few seconds.
FOR_PLAYLISTS = Patience(quiet=15.0, dead=30.0)
