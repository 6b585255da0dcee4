"""Scan folders into a library: hear what is new or changed, know the rest again.

One process writes, in small transactions; the others digest, decode and hear. Killed at any moment,
a scan has lost at most the files it was at, and the next one goes on.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from earmark.cores import available_cores
from earmark.errors import EarmarkError, SoundError
from earmark.library.compare import Comparison, Difference
from earmark.library.connect import sentences
from earmark.library.listener import Found, Item, make_listener, reason
from earmark.library.lock import only_scan
from earmark.library.record import Recorder
from earmark.library.walk import Walk
from earmark.messages import Messages
from earmark.pool import work_in_processes
from earmark.worker import attempt
from earmark.zoo import find_model
from earmark.zoo.card import Card

BATCH, BATCH_SECONDS = 64, 0.05  # files in a transaction, and how long one may wait
FEW = 4  # files that one process hears sooner than several start
TOLD = 50  # sentences about single files at the end of a scan


@dataclass
class Scan:
    """How a scan went.

    Attributes
    ----------
    tagged : int, files that are new or hold another sound, and have tags now
    unchanged : int, files that needed nothing
    moved : int, files found again under another name
    retagged : int, files that changed but hold the same sound
    gone : int, files that are no longer there
    failed : int, files in which nothing could be heard
    seconds : float, that it took
    problems : list of str, one sentence each: what could not be read, what failed (the first so
        many), what vanished meanwhile
    untold : int, failed files without a sentence among the problems
    unread : int, folders that could not be read
    interrupted : bool, by Ctrl-C
    """

    tagged: int = 0
    unchanged: int = 0
    moved: int = 0
    retagged: int = 0
    gone: int = 0
    failed: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    untold: int = 0
    unread: int = 0
    interrupted: bool = False

    def to_dict(self) -> dict[str, int | float]:
        """The numbers, as JSON has them."""
        numbers = ("tagged", "unchanged", "moved", "retagged", "gone", "failed")
        return {
            **{name: getattr(self, name) for name in numbers},
            "seconds": round(self.seconds, 2),
        }

    def sentence(self) -> str:
        """The numbers as a person reads them."""
        words = [f"{self.tagged} tagged", f"{self.unchanged} unchanged"]
        for name in ("moved", "retagged", "gone", "failed"):
            if number := getattr(self, name):
                words.append(f"{number} {name}")
        return f"{', '.join(words)}, in {self.seconds:.1f} seconds"


def scan(
    folders: Iterable[str | os.PathLike],
    library: Path,
    *,
    model: str | os.PathLike = "default",
    jobs: int | None = None,
    retry: bool = False,
    again: bool = False,
    say: Callable[[str], None] = lambda sentence: None,
    progress: Callable[[int], object] | None = None,
) -> Scan:
    """Bring a library up to date with folders.

    Parameters
    ----------
    folders : iterable of paths, folders or single files
    library : Path, made where there is none
    model : str or path, name of a shipped model or a model folder
    jobs : int > 0 or None, processes; None for one a core where there are many files
    retry : bool, whether files that failed are tried again though they did not change
    again : bool, whether files that another version of the model heard are heard again
    say : callable, gets sentences about what is going to be done
    progress : callable or None
        Gets the number of files to look at, returns a context manager that yields
        :class:`~earmark.messages.Messages`.

    Returns
    -------
    Scan

    Raises
    ------
    LibraryError, ModelError
        The library cannot be written, or there is no such model.
    """
    begun = time.monotonic()
    card, roots = find_model(model), list(folders)
    with only_scan(library, say), Recorder(library) as recorder, sentences(library):
        if recorder.is_new and not recorder.has_log:
            say(f"{library}: on a network drive, so people may wait for each other (no WAL)")
        with recorder.transaction():
            newest = recorder.model(card)
        versions = [newest] if again else recorder.versions(card.name)
        walk, comparison = Walk(roots), Comparison(recorder, versions, retry)
        for listing in walk:
            comparison.add(listing)
        comparison.finish(map(os.path.realpath, roots), walk.unread)
        difference = comparison.difference
        for sentence in _beforehand(recorder, card, newest, difference, again):
            say(sentence)
        outcome = Scan(
            unchanged=difference.unchanged,
            problems=walk.problems + walk.circles,
            unread=len(walk.unread),
        )
        if jobs is None:
            jobs = 1 if difference.work < FEW else available_cores()
        make = partial(make_listener, recorder.path, card.folder, tuple(versions))
        shown = progress(difference.work) if progress and difference.work else nullcontext(None)
        with shown as messages:
            results = _results(make, comparison.items(), min(jobs, max(1, difference.work)))
            book = _Book(recorder, comparison, newest, outcome)
            try:
                _write(results, book, recorder, messages)
            except KeyboardInterrupt:
                outcome.interrupted = True
        if not outcome.interrupted:
            outcome.gone = comparison.write_off()
    outcome.seconds = time.monotonic() - begun
    return outcome


def _beforehand(
    recorder: Recorder, card: Card, model: int, difference: Difference, again: bool
) -> Iterator[str]:
    """What will be heard, and what another version or model had heard."""
    parts = [
        f"{number} {words}"
        for number, words in (
            (difference.new, "new"),
            (difference.changed, "changed"),
            (difference.retried, "that failed before"),
        )
        if number
    ]
    if parts:
        yield f"{', '.join(parts)}, {difference.unchanged} unchanged files"
    if difference.unheard:
        yield (
            f"{difference.unheard} songs that were heard before have to be decoded again for "
            f"{card.name}; what other models heard stays"
        )
    if not again and (old := recorder.heard_by_others(card.name, model)):
        yield (
            f"{old} songs were heard by another version of {card.name} and stay as they are; "
            "--again decodes them again"
        )


def _results(
    make: Callable, items: Iterable[Item], jobs: int
) -> Iterator[tuple[Item, Found | EarmarkError]]:
    if jobs > 1:
        yield from work_in_processes(make, items, jobs, ordered=False)
        return
    with closing(make()) as work:
        for item in items:
            yield item, attempt(work, item)


def _write(
    results: Iterable[tuple[Item, Found | EarmarkError]],
    book: "_Book",
    recorder: Recorder,
    messages: Messages | None,
) -> None:
    """Write results in small transactions, the last one also when stopped."""
    batch: list[tuple[Item, Found | EarmarkError]] = []
    last = time.monotonic()
    try:
        for result in results:
            batch.append(result)
            if messages:
                messages.advance()
            if len(batch) >= BATCH or time.monotonic() - last >= BATCH_SECONDS:
                done, batch = batch, []
                _write_batch(done, book, recorder)
                last = time.monotonic()
    finally:
        _write_batch(batch, book, recorder)


def _write_batch(
    batch: list[tuple[Item, Found | EarmarkError]], book: "_Book", recorder: Recorder
) -> None:
    if batch:
        with recorder.transaction():
            for item, result in batch:
                book.enter(item, result)


class _Book:
    """Enters each result into the library and counts it."""

    def __init__(
        self, recorder: Recorder, comparison: Comparison, model: int, outcome: Scan
    ) -> None:
        self._recorder, self._comparison = recorder, comparison
        self._model, self._outcome = model, outcome

    def enter(self, item: Item, result: Found | EarmarkError) -> None:
        if isinstance(result, Found):
            self._enter_sound(item, result)
        elif not isinstance(result, SoundError):
            raise result  # of the model or the library, not of this file
        elif not os.path.lexists(item.path):
            self._tell(f"{item.path}: vanished during the scan")
        else:
            why = reason(result, item.path)
            self._recorder.track(item.path, item.size, item.mtime_ns, error=why)
            self._outcome.failed += 1
            if not self._tell(f"{item.path}: {why}"):
                self._outcome.untold += 1

    def _enter_sound(self, item: Item, found: Found) -> None:
        recorder, outcome = self._recorder, self._outcome
        sound = recorder.known_sound(found.digest)
        before = recorder.holders(sound) if sound is not None else []
        if found.scores is not None:
            sound = recorder.sound(found.digest, found.seconds, found.warning)
            recorder.hear(self._model, sound, found.scores, found.embedding)
        if item.track is not None and item.track in (id for id, _, _ in before):
            if found.scores is None and item.heard:
                outcome.retagged += 1
            else:
                outcome.tagged += 1
        elif item.track is None and (old := _moved_from(before)) is not None:
            recorder.move(old, item.path)
            self._comparison.found_elsewhere(old)
            outcome.moved += 1
        else:
            outcome.tagged += 1
        recorder.track(item.path, item.size, item.mtime_ns, sound=sound, **found.words._asdict())

    def _tell(self, sentence: str) -> bool:
        """Keep a sentence for the end, if there are not too many."""
        if room := len(self._outcome.problems) < TOLD:
            self._outcome.problems.append(sentence)
        return room


def _moved_from(holders: list[tuple[int, str, bool]]) -> int | None:
    """The track, of those that hold a sound, whose file is no longer there."""
    for id, path, gone in holders:
        if gone or not os.path.lexists(path):
            return id
    return None
