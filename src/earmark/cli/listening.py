"""What verbs that listen for an expression share: a model with a hop, and the expression."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from earmark.tagging import Tagger
    from earmark.vocabulary import Expression


def listener(model: str, hop: float) -> "Tagger":
    """The model of that name; wrong usage where there is none or it cannot have the hop."""
    from earmark.errors import ModelError, UnknownModelError
    from earmark.tagging import Tagger
    from earmark.tagging.hop import require_hop

    try:
        tagger = Tagger(model)
    except UnknownModelError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    try:
        require_hop(tagger.card, hop)
    except ModelError as error:
        raise typer.BadParameter(str(error), param_hint="--hop") from error
    return tagger


def parsed(text: str, tagger: "Tagger", option: str) -> "Expression":
    """An expression over the model's tags; wrong usage where it makes no sense."""
    from earmark.errors import ExpressionError
    from earmark.vocabulary import parse_expression

    try:
        return parse_expression(text, tagger.card.vocabulary)
    except ExpressionError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
