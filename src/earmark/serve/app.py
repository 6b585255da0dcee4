"""The parts of a server put together: an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earmark import __version__
from earmark.library import Catalogue
from earmark.serve import problems
from earmark.serve.crew import Crew
from earmark.serve.genre_routes import genre_routes
from earmark.serve.guard import Guard
from earmark.serve.hearing import Hearing
from earmark.serve.jobs import Jobs
from earmark.serve.library_routes import library_routes
from earmark.serve.linger import Linger
from earmark.serve.live_socket import live_socket
from earmark.serve.metrics import Metrics
from earmark.serve.page_routes import page_routes
from earmark.serve.pen import Pen
from earmark.serve.pen_routes import pen_routes
from earmark.serve.previews import Previews
from earmark.serve.routes import fact_routes, hearing_routes
from earmark.serve.scratch import Scratch, remove_left
from earmark.serve.settings import Settings
from earmark.serve.shelf import Shelf
from earmark.serve.sonic import sonic_routes
from earmark.zoo import find_model


def create_app(settings: Settings) -> FastAPI:
    """A server's application; its workers live as long as it runs.

    Parameters
    ----------
    settings : Settings

    Raises
    ------
    UnknownModelError, ModelError
        A model that the settings name cannot be used.
    """
    cards = {name: find_model(name) for name in settings.models}
    if settings.library is not None:
        Catalogue(settings.library).close()  # a sentence now rather than with every question
    metrics = Metrics()
    crew = Crew(settings.workers, settings.models, settings.limits)
    scratch = Scratch()
    hearing = Hearing(settings, cards, crew, metrics, scratch)
    jobs = Jobs(hearing)
    previews = Previews(settings.limits.preview_bytes, scratch)
    shelf = Shelf(settings.library) if settings.library is not None else None

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        remove_left()
        yield
        jobs.close()
        crew.close()
        previews.close()
        scratch.close()
        if shelf is not None:
            shelf.close()

    app = FastAPI(
        title="Earmark",
        version=__version__,
        summary="Sounds in, tags out.",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    app.include_router(page_routes())
    app.include_router(hearing_routes(hearing, jobs))
    app.include_router(fact_routes(hearing, jobs))
    app.include_router(genre_routes(cards))
    app.include_router(live_socket(settings))
    if shelf is not None:
        app.include_router(library_routes(hearing, shelf, previews))
        app.include_router(sonic_routes(shelf))
    if settings.write and settings.library is not None:
        app.include_router(pen_routes(Pen(settings.library)))
    app.add_middleware(Counted, metrics=metrics)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Linger)
    return app


class Counted:
    """ASGI middleware that counts answers by status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.add("earmark_requests_total", status=str(message["status"]))
            await send(message)

        await self._app(scope, receive, counted)
