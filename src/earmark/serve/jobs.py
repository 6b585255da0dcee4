"""Long sounds as jobs: a number at once, progress while it goes on, the result later.

A job's sound lies in a temporary folder until it is heard; its result is remembered for a while.
"""

import asyncio
import secrets
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from earmark.serve.crew import CANCELLED, Ticket
from earmark.serve.hearing import Hearing
from earmark.serve.models import Job
from earmark.serve.problems import ProblemError
from earmark.serve.task import Done, Failed

EVENT_SECONDS = 0.25  # between two events of progress
KEEP_ALIVE = 15.0  # seconds after which a stream says that it lives


@dataclass
class Kept:
    """A job as the server knows it."""

    id: str
    ticket: Ticket
    folder: Path
    began: float = field(default_factory=monotonic)
    ended: float | None = None
    answer: Done | Failed | None = None

    def told(self) -> Job:
        """The job as an answer."""
        error = self.answer.sentence if isinstance(self.answer, Failed) else None
        return Job(
            id=self.id,
            state=self.state,
            file=self.ticket.task.name,
            seconds=round(self.ticket.seconds, 1),
            error=error,
        )

    @property
    def state(self) -> str:
        """waiting, working, done, failed or cancelled."""
        if self.answer is None:
            return "working" if self.ticket.state == "working" else "waiting"
        if isinstance(self.answer, Done):
            return "done"
        return "cancelled" if self.answer == CANCELLED else "failed"


class Jobs:
    """All jobs of a server."""

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def __len__(self) -> int:
        return sum(kept.answer is None for kept in self._kept.values())

    def begin(self, ticket: Ticket, folder: Path) -> Job:
        """Keep a ticket as a job; its folder goes when it has its answer."""
        self._forget()
        kept = Kept(secrets.token_urlsafe(12), ticket, folder)
        self._kept[kept.id] = kept

        def end(_: object) -> None:
            kept.answer, kept.ended = ticket.answer.result(), monotonic()
            if isinstance(kept.answer, Done):
                kept.ticket.seconds = kept.answer.record["seconds"]
            shutil.rmtree(folder, ignore_errors=True)
            self._hearing.count(kept.answer, kept.ended - kept.began)

        ticket.answer.add_done_callback(end)
        return kept.told()

    def find(self, job: str) -> Kept:
        """A job by its id; ProblemError 404 where there is none."""
        self._forget()
        if job not in self._kept:
            raise ProblemError(404, "no such job, or its result was forgotten")
        return self._kept[job]

    def result(self, job: str) -> dict:
        """The record; ProblemError 409 while it goes on, 410 cancelled, 422 failed."""
        kept = self.find(job)
        if kept.answer is None:
            raise ProblemError(409, "the job goes on")
        if isinstance(kept.answer, Failed):
            cancelled = kept.state == "cancelled"
            raise ProblemError(410 if cancelled else 422, kept.answer.sentence)
        return kept.answer.record

    def cancel(self, job: str) -> None:
        """Stop a job, or forget the result of one that has ended."""
        kept = self.find(job)
        if kept.answer is None:
            kept.ticket.cancel()
        else:
            del self._kept[job]

    async def events(self, job: str) -> AsyncIterator[str]:
        """Server-sent events: ``progress`` with the job as it goes on, ``end`` at last."""
        kept, last, spoke = self.find(job), "", monotonic()
        while True:
            told, ended = kept.told().model_dump_json(), kept.answer is not None
            if ended or told != last:
                yield f"event: {'end' if ended else 'progress'}\ndata: {told}\n\n"
                last, spoke = told, monotonic()
            elif monotonic() - spoke > KEEP_ALIVE:
                yield ": \n\n"
                spoke = monotonic()
            if ended:
                return
            await asyncio.sleep(EVENT_SECONDS)

    def close(self) -> None:
        """Stop every job and remove what lies on the disk."""
        for kept in self._kept.values():
            kept.ticket.cancel()
            shutil.rmtree(kept.folder, ignore_errors=True)

    def _forget(self) -> None:
        """Drop results that are old, or too many."""
        limits, now = self._hearing.settings.limits, monotonic()
        ended = [kept for kept in self._kept.values() if kept.ended is not None]
        for place, kept in enumerate(ended):
            old = now - (kept.ended or now) > limits.job_seconds
            if old or len(ended) - place > limits.jobs_kept:
                self._kept.pop(kept.id, None)
