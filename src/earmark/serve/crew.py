"""The worker processes and who waits for them: bounded, cancellable, and mended where one dies."""

import contextlib
import multiprocessing
import queue
import threading
from concurrent.futures import Future
from multiprocessing.connection import Connection
from time import monotonic

from earmark.serve.settings import Limits
from earmark.serve.task import Done, Failed, PreviewTask, Progress, Task
from earmark.serve.worker import work

LOOK_SECONDS = 0.05  # between two looks at cancellation and the clock
NO_WORKER = Failed("no process can be started to hear it", about_sound=False)
CANCELLED = Failed("cancelled", about_sound=False)


class FullError(Exception):
    """All workers are busy and the queue is full."""


class Ticket:
    """A place in the queue, then a sound under way, then its answer.

    Attributes
    ----------
    answer : Future of Done or Failed
    seconds : float, of sound heard so far
    state : str, 'waiting', 'working' or 'ended'
    """

    def __init__(self, task: Task | PreviewTask) -> None:
        self.task = task
        self.answer: Future[Done | Failed] = Future()
        self.seconds = 0.0
        self.state = "waiting"
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Give the place up; a worker that is at it is stopped."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the answer any more."""
        return self._cancelled.is_set()


class Crew:
    """Workers with one bounded queue.

    Parameters
    ----------
    workers : int > 0
    models : tuple of str, what they may be asked for
    limits : Limits
    """

    def __init__(self, workers: int, models: tuple[str, ...], limits: Limits) -> None:
        self._models, self._limits = models, limits
        self._places = threading.BoundedSemaphore(workers + limits.waiting)
        self._tickets: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self.workers = workers
        self.replaced = 0
        self._threads = [threading.Thread(target=self._keep, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def reserve(self) -> "Place":
        """A place before the sound has come in, so that nobody uploads for nothing.

        Raises
        ------
        FullError
            There is none.
        """
        if not self._places.acquire(blocking=False):
            raise FullError
        return Place(self, self._places)

    def close(self) -> None:
        """Stop all workers; what is under way ends as cancelled."""
        self._closing.set()
        for _ in self._threads:
            self._tickets.put(None)
        for thread in self._threads:
            thread.join(5)

    def put(self, ticket: Ticket) -> None:
        """Queue a ticket; `Place.hear` does it."""
        self._tickets.put(ticket)

    def _keep(self) -> None:
        """One thread's life: keep a worker process and give it tickets."""
        worker = self._begun()
        try:
            while (ticket := self._tickets.get()) is not None:
                if ticket.cancelled or self._closing.is_set():
                    answer = CANCELLED
                else:
                    ticket.state = "working"
                    if worker is None or not worker.alive:
                        worker = self._replaced(worker)
                    answer = self._ask(worker, ticket) if worker else NO_WORKER
                ticket.state = "ended"
                ticket.answer.set_result(answer)
        finally:
            if worker is not None:
                worker.kill()

    def _begun(self) -> "_Worker | None":
        """A new worker; None where the system has no room for one."""
        try:
            return _Worker(self._models)
        except (OSError, RuntimeError):
            return None

    def _ask(self, worker: "_Worker", ticket: Ticket) -> Done | Failed:
        """The worker's answer; a worker that is stopped or dies is not used again."""
        name = ticket.task.name
        until = monotonic() + self._limits.work_seconds
        try:
            worker.connection.send(ticket.task)
            while True:
                if worker.connection.poll(LOOK_SECONDS):
                    message = worker.connection.recv()
                    if not isinstance(message, Progress):
                        return message
                    ticket.seconds = message.seconds
                if ticket.cancelled or self._closing.is_set():
                    worker.kill()
                    return CANCELLED
                if monotonic() > until:
                    worker.kill()
                    return Failed(f"{name}: not done in {self._limits.work_seconds:g} seconds")
        except (EOFError, OSError):
            worker.kill()
            return Failed(f"{name}: its decoder crashed")

    def _replaced(self, worker: "_Worker | None") -> "_Worker | None":
        if worker is not None:
            worker.kill()
        self.replaced += 1
        return self._begun()


class Place:
    """A reserved place; ends when its sound is heard or it is left."""

    def __init__(self, crew: Crew, places: threading.BoundedSemaphore) -> None:
        self._crew, self._places = crew, places
        self._left = threading.Event()

    def hear(self, task: Task | PreviewTask) -> Ticket:
        """Queue a task; the place is free again when it has its answer."""
        ticket = Ticket(task)
        ticket.answer.add_done_callback(lambda _: self.leave())
        self._crew.put(ticket)
        return ticket

    def leave(self) -> None:
        """Give the place up; once or more often."""
        if not self._left.is_set():
            self._left.set()
            self._places.release()


class _Worker:
    """A process and the connection to it."""

    def __init__(self, models: tuple[str, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, models), daemon=True)
        self._process.start()
        theirs.close()
        self._killed = False

    @property
    def alive(self) -> bool:
        return not self._killed and self._process.is_alive()

    def kill(self) -> None:
        self._killed = True
        with contextlib.suppress(OSError, ValueError):
            self._process.kill()
            self._process.join(5)
        self.connection.close()
