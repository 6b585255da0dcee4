"""A request's sound on its way through the crew: a place, the sound itself, its answer."""

import asyncio
from pathlib import Path
from time import monotonic

from starlette.requests import Request

from earmark.serve.crew import Crew, FullError, Place, Ticket
from earmark.serve.fetch import fetch
from earmark.serve.metrics import Metrics
from earmark.serve.models import Options, Sent, checked
from earmark.serve.problems import ProblemError, busy
from earmark.serve.scratch import Scratch
from earmark.serve.settings import Settings
from earmark.serve.task import Done, Failed, PreviewTask, Task
from earmark.serve.uploads import clean_name, receive
from earmark.zoo import Card

GONE_SECONDS = 0.2  # between two looks whether whoever asked still waits


class Hearing:
    """What routes need of the server.

    Attributes
    ----------
    settings : Settings
    crew : Crew
    metrics : Metrics
    cards : dict of str to Card, of the models by name; read once, as that takes a tenth of a second
    scratch : Scratch, where sounds are laid
    """

    def __init__(
        self,
        settings: Settings,
        cards: dict[str, Card],
        crew: Crew,
        metrics: Metrics,
        scratch: Scratch,
    ) -> None:
        self.settings, self.cards, self.crew, self.metrics = settings, cards, crew, metrics
        self.scratch = scratch

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
        checked(options, self.cards)
        return self.task(*await self.sound(request, options, folder), options)

    async def sound(self, request: Request, sent: Sent, folder: Path) -> tuple[Path, str]:
        """The sound of a request in a folder, and its name; ProblemError where none came in."""
        if sent.url is not None:
            if not self.settings.allow_urls:
                raise ProblemError(403, "this server fetches no addresses (--allow-urls)")
            path = folder / "sound"
            name = await asyncio.to_thread(fetch, sent.url, path, self.settings.limits)
        else:
            path, name = await receive(request, folder, self.settings.limits)
        return path, clean_name(sent.name or name)

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
            scores=options.scores,
            most_seconds=self.settings.limits.sound_seconds,
        )

    async def preview(self, path: Path, name: str, out: Path, place: Place, request: Request):
        """Make an Opus of a sound at `out`; ProblemError as in `answer`."""
        limits = self.settings.limits
        task = PreviewTask(str(path), name, str(out), limits.sound_seconds, limits.preview_bytes)
        answer = await _ended(place.hear(task), request)
        self.metrics.add("earmark_previews_total")
        _record(answer)

    async def answer(self, ticket: Ticket, request: Request) -> dict:
        """Wait for a ticket; whoever goes away meanwhile frees the worker.

        Raises
        ------
        ProblemError
            422 with the sentence about the sound; 500 where it is the server's fault.
        """
        began = monotonic()
        answer = await _ended(ticket, request)
        self.count(answer, monotonic() - began)
        return _record(answer)

    def count(self, answer: Done | Failed, seconds: float) -> None:
        """Keep count of an outcome."""
        outcome = "tagged" if isinstance(answer, Done) else "failed"
        self.metrics.add("earmark_sounds_total", outcome=outcome)
        self.metrics.add("earmark_work_seconds_total", seconds)
        if isinstance(answer, Done):
            self.metrics.add("earmark_sound_seconds_total", answer.record["seconds"])


async def _ended(ticket: Ticket, request: Request) -> Done | Failed:
    """A ticket's answer; it is cancelled where whoever asked goes away."""
    future = asyncio.wrap_future(ticket.answer)
    while not (await asyncio.wait({future}, timeout=GONE_SECONDS))[0]:
        if await request.is_disconnected():
            ticket.cancel()
            break
    return await future


def _record(answer: Done | Failed) -> dict:
    if isinstance(answer, Failed):
        raise ProblemError(422 if answer.about_sound else 500, answer.sentence)
    return answer.record
