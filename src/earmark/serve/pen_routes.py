"""Routes that write into the files of a library's tracks, where the server was started to."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from earmark.serve.pen import Pen
from earmark.serve.problems import ProblemError, documented
from earmark.vocabulary.genres import map_names
from earmark.writing import FIELDS, Choice, Mode

MOST = 200  # tracks of one request

Number = Annotated[int, Field(ge=0, lt=2**63)]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=MOST)]
Text = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(max_length=20)]
Values = dict[Name, Annotated[list[Text], Field(max_length=100)]]
LINE = {"track": 1, "state": "4096-17-9f", "now": {"genre": []}, "then": {"genre": ["rock"]}}


class Wish(BaseModel):
    """Of which tracks, and what."""

    model_config = ConfigDict(extra="forbid")

    tracks: Numbers = Field(examples=[[1]])
    fields: list[Name] = Field(["genre", "mood", "earmark"], min_length=1, max_length=9)
    mode: Mode = Field(Mode.keep, description="What becomes of what a person wrote.")
    map: str | None = Field(None, max_length=200, description="Genres by a map; see /genres.")
    limit: int | None = Field(None, ge=1, le=1000, description="At most so many genres.")


class Edited(BaseModel):
    """A line of the plan as it is to be carried out; `then` may be changed or have fewer fields."""

    model_config = ConfigDict(extra="ignore")

    track: Number
    state: Annotated[str, Field(pattern=r"^[0-9]{1,18}-[0-9]{1,20}-[0-9a-f]{0,128}$")]
    now: Values
    then: Values


class Told(Edited):
    """A line of the plan: what stands in a file's fields now, and what would."""

    file: str
    form: str


class Plan(BaseModel):
    """What would be written, and how many files would stay as they are."""

    lines: list[Told]
    same: int
    unheard: int
    failed: list[str]


class Lines(BaseModel):
    """Lines to carry out."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[Edited], Field(min_length=1, max_length=MOST, examples=[[LINE]])]


class Written(BaseModel):
    """Tracks whose files were written, and why others were not."""

    written: list[int]
    same: int
    failed: list[str]


class Which(BaseModel):
    """Tracks."""

    model_config = ConfigDict(extra="forbid")

    tracks: Numbers = Field(examples=[[1]])


class Undone(BaseModel):
    """Tracks whose files are as they were, and sentences about the others."""

    undone: list[int]
    notes: list[str]


def pen_routes(pen: Pen) -> APIRouter:
    """Routes below /library that write."""
    router = APIRouter(prefix="/library", tags=["writing"])

    @router.get("/written", response_model=list[int], responses=documented())
    def written() -> list[int]:
        """The tracks to which something was written that can be taken back."""
        return pen.written()

    @router.post("/plan", response_model=Plan, responses=documented(404))
    def plan(wish: Wish) -> dict[str, Any]:
        """What would be written into the files of tracks; nothing is."""
        if wrong := [name for name in wish.fields if name not in FIELDS]:
            raise ProblemError(422, f"fields: {wrong[0]!r} is not one of {', '.join(FIELDS)}")
        if wish.map is not None and wish.map not in map_names():
            raise ProblemError(422, f"no map {wish.map!r}: there are {', '.join(map_names())}")
        return pen.plan(wish.tracks, wish.fields, wish.mode, Choice(wish.map, None, wish.limit))

    @router.post("/write", response_model=Written, responses=documented(404))
    def write(edited: Lines) -> dict[str, Any]:
        """Carry out lines of a plan; a file that changed meanwhile is left as it is."""
        return pen.write([line.model_dump() for line in edited.lines])

    @router.post("/undo", response_model=Undone, responses=documented(404))
    def undo(which: Which) -> dict[str, Any]:
        """Make the files of tracks again what they were."""
        return pen.undo(which.tracks)

    return router
