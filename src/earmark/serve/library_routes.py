"""Routes that ask a library: search, neighbours, groups, tracks and their sound."""

import mimetypes
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

from earmark.serve.hearing import Hearing
from earmark.serve.models import Anything, Options, Record, checked
from earmark.serve.previews import LentFile, Previews, key_of
from earmark.serve.problems import ProblemError, documented
from earmark.serve.shelf import Shelf

Top = Annotated[int, Query(ge=1, le=1000)]
ASKED = Query(max_length=2000, description="Over tags.", examples=["violin and not slow"])
Expression = Annotated[str, ASKED]
Number = Annotated[int, InPath(examples=[1])]


class Song(BaseModel):
    """A track of the library."""

    model_config = ConfigDict(extra="allow")

    id: int
    title: str
    artist: str | None = None
    album: str | None = None
    seconds: float | None = None
    file: str


class Found(BaseModel):
    """What a search found."""

    total: int
    tracks: list[Song]


class GroupEntry(BaseModel):
    """A group of songs that clustering put together."""

    number: int
    name: str
    songs: int


def library_routes(hearing: Hearing, shelf: Shelf, previews: Previews) -> APIRouter:
    """Routes below /library."""
    router = APIRouter(prefix="/library", tags=["library"])

    @router.get("/stats", response_model=Anything, responses=documented())
    def stats() -> dict[str, Any]:
        """Numbers of the whole library."""
        return shelf.stats()

    @router.get("/search", response_model=Found, responses=documented())
    def search(q: Expression, top: Top = 50, first: Annotated[int, Query(ge=0, le=10**9)] = 0):
        """Songs that an expression over tags is true of, best first."""
        return shelf.search(q, top, first)

    @router.get("/similar", response_model=list[Song], responses=documented(404))
    def similar(
        track: Annotated[int, Query(ge=0, lt=2**63, examples=[1])],
        top: Top = 10,
        where: Annotated[str | None, ASKED] = None,
    ):
        """Songs that sound like a track, no recording twice."""
        return shelf.similar(track, top, where)

    @router.get("/groups", response_model=list[GroupEntry], responses=documented())
    def groups():
        """The groups that `earmark groups` kept."""
        return shelf.groups()

    @router.get("/map", response_model=Anything, responses=documented())
    def plane(tag: Annotated[str | None, Query(max_length=200)] = None):
        """A dot a song, for a picture of the library."""
        return shelf.map(tag)

    @router.get("/tracks/{track}", response_model=Song, responses=documented(404))
    def show(track: Number):
        """What is known of a track: tags, all scores, warnings."""
        return JSONResponse(shelf.track(_number(track)))

    @router.get(
        "/tracks/{track}/heard",
        response_model=Record,
        response_model_exclude_none=True,
        responses=documented(404, 500, 503),
    )
    async def heard(
        request: Request, track: Number, model: str | None = None, map: str | None = None
    ):
        """The track's timeline, all scores, genres by a map, peaks and log-mel, heard now."""
        found = await run_in_threadpool(shelf.find, _number(track))
        options = Options(model=model, timeline=True, picture=True, scores=True, map=map)
        checked(options, hearing.cards)
        place = hearing.reserve()
        try:
            task = hearing.task(Path(found.path), Path(found.path).name, options)
            ticket, place = place.hear(task), None
            return JSONResponse(await hearing.answer(ticket, request))
        finally:
            if place is not None:
                place.leave()

    @router.get(
        "/tracks/{track}/sound",
        response_class=FileResponse,
        responses={
            200: {"content": {"audio/*": {}}},
            206: {},
            **documented(404, 416, 500, 503),
        },
    )
    async def sound(request: Request, track: Number, preview: bool = False) -> Response:
        """The file itself, or an Opus of it for a player that lacks its codec; with ranges."""
        found = await run_in_threadpool(shelf.find, _number(track))
        path = Path(found.path)
        if not path.is_file():
            raise ProblemError(404, "the track's file is not there any more")
        if preview:
            return await _preview(hearing, previews, path, request)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return FileResponse(path, media_type=kind, content_disposition_type="inline")

    return router


async def _preview(hearing: Hearing, previews: Previews, sound: Path, request: Request) -> LentFile:
    """The preview of a sound, made where there is none."""
    key = key_of(sound)
    if (lent := previews.lend(key)) is not None:
        return lent
    place, made = hearing.reserve(), None
    try:
        made = previews.place()
        await hearing.preview(sound, sound.name, made, place, request)
    except BaseException:
        place.leave()
        if made:
            made.unlink(missing_ok=True)  # of a worker that was stopped
        raise
    return previews.add(key, made)


def _number(track: int) -> int:
    if not 0 <= track < 2**63:
        raise ProblemError(404, "no such track")
    return track
