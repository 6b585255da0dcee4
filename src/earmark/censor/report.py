"""What was silenced, when and why: for people, and for programs."""

import json

from earmark.censor.plan import Plan
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
    for e in plan.events:
        times = f"{clock(e.start):>9} - {clock(e.end):>9}"
        lines.append(f"  {times}  {done}  {e.score:4.2f}  {e.tag}\n")
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
        "passages": [
            {
                "start": round(event.start, DIGITS),
                "end": round(event.end, DIGITS),
                "why": event.tag,
                "score": round(event.score, DIGITS),
            }
            for event in plan.events
        ],
        "silenced": round(plan.muted, DIGITS),
    }
    return json.dumps(record, ensure_ascii=False) + "\n"
