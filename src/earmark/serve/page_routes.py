"""The page and its files: static, no build step, nothing from another host."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from earmark.examples import example_path
from earmark.serve.problems import ProblemError

FOLDER = Path(__file__).with_name("page")
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def page_routes() -> APIRouter:
    """``/``, ``/docs`` and ``/page/...``; not part of the described interface."""
    router = APIRouter(include_in_schema=False)
    files = {path.name: path for path in FOLDER.iterdir() if path.suffix in KINDS}

    @router.get("/")
    def page() -> FileResponse:
        return FileResponse(FOLDER / "index.html", media_type="text/html")

    @router.get("/docs")
    def docs() -> FileResponse:
        return FileResponse(FOLDER / "docs.html", media_type="text/html")

    @router.get("/page/{name}")
    def asset(name: str) -> FileResponse:
        if name == "example.ogg":
            return FileResponse(example_path("band"), media_type="audio/ogg")
        if name not in files:
            raise ProblemError(404, "no such part of the page")
        path = files[name]
        kind = KINDS.get(path.suffix) or mimetypes.guess_type(name)[0]
        return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-cache"})

    return router
