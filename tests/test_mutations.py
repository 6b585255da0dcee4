"""The mistakes that tests/mutants.py makes: each alone, and none where there is no behaviour."""

import ast

from mutations import mutations

SOURCE = '''
"""Words."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import numpy

def share(values: list[int] = 3, *, least=0.5) -> "float":
    """Words."""
    if not values or min(values) < 2:
        raise ValueError(f"{len(values) + 1} words")
    print("words")
    return sum(one * 2 for one in values if one) / -len(values)
'''
WANTED = {
    "4",  # the default
    "1.5",
    "not not values",
    "not values and min(values) < 2",
    "max(values) < 2",
    "min(values) <= 2",
    "min(values) < 3",
    "return None",
    "one / 2",
    "one * 3",
    "for one in values)",
    "sum((one * 2 for one in values if one)) * -len(values)",
    "--len(values)",
}


def test_every_mistake_is_made_once_and_changes_the_code() -> None:
    whole = ast.unparse(ast.parse(SOURCE))
    found = mutations(SOURCE)
    codes = [one.code for one in found]
    assert whole not in codes and len(set(codes)) == len(codes) == len(WANTED) + 2
    for text in WANTED:
        assert sum(text in code and text not in whole for code in codes) == 1, text
    # Left out are the error and the print, and nothing in texts, types or docstrings.
    assert sum("raise" not in code for code in codes) == 1
    assert sum("print" not in code for code in codes) == 1
    assert all("len(values) + 1" in code or "raise" not in code for code in codes)
    assert all("-> 'float'" in code and "import numpy" in code for code in codes)


def test_a_mistake_knows_its_line() -> None:
    lines = {one.after: one.line for one in mutations(SOURCE)}
    assert lines["max"] == 9 and lines["one / 2"] == 12 and lines["return None"] == 12
