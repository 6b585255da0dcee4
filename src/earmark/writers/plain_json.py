"""Results in, JSON text out, with null for figures that do not exist."""

import json
import math
from pathlib import Path
from typing import Any

from earmark.atomic import atomic_file


def to_json(found: dict[str, Any]) -> str:
    """JSON of nested dicts and lists; NaN, which JSON does not have, becomes null."""
    return json.dumps(_plain(found), ensure_ascii=False)


def write_json(found: dict[str, Any], path: Path) -> None:
    """Write JSON to a file, whole or not at all; OutputError where that fails."""
    with atomic_file(path) as file:
        file.write(to_json(found) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
