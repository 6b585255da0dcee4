"""What the verbs of ``earmark data`` do and say: get, check, stats, manifest, store."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from earmark.cores import available_cores
from earmark.datasets import open_dataset
from earmark.datasets.build import Built, build
from earmark.datasets.check import check_manifest
from earmark.datasets.fetch import OFFICIAL, fetch
from earmark.datasets.magnatagatune import read_clips
from earmark.datasets.manifest import write_manifest
from earmark.datasets.proposal import Mapping, propose
from earmark.datasets.sound_check import sound_problems
from earmark.datasets.source import dataset_folder
from earmark.datasets.splits import EMPTY_CLIPS, SHORT_CLIPS
from earmark.datasets.stats import statistics
from earmark.datasets.store import Waveform
from earmark.messages import progress, say, steps
from earmark.vocabulary import Vocabulary, official_vocabulary
from earmark.wording import counted
from earmark.zoo import find_model

CLIP_SECONDS = 29.0
NAMED = 5  # missing files that are named


def get(folder: Path, given: Path | None, url: str | None, jobs: int | None) -> int:
    """Fetch MagnaTagATune, then check it; the number of clips that should be there and are not."""
    source = replace(OFFICIAL, url=url.rstrip("/") + "/") if url else OFFICIAL
    with steps() as report:
        unpacked = fetch(folder, report, given=given, source=source)
    say(f"{folder}: {unpacked} clips unpacked; checking them all")
    return check(str(folder), None, sound=True, jobs=jobs)


def check(data: str, vocabulary: Vocabulary | None, *, sound: bool, jobs: int | None) -> int:
    """Print what is wrong with a data set, and return how many errors there are.

    Parameters
    ----------
    data : str, as in :func:`earmark.datasets.open_dataset`
    vocabulary : Vocabulary or None, of a manifest's tags
    sound : bool, whether to decode every sound as well
    jobs : int or None, processes that decode; None for one a core
    """
    folder = dataset_folder(data)
    lines = _check_clips(folder) if folder else _check_rows(Path(data), vocabulary)
    errors = 0
    for is_error, line in lines:
        errors += is_error
        print(line)
    if sound:
        for is_error, line in _check_sound(data, vocabulary, jobs or available_cores()):
            errors += is_error
            print(line)
    print(f"{data}: {errors} errors" if errors else f"{data}: nothing is wrong")
    return errors


def _check_rows(path: Path, vocabulary: Vocabulary | None) -> Iterator[tuple[bool, str]]:
    for problem in check_manifest(path, vocabulary):
        yield problem.severity == "error", f"{path}: {problem}"


def _check_clips(folder: Path) -> Iterator[tuple[bool, str]]:
    missing, named, empty = 0, [], 0
    for clip, row in read_clips(folder):
        try:
            size = os.path.getsize(row.file)
        except OSError:
            missing += 1
            named += [os.path.relpath(row.file, folder)] * (len(named) < NAMED)
            continue
        empty += clip in EMPTY_CLIPS and not size
    if missing:
        yield True, f"{folder}: {missing} clips are not there, as {', '.join(named)}"
    if empty:
        yield False, f"{folder}: {empty} clips are empty in the release, which is known"


def _check_sound(data: str, vocabulary: Vocabulary | None, jobs: int) -> Iterator[tuple[bool, str]]:
    folder = dataset_folder(data)
    known: set[str] = set()

    def files() -> Iterator[str]:
        if folder:
            for clip, row in read_clips(folder):
                if clip in EMPTY_CLIPS | SHORT_CLIPS:
                    known.add(row.file)
                if os.path.exists(row.file) and clip not in EMPTY_CLIPS:
                    yield row.file
        else:
            rows = open_dataset(data, vocabulary).rows()
            yield from (row.file for row in rows if os.path.exists(row.file))

    total = sum(1 for _ in files())
    with progress("listening", total) as messages:
        for file, problem in sound_problems(files(), jobs, CLIP_SECONDS if folder else 0.0):
            messages.advance()
            if problem:
                yield file not in known, problem + (", which is known" if file in known else "")


def stats(data: str, vocabulary: Vocabulary | None, *, as_json: bool) -> str:
    """Counts of a data set, as a table or as JSON."""
    known = vocabulary or official_vocabulary()
    found = statistics(open_dataset(data, known).rows(), known)
    return json.dumps(found.to_dict(), ensure_ascii=False) if as_json else found.table()


def manifest(
    folder: Path, output: Path, by: str, vocabulary: Vocabulary | None, others: str = "absent"
) -> str:
    """Write a manifest of a folder of music, and return what became of its words, for people."""
    mapping = Mapping()
    rows = propose(folder, by, vocabulary or official_vocabulary(), mapping, others)
    numbered = (replace(row, number=number) for number, row in zip(count(1), rows, strict=False))
    written = write_manifest(output, numbered)
    return f"{output}: {counted(written, 'sound')}\n\n{mapping.text()}"


def store(data: str, output: Path, *, model: str, waveforms: int | None, jobs: int | None) -> Built:
    """Build a store of a data set's features and say what became of it."""
    kind = Waveform(waveforms) if waveforms else find_model(model).front_end
    dataset = open_dataset(data)

    def files() -> Iterator[str]:
        for row in dataset.rows():
            if not dataset.partial or os.path.exists(row.file):
                yield row.file

    with progress("storing", sum(1 for _ in files())) as messages:

        def report(step: Built) -> None:
            for error in step.failed:
                messages.say(str(error))
            for warning in step.warnings:
                messages.say(f"warning: {warning}")
            messages.advance(step.stored + step.kept + len(step.failed))

        built = build(files(), output, kind, jobs or available_cores(), report)
    failed = f", {len(built.failed)} failed" if built.failed else ""
    stored = counted(built.stored, "sound")
    say(f"{output}: {stored} stored, {built.kept} were there already{failed}")
    return built
