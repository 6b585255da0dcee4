"""One worker process: it holds the models and hears a sound at a time, as the crew asks.

Nothing that a sound does to a decoder reaches the server: a worker that dies is replaced, and only
the request it worked for fails. Limits hold here, while the sound is decoded.
"""

import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from earmark.errors import EarmarkError, SoundError
from earmark.serve.task import Done, Failed, PreviewTask, Progress, Task
from earmark.sound import SoundStream, decode

PROGRESS_SECONDS = 0.25  # between two reports
YIELDING = 5  # steps of priority below the server, which answers at once while all cores hear


class WatchedStream:
    """A sound's blocks on their way to the network: counted, reported, and stopped at a length."""

    def __init__(self, stream: SoundStream, most_seconds: float, report) -> None:
        self._stream, self._most, self._report = stream, most_seconds, report

    def __iter__(self) -> Iterator[np.ndarray]:
        last = monotonic()
        for block in self._stream:
            if self._stream.seconds > self._most:
                hours = self._most / 3600
                raise SoundError(f"{self._stream.name}: longer than the {hours:.3g} hours allowed")
            if monotonic() - last > PROGRESS_SECONDS:
                last = monotonic()
                self._report(Progress(self._stream.seconds))
            yield block

    @property
    def name(self) -> str:
        """How sentences call the sound."""
        return self._stream.name

    @property
    def seconds(self) -> float:
        """Length decoded so far."""
        return self._stream.seconds

    @property
    def warnings(self) -> list[str]:
        """What was wrong but bearable."""
        return self._stream.warnings

    @property
    def silences(self) -> list[list[float]]:
        """From which second to which nothing sounds."""
        return self._stream.silences


def work(connection: Connection, models: tuple[str, ...]) -> None:
    """Answer tasks until the connection ends.

    Parameters
    ----------
    connection : Connection, over which `Task` comes and `Progress`, `Done` or `Failed` go
    models : tuple of str, loaded at once where there is one; others with their first use
    """
    from earmark.tagging import Tagger

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(YIELDING)
    threading.Thread(target=_follow_parent, daemon=True).start()
    taggers = {models[0]: Tagger(models[0])}
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            if isinstance(task, PreviewTask):
                record = preview(task, connection.send)
            else:
                if task.model not in taggers:
                    taggers[task.model] = Tagger(task.model)
                record = hear(taggers[task.model], task, connection.send)
            answer: Done | Failed = Done(record)
        except EarmarkError as error:
            answer = Failed(str(error).replace(task.path, task.name))
        except MemoryError:
            answer = Failed(f"{task.name}: needs more memory than there is")
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".replace(task.path, task.name)
            answer = Failed(f"{task.name}: failed unexpectedly ({reason})", about_sound=False)
        connection.send(answer)


def hear(tagger, task: Task, report) -> dict[str, Any]:
    """The record of one sound, as the command writes it, with what else was asked for.

    Raises
    ------
    EarmarkError
        One sentence.
    """
    heard = WatchedStream(
        _named(task, tagger.card.front_end.sample_rate), task.most_seconds, report
    )
    tagging = tagger.tag_stream(heard, task.hop)
    top = len(tagging.vocabulary) if task.all else task.top
    record = {"file": task.name, **tagging.to_dict(top=top, timeline=task.timeline)}
    if task.map:
        words = tagging.genres(task.map)
        record["genres"] = {word: round(strength, 4) for word, strength in words.items()}
    if task.embedding:
        record["embedding"] = [round(float(value), 6) for value in tagging.embedding]
    if task.scores:
        record["scores"] = tagging.to_dict(top=len(tagging.vocabulary))["tags"]
    if task.picture:
        from earmark.serve.picture import PICTURE, draw, taggram

        blocks = WatchedStream(_named(task, PICTURE.sample_rate), task.most_seconds, report)
        record["picture"] = draw(blocks) | {"taggram": taggram(tagging)}
    return record


def preview(task: PreviewTask, report) -> dict[str, Any]:
    """Write the preview of a sound; its seconds.

    Raises
    ------
    EarmarkError
        One sentence.
    """
    from earmark.serve.opus import RATE, write_opus

    heard = WatchedStream(_named(task, RATE), task.most_seconds, report)
    write_opus(heard, Path(task.out), task.name, task.most_bytes)
    return {"seconds": heard.seconds}


def _named(task: Task | PreviewTask, sample_rate: int) -> SoundStream:
    stream = decode(task.path, sample_rate)
    stream.name = task.name  # no sentence tells where the server keeps its files
    return stream


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
