"""A thin part of OpenSubsonic: its extension ``sonicSimilarity`` on top of the library.

Players that speak it ask for the songs that sound like one. Ids are the library's own, so this
serves those that got their list here.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from earmark import __version__
from earmark.serve.models import Anything
from earmark.serve.problems import ProblemError, documented
from earmark.serve.shelf import Shelf

VERSION = "1.16.1"  # of the Subsonic interface
NOT_FOUND = 70  # Subsonic's number for what is not there


def sonic_routes(shelf: Shelf) -> APIRouter:
    """Routes below /rest."""
    router = APIRouter(prefix="/rest", tags=["opensubsonic"])

    @router.get("/getOpenSubsonicExtensions.view", response_model=Anything, responses=documented())
    def extensions() -> dict[str, Any]:
        """Which extensions there are."""
        return _answer(openSubsonicExtensions=[{"name": "sonicSimilarity", "versions": [1]}])

    @router.get("/getSonicSimilarTracks.view", response_model=Anything, responses=documented())
    def similar(
        id: Annotated[str, Query(max_length=20)],
        count: Annotated[int, Query(ge=1, le=500)] = 10,
    ) -> dict[str, Any]:
        """Songs that sound like one."""
        try:
            if not (id.isascii() and id.isdigit()):
                raise ProblemError(404, "no such track")
            found = shelf.similar(int(id), count)
        except ProblemError as error:
            return _failed(error.detail)
        matches = [
            {
                "id": str(song["id"]),
                "isDir": False,
                "title": song["title"],
                "artist": song["artist"],
                "album": song["album"],
                "duration": round(song["seconds"] or 0),
                "similarity": (1 + song["similarity"]) / 2,
            }
            for song in found
        ]
        return _answer(sonicSimilarTracks={"sonicMatch": matches})

    return router


def _answer(**facts: Any) -> dict[str, Any]:
    head = {"status": "ok", "version": VERSION, "type": "earmark", "serverVersion": __version__}
    return {"subsonic-response": {**head, "openSubsonic": True, **facts}}


def _failed(sentence: str) -> dict[str, Any]:
    answer = _answer(error={"code": NOT_FOUND, "message": sentence})
    answer["subsonic-response"]["status"] = "failed"
    return answer
