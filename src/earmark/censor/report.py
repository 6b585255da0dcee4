"""What was silenced, when and why: for people, and for programs."""

import json
from typing import Any

from earmark.censor.plan import Plan
from earmark.tagging.events import Event
from earmark.wording import clock

DIGITS = 3


def report(plan: Plan, done: str) -> str:
    """A line a passage and a sum.

    Parameters
    ----------
    plan : Plan
    done : str, what becomes of the passages, as "muted"
    """
    lines = [f"{plan.file}\n"]
    lines += [passage_line(event, done) for event in plan.events]
    count = len(plan.events)
    passages = f"{count} passage{'s' * (count != 1)}" if count else "nothing"
    share = f", {plan.muted / plan.seconds:.1%} of {clock(plan.seconds)}" if plan.seconds else ""
    lines.append(f"  {passages} {done}: {clock(plan.muted)}{share}\n")
    return "".join(lines)


def report_json(plan: Plan, done: str) -> str:
    """The same as one JSON object."""
    record = {
        "file": plan.file,
        "seconds": round(plan.seconds, DIGITS),
        "done": done,
        "passages": [passage_record(event) for event in plan.events],
        "silenced": round(plan.muted, DIGITS),
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def passage_line(event: Event, done: str) -> str:
    """A passage for people: when, what became of it, how sure that was, and why."""
    times = f"{clock(event.start):>9} - {clock(event.end):>9}"
    return f"  {times}  {done}  {event.score:4.2f}  {event.tag}\n"


def passage_record(event: Event) -> dict[str, Any]:
    """The same for programs."""
    return {
        "start": round(event.start, DIGITS),
        "end": round(event.end, DIGITS),
        "why": event.tag,
        "score": round(event.score, DIGITS),
    }


def done_word(gain: float = 0.0, tone: bool = False, cut: bool = False) -> str:
    """What becomes of a passage, in a word."""
    return "cut" if cut else "beeped" if tone else "ducked" if gain else "muted"
