"""The name that may have been meant by one that nobody knows."""

from collections.abc import Collection
from difflib import get_close_matches


def near_name(name: str, names: Collection[str], likeness: float = 0.6) -> str | None:
    """The likest of `names`, None where none is near.

    Parameters
    ----------
    name : str, as it was given
    names : collection of str, those that are known
    likeness : float in [0, 1], how like one must be to be near

    Examples
    --------
    >>> near_name("guitr", ("piano", "guitar"))
    'guitar'
    """
    near = get_close_matches(name, names, n=1, cutoff=likeness)
    return near[0] if near else None


def near_or_all(name: str, names: Collection[str], likeness: float = 0.6) -> str:
    """The end of a sentence about an unknown name: the nearest, or all where none is near.

    Examples
    --------
    >>> near_or_all("xyz", ("piano", "guitar"))
    'there are piano, guitar'
    """
    near = near_name(name, names, likeness)
    return f"the nearest is {near!r}" if near else f"there are {', '.join(names)}"
