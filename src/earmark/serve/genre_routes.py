"""Genre maps over HTTP: the shipped ones, and what an edited one makes of a sound's scores."""

import numpy as np
from fastapi import APIRouter

from earmark.errors import EarmarkError
from earmark.serve.models import Genres, MapEntry, Options, Scores, checked
from earmark.serve.problems import ProblemError, documented
from earmark.vocabulary.genres import SHIPPED, find_map, map_from_text, map_names
from earmark.zoo import Card

DIGITS = 4


def genre_routes(cards: dict[str, Card]) -> APIRouter:
    """``/genres``."""
    router = APIRouter(tags=["facts"])

    @router.get("/genres", response_model=list[MapEntry], responses=documented())
    def genres() -> list[MapEntry]:
        """The genre maps and their rules."""
        return [
            MapEntry(
                name=name,
                summary=found.summary,
                rules={rule.word: rule.text for rule in found.rules},
                text=(SHIPPED / f"{name}.toml").read_text("utf-8"),
            )
            for name, found in ((name, find_map(name)) for name in map_names())
        ]

    @router.post("/genres", response_model=Genres, responses=documented(400))
    def edited(asked: Scores) -> Genres:
        """Words of an edited map that fit a sound, by all scores of it; missing ones count as 0."""
        card = checked(Options(model=asked.model), cards)
        scores = np.zeros(len(card.vocabulary), np.float32)
        for tag, score in asked.scores.items():
            if tag not in card.vocabulary.names:
                raise ProblemError(422, f"no tag {tag!r}")
            scores[card.vocabulary.index(tag)] = score
        try:
            words = map_from_text(asked.map, card.vocabulary).ranked(scores, card.thresholds)
        except EarmarkError as error:
            raise ProblemError(422, str(error)) from None
        return Genres(genres={word: round(s, DIGITS) for word, s in words.items()})

    return router
