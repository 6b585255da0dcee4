"""What was measured: a line of ``records.jsonl`` for each training, ``costs.json`` of all rows."""

import json
from pathlib import Path
from typing import Any

RECORDS, COSTS = (Path(__file__).with_name(name) for name in ("records.jsonl", "costs.json"))

Record = dict[str, Any]


def read_records() -> list[Record]:
    """All records so far, in the order in which they were made."""
    if not RECORDS.exists():
        return []
    return [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]


def add_record(record: Record) -> None:
    """Add a line; several processes may do so."""
    with open(RECORDS, "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def read_costs() -> dict[str, dict[str, float]]:
    """What each row costs, by table and row."""
    return json.loads(COSTS.read_text(encoding="utf-8"))
