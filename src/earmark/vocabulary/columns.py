"""Ask an expression about a few columns of a matrix of scores instead of all."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from earmark.vocabulary.expressions import All, Any, Compared, Defined, Expression, Not, Said


def narrowed(expression: Expression) -> tuple[list[int], Expression]:
    """The columns that an expression looks at, and the same expression about these alone.

    Parameters
    ----------
    expression : Expression, about a matrix of scores [shape=(..., tags)]

    Returns
    -------
    places : list of int, rising
        Columns, those of synonyms too.
    expression : Expression
        Says of ``scores[..., places]`` what the one given says of ``scores``, with thresholds
        narrowed likewise.
    """
    places = sorted(set(_columns(expression)))
    return places, _moved(expression, {place: new for new, place in enumerate(places)})


def _columns(expression: Expression) -> Iterator[int]:
    match expression:
        case Said(_, places):
            yield from places
        case Compared(place=place):
            yield place
        case Defined(_, part) | Not(part):
            yield from _columns(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _columns(part)


def _moved(expression: Expression, new: Mapping[int, int]) -> Expression:
    match expression:
        case Said(_, places):
            return replace(expression, places=tuple(new[place] for place in places))
        case Compared(place=place):
            return replace(expression, place=new[place])
        case Defined(_, part):
            return replace(expression, meaning=_moved(part, new))
        case Not(part):
            return Not(_moved(part, new))
        case All(parts) | Any(parts):
            return type(expression)(tuple(_moved(part, new) for part in parts))
    return expression
