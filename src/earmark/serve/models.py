"""Shapes of requests and answers, as OpenAPI tells them."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from earmark.serve.problems import ProblemError
from earmark.vocabulary.genres import map_names
from earmark.zoo import Card


class Window(BaseModel):
    """A row of the timeline."""

    start: float
    end: float
    tags: dict[str, float]


class Mel(BaseModel):
    """A log-mel picture: base64 of bytes, columns x bands, lowest band first."""

    bands: int
    columns: int
    data: str


class Taggram(BaseModel):
    """When which tag is heard: base64 of bytes, columns x tags, 128 at a tag's threshold."""

    tags: list[str]
    columns: int
    data: str


class Picture(BaseModel):
    """What a player draws: peaks in [0, 1] at equal distances, log-mel, and a taggram."""

    peaks: list[float]
    mel: Mel
    taggram: Taggram


class Record(BaseModel):
    """What was heard, as `earmark tag --format json` writes it."""

    model_config = ConfigDict(extra="allow")

    file: str
    model: str
    seconds: float
    tags: dict[str, float]
    timeline: list[Window] | None = None
    genres: dict[str, float] | None = None
    embedding: list[float] | None = None
    scores: dict[str, float] | None = None
    picture: Picture | None = None
    warning: str | None = None


class Sent(BaseModel):
    """Where a sound comes from and what it is called."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = Field(None, description="Fetch the sound from here; where it is allowed.")
    name: str | None = Field(None, max_length=500, description="What to call a raw body.")


class Options(Sent):
    """What to tell of a sound."""

    model: str | None = Field(None, description="Name of a model; see /models.")
    top: int | None = Field(None, ge=1, le=1000, description="The best of all scores.")
    all: bool = Field(False, description="The scores of all tags.")
    timeline: bool = Field(False, description="A row of tags a window.")
    hop: float | None = Field(None, ge=0.1, le=60, description="Seconds between rows.")
    map: str | None = Field(None, description="Genres by a map; see /genres.")
    embedding: bool = Field(False, description="The numbers that describe the sound.")
    picture: bool = Field(False, description="Peaks and a log-mel picture.")
    scores: bool = Field(False, description="The scores of all tags, beside those that are shown.")


Asked = Annotated[Options, Query()]
Offered = Annotated[Sent, Query()]


def checked(options: Options, cards: dict[str, Card]) -> Card:
    """The card of the model that is asked for, of those that the server has.

    Raises
    ------
    ProblemError
        422: no such model or map, or options that exclude each other.
    """
    model = options.model or next(iter(cards))
    if model not in cards:
        raise ProblemError(422, f"no model {model!r}: the server has {', '.join(cards)}")
    if options.map is not None and options.map not in map_names():
        raise ProblemError(422, f"no map {options.map!r}: the server has {', '.join(map_names())}")
    if options.top is not None and options.all:
        raise ProblemError(422, "top and all cannot be asked for together")
    card = cards[model]
    if options.hop is not None and options.hop > card.window_seconds:
        raise ProblemError(422, f"hop is at most a window, {card.window_seconds:.2f} seconds")
    return card


class Job(BaseModel):
    """A sound under way."""

    id: str
    state: str = Field(description="waiting, working, done, failed or cancelled")
    file: str
    seconds: float = Field(description="of sound heard so far")
    error: str | None = None


class Model(BaseModel):
    """A model that may be asked for."""

    model_config = ConfigDict(extra="allow")

    name: str
    summary: str
    tags: int
    window_seconds: float


class TagEntry(BaseModel):
    """A word of the vocabulary."""

    name: str
    category: str
    group: str


class MapEntry(BaseModel):
    """A genre map."""

    name: str
    summary: str
    rules: dict[str, str]
    text: str = Field(description="The map as a file, to edit.")


class Scores(BaseModel):
    """An edited map, and all scores of a sound that it is asked about."""

    model_config = ConfigDict(extra="forbid")

    map: str = Field(max_length=20_000, examples=['"calm" = "slow and not drums"'])
    scores: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        max_length=1000, examples=[{"slow": 0.6, "drums": 0.01}]
    )
    model: str | None = Field(None, description="Whose scores they are; see /models.")


class Genres(BaseModel):
    """Words of a map that fit, best first."""

    genres: dict[str, float]


class Health(BaseModel):
    """Whether the server can hear."""

    status: str
    version: str
    workers: int


Anything = dict[str, Any]
