"""Counts of what a server did, in Prometheus' text form; nothing about who asked for what."""

import threading
from collections import Counter

HELP = {
    "earmark_requests_total": ("counter", "Requests answered, by status."),
    "earmark_sounds_total": ("counter", "Sounds heard, by outcome."),
    "earmark_sound_seconds_total": ("counter", "Seconds of sound heard."),
    "earmark_work_seconds_total": ("counter", "Seconds that requests waited for their sound."),
    "earmark_previews_total": ("counter", "Sounds made playable for browsers that lack a codec."),
    "earmark_refused_total": ("counter", "Requests refused because the queue was full."),
    "earmark_workers_replaced_total": ("counter", "Workers that died or were stopped."),
    "earmark_jobs": ("gauge", "Jobs that wait or are under way."),
}


class Metrics:
    """Counters that any thread may raise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        text = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        with self._lock:
            self._counts[name, text] += amount  # type: ignore[assignment]

    def text(self, **gauges: float) -> str:
        """Everything, as a scraper reads it."""
        with self._lock:
            counts = dict(self._counts)
        for name, value in gauges.items():
            counts[name, ""] = value
        lines = []
        for name, (kind, told) in HELP.items():
            lines += [f"# HELP {name} {told}", f"# TYPE {name} {kind}"]
            found = sorted((labels, value) for (n, labels), value in counts.items() if n == name)
            for labels, value in found or [("", 0)]:
                lines.append(f"{name}{{{labels}}} {value:g}" if labels else f"{name} {value:g}")
        return "\n".join(lines) + "\n"
