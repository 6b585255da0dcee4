"""The words a model may say about music: which there are, which are synonyms, which exclude which.

The official vocabulary is that of MagnaTagATune, 188 tags in the order of its label table; it lies
in ``tags.toml`` and is meant to be read. A model that knows other words brings its own list.
"""

from earmark.vocabulary.expressions import Answer, Expression, evaluate
from earmark.vocabulary.parse import parse_expression
from earmark.vocabulary.vocabulary import CATEGORIES, Tag, Vocabulary, official_vocabulary

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
