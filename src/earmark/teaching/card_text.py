"""A model's card as TOML text: the little of TOML that cards use."""

import json
from typing import Any


def toml_text(table: dict[str, Any]) -> str:
    """Text of a table of numbers, words, truths, lists and tables of the same.

    Lists of tables are written a table a line, so that a card's tags can be read.
    """
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"{_key(key)} = {_value(value, top=True)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict):
            lines += ["", f"[{_key(key)}]"]
            lines += [f"{_key(name)} = {_value(inner)}" for name, inner in value.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any, top: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)  # "nan" and "inf" too are TOML's words
    if isinstance(value, str):
        # TOML's escapes are JSON's, but for the last control character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in value.items())} }}"
    parts = [_value(inner) for inner in value]
    if top and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"    {part},\n" for part in parts) + "]"
    return f"[{', '.join(parts)}]"


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else _value(key)
