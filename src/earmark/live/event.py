"""What listening tells: one kind of record for all that can happen."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

DIGITS = {"seconds": 2, "score": 4, "level": 1}
CONNECTED, STALLED, SILENT = "connected", "stalled", "silent"
RECOVERING, ENDED = "recovering", "ended"


@dataclass(frozen=True)
class LiveEvent:
    """Something that happened.

    Attributes
    ----------
    kind : str
        "on" and "off", a tag or expression begins or ends; "state", the source has another state;
        "now", what is heard at the moment, once a row; "alive", every ten seconds.
    seconds : float
        Where in the sound, since listening began; where a source was away, its absence counts.
    time : datetime, when it was told
    tag : str or None, of on and off
    score : float or None, of on and off: the tag's score, or the expression's strength
    state : str or None
        "connected", "stalled", "silent", "recovering" or "ended".
    reason : str or None, of a state
    level : float or None, in dBFS, of now and alive
    tags : dict of str -> float, or None
        The strongest tags with their scores, also below their thresholds, of now and alive.
    on : tuple of str, or None, what is on, of now and alive
    """

    kind: str
    seconds: float
    time: datetime
    tag: str | None = None
    score: float | None = None
    state: str | None = None
    reason: str | None = None
    level: float | None = None
    tags: dict[str, float] | None = None
    on: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """What is known of it, for JSON."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        known["event"] = known.pop("kind")
        known["time"] = self.time.isoformat(timespec="milliseconds")
        for name, digits in DIGITS.items():
            if name in known:
                known[name] = round(float(known[name]), digits)
        if self.tags is not None:
            known["tags"] = {name: round(float(score), 4) for name, score in self.tags.items()}
        first = ("event", "seconds", "time")
        return {name: known[name] for name in (*first, *(n for n in known if n not in first))}
