"""Work in several processes: bounded, in order or as it comes, and a crash costs one item only.

Each worker process has a pipe of its own and one item at a time, so it is known which item a worker
that dies was at: that item is tried once more, the others notice nothing. A thread hands out and
collects, so that the workers have work while whoever takes the results does something else.
"""

import atexit
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from multiprocessing.connection import Pipe, wait
from typing import Any, TypeVar

from earmark.errors import CrashError, EarmarkError
from earmark.worker import UNGUARDED, Worker, end_where_main_is_imported

T = TypeVar("T")
R = TypeVar("R")

ATTEMPTS = 2  # at an item, or at starting a worker
AHEAD = 1024  # results that may wait for an earlier one, where order is wanted
AHEAD_BYTES = 1 << 26  # and how much memory they may take


def work_in_processes(
    make_work: Callable[[], Callable[[T], R]],
    items: Iterable[T],
    jobs: int,
    *,
    ordered: bool = True,
    pending_per_job: int = 4,
    call_off: Callable[[], None] | None = None,
) -> Iterator[tuple[T, R | EarmarkError]]:
    """Do the same with many items in `jobs` processes.

    Parameters
    ----------
    make_work : callable that can be pickled
        Called once in each process; what it returns is called with each item. An error that it
        raises ends all.
    items : iterable of what can be pickled, of any length
        Read in the calling thread, not much further than there is work under way.
    jobs : int > 0, processes; as many are started as there are items for
    ordered : bool
        Whether results come in the order of the items. A long item then holds back at most
        ``AHEAD`` later ones. Otherwise they come as they are done.
    pending_per_job : int > 0
        Items a process that are under way or wait for one, which is also how many results wait for
        whoever takes them where order does not matter.
    call_off : callable or None
        Called where the results are given up before their end, as by Ctrl-C. The workers then may
        finish what they are at; without it they are stopped in the middle.

    Yields
    ------
    item, and its result or its error
        An error is a result: an EarmarkError of the work as it is, any other as a sentence, and a
        :class:`earmark.errors.CrashError` where the item took its process along, twice.

    Raises
    ------
    EarmarkError
        Workers cannot be started, as where a script lacks its ``if __name__ == "__main__":``.
    """
    end_where_main_is_imported()
    crew = _Crew(make_work, jobs, pending_per_job, ordered)
    numbered = enumerate(items)
    under_way: dict[int, T] = {}
    more, turn, ended = True, 0, False
    try:
        while True:
            while more and crew.has_room():
                following = next(numbered, None)
                if more := following is not None:
                    under_way[following[0]] = following[1]
                    crew.give(following[0], pickle.dumps(following[1]))
            if not under_way:
                ended = True
                return
            found = crew.take(turn if ordered else None, more)
            if found is None:
                continue
            number, outcome = found
            item, turn = under_way.pop(number), turn + 1
            yield item, pickle.loads(outcome) if isinstance(outcome, bytes) else outcome(item)
    finally:
        if call_off and not ended:
            call_off()
        crew.close(finish=ended or call_off is not None)


