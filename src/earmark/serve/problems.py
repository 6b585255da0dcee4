"""What went wrong, as a problem document (RFC 9457): a status, a title, one sentence."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

MEDIA = "application/problem+json"
RETRY_SECONDS = 2  # that a client is asked to wait when all workers are busy


class Problem(BaseModel):
    """A problem document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class ProblemError(Exception):
    """Raised anywhere below a route; becomes the answer."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def busy() -> ProblemError:
    """All workers are busy and the queue is full."""
    sentence = "all workers are busy and the queue is full; try again soon"
    return ProblemError(503, sentence, {"Retry-After": str(RETRY_SECONDS)})


def answer(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem document as a response."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, headers, MEDIA)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of problems: these statuses, and those that any request may meet."""
    schema = {"schema": Problem.model_json_schema()}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA: schema}}
        for status in sorted({400, 401, 403, 422, *statuses})
    }


def install(app: FastAPI) -> None:
    """Let every error of an application end as a problem document."""

    @app.exception_handler(ProblemError)
    async def _problem(_: Request, error: ProblemError) -> JSONResponse:
        return answer(error.status, error.detail, error.headers)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_allowed(request))
        return answer(error.status_code, str(error.detail), headers)

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(422, _sentence(error))

    @app.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        return answer(500, f"failed unexpectedly ({type(error).__name__})")


def _allowed(request: Request) -> list[str]:
    """The methods of a path, of all its routes; the framework tells only the first one's."""
    found = set()
    for method in ("DELETE", "GET", "POST", "PUT"):
        asked = {**request.scope, "method": method}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes):
            found.add(method)
    return sorted(found)


def _sentence(error: RequestValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    return f"{where}: {json.dumps(first['msg'], ensure_ascii=False).strip(chr(34))}"
