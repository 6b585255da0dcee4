"""A digest of plain data that is the same everywhere and in every version of Python and of us."""

import json
from hashlib import sha256
from typing import Any


def fingerprint(*facts: Any) -> str:
    """sha-256, as hex, of facts as canonical JSON.

    Parameters
    ----------
    facts : str, int, float, bool, None, and lists, tuples and dicts of these, in any depth; the
        order of a dict's keys does not matter

    Examples
    --------
    >>> fingerprint({"b": 1, "a": 2}) == fingerprint({"a": 2, "b": 1}) != fingerprint({"a": 2})
    True
    """
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()
