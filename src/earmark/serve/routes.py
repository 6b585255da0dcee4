"""The routes: what may be asked over HTTP. Each asks another part and returns what it says."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from earmark import __version__
from earmark.serve.hearing import Hearing
from earmark.serve.jobs import Jobs
from earmark.serve.models import (
    Asked,
    Health,
    Job,
    Model,
    Offered,
    Record,
    TagEntry,
    checked,
)
from earmark.serve.opus import KIND
from earmark.serve.previews import LentFile
from earmark.serve.problems import ProblemError, documented
from earmark.serve.uploads import clean_name

SOUND: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
INCOMING = documented(408, 413, 500, 502, 503, 504, 507)


def given_once(request: Request) -> None:
    """Refuse an option that is given twice, as only one of the two could hold."""
    counts = Counter(name for name, _ in request.query_params.multi_items())
    for name, count in counts.most_common(1):
        if count > 1:
            raise ProblemError(422, f"{clean_name(name)}: given more than once")


def hearing_routes(hearing: Hearing, jobs: Jobs) -> APIRouter:
    """Routes that hear."""
    router = APIRouter(tags=["hearing"], dependencies=[Depends(given_once)])

    @router.post(
        "/tag",
        response_model=Record,
        response_model_exclude_none=True,
        openapi_extra=SOUND,
        responses=INCOMING,
    )
    async def tag(request: Request, options: Asked) -> Response:
        """Hear one sound: a form with a field `file`, or the sound itself as the body."""
        place = hearing.reserve()
        try:
            async with hearing.scratch.lent() as folder:
                task = await hearing.bring_in(request, options, folder)
                ticket = place.hear(task)
                place = None
                return JSONResponse(await hearing.answer(ticket, request))
        finally:
            if place is not None:
                place.leave()

    @router.post(
        "/preview",
        response_class=Response,
        openapi_extra=SOUND,
        responses={200: {"content": {KIND: {}}}, **INCOMING},
    )
    async def preview(request: Request, sent: Offered) -> Response:
        """One sound as Opus, mono, for a player that lacks its codec."""
        place = hearing.reserve()
        folder = await asyncio.to_thread(hearing.scratch.new)
        try:
            path, name = await hearing.sound(request, sent, folder)
            await hearing.preview(path, name, folder / "preview", place, request)
            path.unlink()
        except BaseException:
            place.leave()
            await asyncio.to_thread(_remove, folder)
            raise
        return LentFile(folder / "preview", lambda: _remove(folder))

    @router.post(
        "/jobs",
        status_code=202,
        response_model=Job,
        response_model_exclude_none=True,
        openapi_extra=SOUND,
        responses=INCOMING,
    )
    async def begin(request: Request, options: Asked) -> Job:
        """Begin to hear a long sound; ask for the job's progress and result later."""
        place = hearing.reserve()
        folder = await asyncio.to_thread(hearing.scratch.new)
        try:
            task = await hearing.bring_in(request, options, folder)
        except BaseException:
            place.leave()
            await asyncio.to_thread(_remove, folder)
            raise
        return jobs.begin(place.hear(task), folder)

    @router.get(
        "/jobs/{job}",
        response_model=Job,
        response_model_exclude_none=True,
        responses=documented(404),
    )
    async def show(job: str) -> Job:
        """How far a job is."""
        return jobs.find(job).told()

    @router.get(
        "/jobs/{job}/result",
        response_model=Record,
        response_model_exclude_none=True,
        responses=documented(404, 409, 410),
    )
    async def result(job: str) -> Response:
        """What was heard."""
        return JSONResponse(jobs.result(job))

    @router.get(
        "/jobs/{job}/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}, **documented(404)},
    )
    async def events(job: str) -> StreamingResponse:
        """Progress as server-sent events: `progress` with the job, `end` at last."""
        jobs.find(job)
        return StreamingResponse(jobs.events(job), media_type="text/event-stream")

    @router.delete("/jobs/{job}", status_code=204, responses=documented(404))
    async def cancel(job: str) -> Response:
        """Stop a job and free its worker; or forget its result."""
        jobs.cancel(job)
        return Response(status_code=204)

    return router


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def fact_routes(hearing: Hearing, jobs: Jobs) -> APIRouter:
    """Routes that tell what there is."""
    router = APIRouter(tags=["facts"])

    @router.get("/models", response_model=list[Model], responses=documented())
    def list_models() -> list[dict[str, Any]]:
        """The models that may be asked for; the first is the usual one."""
        return [
            {
                "name": name,
                "summary": card.summary,
                "tags": len(card.vocabulary),
                "window_seconds": round(card.window_seconds, 3),
            }
            for name, card in hearing.cards.items()
        ]

    @router.get("/vocabulary", response_model=list[TagEntry], responses=documented())
    def vocabulary(model: str | None = None) -> list[TagEntry]:
        """The words of a model, in the order of its scores."""
        from earmark.serve.models import Options

        card = checked(Options(model=model), hearing.cards)
        return [
            TagEntry(name=t.name, category=t.category, group=t.group) for t in card.vocabulary.tags
        ]

    @router.get("/health", response_model=Health)
    async def health() -> Health:
        """Whether the server lives; open to all."""
        return Health(status="ok", version=__version__, workers=hearing.crew.workers)

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}, **documented()},
    )
    async def metrics() -> Response:
        """Counts for Prometheus; nothing about who asked for what."""
        gauges = {
            "earmark_jobs": float(len(jobs)),
            "earmark_workers_replaced_total": float(hearing.crew.replaced),
        }
        return Response(hearing.metrics.text(**gauges), media_type="text/plain; version=0.0.4")

    return router