class _Crew:
    """The workers, what waits for them and what waits for whoever takes the results.

    A thread of its own talks with the workers; all that it shares with the caller is guarded by one
    condition.
    """

    def __init__(
        self, make_work: Callable[[], Callable[[Any], Any]], jobs: int, pending: int, ordered: bool
    ) -> None:
        self._make_work, self._jobs, self._ordered = make_work, jobs, ordered
        self._pending = jobs * pending
        self._workers: list[Worker] = []
        self._stillborn = 0  # workers that died one after the other before they could work
        self._changed = threading.Condition()
        self._waiting: deque[tuple[int, bytes, int]] = deque()
        self._done: dict[int, bytes | Callable[[Any], EarmarkError]] = {}
        self._given = self._size = 0
        self._failure: BaseException | None = None
        self._closing = False
        self._heard, self._bell = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, name="earmark pool", daemon=True)
        self._thread.start()
        atexit.register(self.close, False)  # before multiprocessing ends the workers by itself

    def has_room(self) -> bool:
        """Whether another item may be given."""
        with self._changed:
            return self._has_room()

    def _has_room(self) -> bool:
        if not self._ordered:
            return self._given < self._pending
        few = len(self._done) < AHEAD and self._size < AHEAD_BYTES
        return few and self._given - len(self._done) < self._pending

    def give(self, number: int, item: bytes) -> None:
        """Have an item done."""
        with self._changed:
            self._waiting.append((number, item, 0))
            self._given += 1
        self._bell.send_bytes(b"!")

    def take(
        self, number: int | None, more: bool
    ) -> tuple[int, bytes | Callable[[Any], EarmarkError]] | None:
        """Wait for a result, that of this number or any; None if more may be given before it."""

        def come() -> bool:
            there = bool(self._done) if number is None else number in self._done
            return there or self._failure is not None or (more and self._has_room())

        with self._changed:
            self._changed.wait_for(come)
            number = next(iter(self._done), None) if number is None else number
            if number in self._done:
                self._given -= 1
                outcome = self._done.pop(number)
                self._size -= len(outcome) if isinstance(outcome, bytes) else 0
                return number, outcome
            if self._failure is not None:
                raise self._failure
            return None

    def close(self, finish: bool) -> None:
        """Let all workers go."""
        if self._closing:
            return
        self._closing = True
        atexit.unregister(self.close)
        self._bell.send_bytes(b"!")
        self._thread.join()
        for end in (self._bell, self._heard):
            end.close()
        while self._workers:
            self._workers.pop().end(finish)

    def _run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # workers inherit it, until they ignore Ctrl-C
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            while not self._closing:
                self._hand_out()
                self._listen()
        except BaseException as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _hand_out(self) -> None:
        """Give waiting items to idle workers, and start workers for what is left."""
        idle = [worker for worker in self._workers if worker.ready and not worker.job]
        with self._changed:
            while idle and self._waiting:
                worker = idle.pop()
                worker.job = self._waiting.popleft()
                try:
                    worker.pipe.send_bytes(worker.job[1])
                except OSError:  # it died idle, which _listen() will notice
                    self._waiting.appendleft(worker.job)
                    worker.job = None
            wanted = len(self._waiting)
        starting = sum(not worker.ready for worker in self._workers)
        for _ in range(min(wanted - starting, self._jobs - len(self._workers))):
            try:
                self._workers.append(Worker(self._make_work))
            except OSError as error:
                if not self._workers:
                    reason = f"no process can be started ({error.strerror})"
                    raise EarmarkError(reason) from error
                self._jobs = len(self._workers)  # the system gives no more
                break

    def _listen(self) -> None:
        pipes = {worker.pipe: worker for worker in self._workers}
        ends = {worker.process.sentinel: worker for worker in self._workers}
        spoken = wait([self._heard, *pipes, *ends])
        dead = [ends[end] for end in spoken if end in ends and ends[end].pipe not in spoken]
        for pipe in spoken:
            if pipe is self._heard:
                self._heard.recv_bytes()
            elif pipe in pipes:
                try:
                    self._hear(pipes[pipe], pipes[pipe].pipe.recv_bytes())
                except (EOFError, OSError):
                    dead.append(pipes[pipe])
        for worker in dead:
            self._bury(worker)

    def _hear(self, worker: Worker, message: bytes) -> None:
        if worker.job is not None:
            self._finish(worker.job[0], message)
            worker.job = None
        elif message:
            raise pickle.loads(message)
        else:
            worker.ready, self._stillborn = True, 0

    def _finish(self, number: int, outcome: bytes | Callable[[Any], EarmarkError]) -> None:
        with self._changed:
            self._done[number] = outcome
            self._size += len(outcome) if isinstance(outcome, bytes) else 0
            self._changed.notify_all()

    def _bury(self, worker: Worker) -> None:
        """Go on without a worker that has died."""
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join()
        code = worker.process.exitcode or 0
        if worker.job is not None:
            number, item, attempts = worker.job
            if attempts + 1 < ATTEMPTS:
                with self._changed:
                    self._waiting.appendleft((number, item, attempts + 1))
            else:
                self._finish(number, partial(_crash, code))
        elif not worker.ready:
            self._stillborn += 1
            if code == UNGUARDED or self._stillborn == ATTEMPTS:
                raise _cannot_start(code)


def _crash(code: int, item: object) -> CrashError:
    killed = code == -getattr(signal, "SIGKILL", 0)
    reason = "its process was killed, as for want of memory" if killed else "its decoder crashed"
    return CrashError(str(item), reason)


def _cannot_start(code: int) -> EarmarkError:
    if code != UNGUARDED:
        return EarmarkError(f"worker processes end as they start (exit code {code})")
    script = getattr(sys.modules.get("__main__"), "__file__", None) or "the script"
    guard = 'if __name__ == "__main__":'
    return EarmarkError(
        f"{script}: several processes need the line {guard} above what starts them, since each "
        "imports the script"
    )
