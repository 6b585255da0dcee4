"""Small mistakes that somebody could make in a piece of code, each as the code that comes of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SWAPPED: dict[type, type] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult},
    **{ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr},
    **{ast.LShift: ast.RShift, ast.RShift: ast.LShift},
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "left": "right", "right": "left"}
NO_BEHAVIOUR = ("annotation", "returns", "decorator_list", "type_params", "bases", "keywords")
DROPPED = ast.Expr | ast.Raise | ast.Break | ast.Continue | ast.AugAssign


@dataclass(frozen=True)
class Mutation:
    """One mistake.

    Attributes
    ----------
    line : int, in the source
    before, after : str, the line or expression without and with the mistake
    code : str, the whole source with it
    """

    line: int
    before: str
    after: str
    code: str


def mutations(source: str) -> list[Mutation]:
    """Every mistake of the kinds below, one at a time, in the order of the source.

    A comparison, operator or word such as ``min`` becomes its neighbour, a number is one more, a
    truth is turned round, as is a condition that is no comparison; a ``not`` or a minus goes, as
    does a filter of a comprehension or a statement; a result is None. Texts stay, as do
    annotations, decorators and what only type checkers read.
    """
    tree = ast.parse(source)
    found = []
    for node in _nodes(tree):
        for field, value in _mistakes(node):
            shown = node if hasattr(node, "lineno") else value
            kept, before = getattr(node, field), _text(node)
            setattr(node, field, value)
            after = _text(node)
            code = ast.unparse(ast.fix_missing_locations(tree))
            setattr(node, field, kept)
            found.append(Mutation(_line(shown), before, after, code))
    return found


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that behave."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field in NO_BEHAVIOUR and not isinstance(node, ast.Call):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from _nodes(child)


def _mistakes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """Field of the node and its wrong value, one after the other."""
    match node:
        case ast.Compare(ops=operators):
            for place, operator in enumerate(operators):
                changed = SWAPPED[type(operator)]()
                yield "ops", [*operators[:place], changed, *operators[place + 1 :]]
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) | ast.AugAssign(op=operator):
            yield "op", SWAPPED[type(operator)]()
        case ast.UnaryOp(op=operator, operand=operand):
            yield "operand", ast.UnaryOp(operator, operand)
        case ast.Constant(value=bool() as value):
            yield "value", not value
        case ast.Constant(value=int() | float() as value):
            yield "value", value + 1
        case ast.Constant(value=str() as value) if value in NAMES:
            yield "value", NAMES[value]
        case ast.Name(id=name) if name in NAMES:
            yield "id", NAMES[name]
        case ast.Attribute(attr=name) if name in NAMES:
            yield "attr", NAMES[name]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "value", ast.Constant(None)
        case ast.comprehension(ifs=[_, *_]):
            yield "ifs", []
    if isinstance(node, ast.If | ast.IfExp | ast.While) and _turns(node.test):
        yield "test", ast.UnaryOp(ast.Not(), node.test)
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        for place, one in enumerate(statements if isinstance(statements, list) else ()):
            said = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
            if isinstance(one, DROPPED) and not said:
                yield field, [*statements[:place], ast.Pass(), *statements[place + 1 :]]


def _turns(test: ast.expr) -> bool:
    """Whether a condition is to be turned round as a whole; others are, from within."""
    return not isinstance(test, ast.Compare | ast.UnaryOp | ast.BoolOp)


def _text(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except (AttributeError, ValueError):
        return type(node).__name__


def _line(node: Any) -> int:
    """Line of a node, or of the first below it that has one."""
    for one in node if isinstance(node, list) else [node]:
        for each in ast.walk(one):
            if hasattr(each, "lineno"):
                return int(each.lineno)
    return 0
