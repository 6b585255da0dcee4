"""A request's sound on its way through the crew: a place, the sound itself, its answer."""

import asyncio
from pathlib import Path
from time import monotonic

from starlette.requests import Request

from earmark.serve.crew import Crew, FullError, Place, Ticket
from earmark.serve.fetch import fetch
from earmark.serve.metrics import Metrics
from earmark.serve.models import Options, checked
from earmark.serve.problems import ProblemError, busy
from earmark.serve.settings import Settings
from earmark.serve.task import Done, Failed, Task
from earmark.serve.uploads import clean_name, receive

GONE_SECONDS = 0.2  # between two looks whether whoever asked still waits


class Hearing:
    """What routes need of the server.

    Attributes
    ----------
    settings : Settings
    crew : Crew
    metrics : Metrics
    """

    def __init__(self, settings: Settings, crew: Crew, metrics: Metrics) -> None:
        self.settings, self.crew, self.metrics = settings, crew, metrics

    def reserve(self) -> Place:
        """A place in the queue; ProblemError 503 where there is none."""
        try:
            return self.crew.reserve()
        except FullError:
            self.metrics.add("earmark_refused_total")
            raise busy() from None

    async def bring_in(self, request: Request, options: Options, folder: Path) -> Task:
        """The sound of a request in a folder, as a task.

        Raises
        ------
        ProblemError
            The options make no sense, or no sound came in.
        """
        checked(options, self.settings.models)
        if options.url is not None:
            if not self.settings.allow_urls:
                raise ProblemError(403, "this server fetches no addresses (--allow-urls)")
            path = folder / "sound"
            name = clean_name(
                await asyncio.to_thread(fetch, options.url, path, self.settings.limits)
            )
        else:
            path, name = await receive(request, folder, self.settings.limits)
        return self.task(path, clean_name(options.name or name), options)

    def task(self, path: Path, name: str, options: Options) -> Task:
        """What to do with a sound."""
        return Task(
            path=str(path),
            name=name,
            model=options.model or self.settings.models[0],
            top=options.top,
            all=options.all,
            timeline=options.timeline or options.hop is not None,
            hop=options.hop,
            map=options.map,
            embedding=options.embedding,
            picture=options.picture,
            most_seconds=self.settings.limits.sound_seconds,
        )

    async def answer(self, ticket: Ticket, request: Request | None = None) -> dict:
        """Wait for a ticket; whoever goes away meanwhile frees the worker.

        Raises
        ------
        ProblemError
            422 with the sentence about the sound; 500 where it is the server's fault.
        """
        began = monotonic()
        future = asyncio.wrap_future(ticket.answer)
        while request is not None:
            done, _ = await asyncio.wait({future}, timeout=GONE_SECONDS)
            if done:
                break
            if await request.is_disconnected():
                ticket.cancel()
                break
        answer = await future
        self.count(answer, monotonic() - began)
        if isinstance(answer, Failed):
            raise ProblemError(422 if answer.about_sound else 500, answer.sentence)
        return answer.record

    def count(self, answer: Done | Failed, seconds: float) -> None:
        """Keep count of an outcome."""
        outcome = "tagged" if isinstance(answer, Done) else "failed"
        self.metrics.add("earmark_sounds_total", outcome=outcome)
        self.metrics.add("earmark_work_seconds_total", seconds)
        if isinstance(answer, Done):
            self.metrics.add("earmark_sound_seconds_total", answer.record["seconds"])
