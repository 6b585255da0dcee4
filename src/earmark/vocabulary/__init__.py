"""The words a model may say about music: which there are, which are synonyms, which exclude which.

The official vocabulary is that of MagnaTagATune, 188 tags in the order of its label table; it lies
in ``tags.toml`` and is meant to be read. A model that knows other words brings its own list.
"""

from typing import TYPE_CHECKING, Any

from earmark.vocabulary.vocabulary import CATEGORIES, Tag, Vocabulary, official_vocabulary

if TYPE_CHECKING:
    from earmark.vocabulary.expressions import Answer, Expression, evaluate
    from earmark.vocabulary.parse import parse_expression

__all__ = [
    "CATEGORIES",
    "Answer",
    "Expression",
    "Tag",
    "Vocabulary",
    "evaluate",
    "official_vocabulary",
    "parse_expression",
]


def __getattr__(name: str) -> Any:
    # Names of tags need no numpy; expressions over their scores do.
    if name in ("Answer", "Expression", "evaluate"):
        from earmark.vocabulary import expressions

        return getattr(expressions, name)
    if name == "parse_expression":
        from earmark.vocabulary.parse import parse_expression

        return parse_expression
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
