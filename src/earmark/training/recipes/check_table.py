"""Check a table of a recipe against a dataclass: known keys, right types, possible values.

A field's default says its type, its metadata the bounds of a number or the words that are allowed.
Every refusal is one sentence that begins with the place: file, section and key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, field
from math import inf
from typing import Any, NoReturn

from earmark.errors import TrainingError
from earmark.near_name import near_or_all


def number(default: float, least: float, most: float = inf) -> Any:
    """A dataclass field: a number in [least, most], whole if its default is."""
    return field(default=default, metadata={"least": least, "most": most})


def choice(default: str, *others: str) -> Any:
    """A dataclass field: one of a few words."""
    return field(default=default, metadata={"words": (default, *others)})


def checked_values(
    place: str, known: Sequence[Field], table: Mapping[str, Any], names: Sequence[str] = ()
) -> dict[str, Any]:
    """The values of a table's keys.

    Parameters
    ----------
    place : str, with which a refusal begins
    known : sequence of dataclass fields
    table : mapping, key -> value as TOML gives it
    names : sequence of str, keys to suggest in place of an unknown one; those of `known` if empty

    Raises
    ------
    TrainingError
        A key is unknown, or its value has the wrong type or is impossible.
    """
    by_name, values = {one.name: one for one in known}, {}
    for key, value in table.items():
        if key not in by_name:
            refuse_key(place, key, names or list(by_name))
        one = by_name[key]
        default = one.type() if one.default is MISSING else one.default
        values[key] = checked(f"{place} {key}", value, default, one.metadata)
    return values


def refuse_key(place: str, key: str, names: Sequence[str]) -> NoReturn:
    """Say that a key is unknown, and which one may be meant."""
    raise TrainingError(f"{place} has no key {key!r}; {near_or_all(key, names)}")


def checked(place: str, value: Any, default: Any, rules: Mapping[str, Any]) -> Any:
    """A value, if it has its default's type and follows the rules.

    Parameters
    ----------
    place : str, with which a refusal begins
    value : bool, str, int, float or list, as TOML gives it
    default : bool, str, int, float or tuple of str
    rules : mapping with ``words``, or ``least`` (1 without) and ``most``

    Raises
    ------
    TrainingError
        It has not, or does not.
    """
    if isinstance(default, bool):
        fits, wanted = isinstance(value, bool), "true or false"
    elif isinstance(default, tuple):
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        wanted = "a list of words"
    elif isinstance(default, str):
        words = rules.get("words", (value,))
        fits = isinstance(value, str) and value in words
        wanted = f"one of {', '.join(words)}" if "words" in rules else "text"
    else:
        whole, least, most = isinstance(default, int), rules.get("least", 1), rules.get("most", inf)
        fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        fits = fits and least <= value <= most  # NaN is in no range
        bounds = f"from {least}" if most == inf else f"from {least} to {most}"
        wanted = f"a {'whole ' if whole else ''}number {bounds}"
    if not fits:
        raise TrainingError(f"{place} must be {wanted}, not {value!r}")
    return float(value) if isinstance(default, float) else value


def checked_options(
    place: str, name: str, known: dict[str, Any], options: dict[str, Any]
) -> dict[str, Any]:
    """Arguments of an architecture's ``create``, by the types of its defaults."""
    values = {}
    for key, value in options.items():
        if key not in known:
            refuse_key(f"{place} {name}", key, list(known))
        default, where = known[key], f"{place} {key}"
        if isinstance(default, tuple):
            if not isinstance(value, list) or len(value) != len(default):
                raise TrainingError(f"{where} must be a list of {len(default)} numbers")
            values[key] = [checked(where, one, default[0], {}) for one in value]
        else:
            rules = {"least": 0, "most": 0.95} if isinstance(default, float) else {}
            values[key] = checked(where, value, default, rules)
    return values
