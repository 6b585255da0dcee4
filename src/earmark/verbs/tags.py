"""The list of a model's tags: for people by category, for programs in the order of its scores."""

import json
import sys
from typing import Any

from earmark.csv_line import csv_line
from earmark.vocabulary import CATEGORIES, Vocabulary
from earmark.writers.screen import columns, wrapped
from earmark.zoo.card import Card

WIDTH = 80  # columns of a table that no terminal shows


def tag_facts(card: Card) -> list[dict[str, Any]]:
    """What is known of each tag of a model, in the order of its scores.

    Returns
    -------
    list of dict
        ``tag``, ``category``, ``group`` (the tag whose synonym it is), ``threshold`` (score from
        which it is shown) and ``opposites`` (groups of which none is shown beside it).
    """
    vocabulary = card.vocabulary
    return [
        {
            "tag": tag.name,
            "category": tag.category,
            "group": tag.group,
            "threshold": round(float(threshold), 4),
            "opposites": sorted(
                other
                for pair in vocabulary.opposites
                if tag.group in pair
                for other in pair - {tag.group}
            ),
        }
        for tag, threshold in zip(vocabulary.tags, card.thresholds, strict=True)
    ]


def tags_json(card: Card) -> str:
    """The list as a JSON array."""
    return json.dumps(tag_facts(card), indent=2, ensure_ascii=False)


def tags_csv(card: Card) -> str:
    """The list as CSV, without what excludes what."""
    names = ("tag", "category", "group", "threshold")
    rows = [csv_line(fact[name] for name in names) for fact in tag_facts(card)]
    return (csv_line(names) + "".join(rows)).rstrip("\n")


def tags_table(card: Card) -> str:
    """The list by category, each tag with its synonyms behind it."""
    vocabulary = card.vocabulary
    width = columns(sys.stdout) or WIDTH
    lines = []
    for category in CATEGORIES:
        tags = [tag for tag in vocabulary.tags if tag.category == category]
        leads = {tag.group for tag in tags}
        # A group whose leader is of another category, or unknown to the model, stands by its first.
        heads = sorted(
            next((tag.name for tag in tags if tag.name == tag.group == lead), None)
            or next(tag.name for tag in tags if tag.group == lead)
            for lead in leads
        )
        if heads:
            lines.append(f"{category} ({len(tags)})")
            words = [word for head in heads for word in _synonyms(head, category, vocabulary)]
            words[-1] = words[-1].rstrip(",")
            lines += [wrapped("  ", words, width, between=" "), ""]
    synonyms = len(vocabulary) - len({tag.group for tag in vocabulary.tags})
    end = f"{len(vocabulary)} tags of {card.name}"
    return "\n".join([*lines, f"{end}; {synonyms} are synonyms, after =" if synonyms else end])


def _synonyms(head: str, category: str, vocabulary: Vocabulary) -> list[str]:
    """A group's tags of a category, as ``classical = clasical = classic,``."""
    others = [
        name
        for name in vocabulary.synonyms(head)
        if name != head and vocabulary.category(name) == category
    ]
    names = [head, *others]
    return [f"{name} =" for name in names[:-1]] + [f"{names[-1]},"]
