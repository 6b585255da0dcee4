"""Learn a map from sorted music: hear it, fit rules, judge them on artists left out, write TOML."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.atomic import atomic_file, require_no_sound, require_other
from earmark.errors import DataError, EarmarkError
from earmark.genres.shelves import Shelved, read_shelves
from earmark.messages import progress
from earmark.tagging import Tagger
from earmark.vocabulary.learn_map import FEWEST, Quality, cross_validate, learn_map


@dataclass(frozen=True)
class Learned:
    """A map that was learned.

    Attributes
    ----------
    table : dict of word -> rule
    quality : Quality or None, on artists left out; None where there is only one
    songs, failed : int, songs heard, and those that could not be
    """

    table: dict[str, str]
    quality: Quality | None
    songs: int
    failed: int


def learn_from(source: str | os.PathLike, tagger: Tagger, output: Path, jobs: int) -> Learned:
    """Learn a map from a folder of folders or a manifest and write it.

    Parameters
    ----------
    source : path, as in :func:`earmark.genres.shelves.read_shelves`
    tagger : Tagger
    output : Path, the map file, written whole or not at all
    jobs : int > 0, processes

    Raises
    ------
    DataError, GenreMapError, MediaError, OutputError
        One sentence: nothing to learn from, or the map cannot be written there.
    """
    require_other(source, output)
    require_no_sound(output)  # before minutes of hearing
    shelves = read_shelves(source)
    with progress("hearing", len(shelves.songs)) as messages:
        for sentence in shelves.left_out:
            messages.say(sentence)
        heard: list[Shelved] = []
        scores: list[np.ndarray] = []
        failed = 0
        by_file = {song.file: song for song in shelves.songs}
        for file, result in tagger.files(by_file, jobs=jobs):
            messages.advance()
            if isinstance(result, EarmarkError):
                failed += 1
                messages.say(str(result))
            else:
                heard.append(by_file[os.fspath(file)])
                scores.append(result.scores)
        heard, scores = _enough(heard, scores, messages.say)
    if not heard:
        raise DataError(f"{source}: no shelf has {FEWEST} songs that could be heard")
    matrix = np.stack(scores)
    names = [song.shelf for song in heard]
    groups = [song.group for song in heard]
    vocabulary = tagger.card.vocabulary
    _, table = learn_map(matrix, names, vocabulary)
    quality = None
    if len(set(groups)) > 1:
        quality = cross_validate(matrix, names, groups, vocabulary, tagger.card.thresholds)
    learned = Learned(table, quality, len(heard), failed)
    with atomic_file(output) as file:
        file.write(map_text(learned, os.fspath(source), tagger.card.name))
    return learned


def _enough(
    heard: list[Shelved], scores: list[np.ndarray], say
) -> tuple[list[Shelved], list[np.ndarray]]:
    """The songs of shelves that are large enough to learn."""
    counts: dict[str, int] = {}
    for song in heard:
        counts[song.shelf] = counts.get(song.shelf, 0) + 1
    for shelf, count in counts.items():
        if count < FEWEST:
            say(f"{shelf!r} has {count} songs and is left out; {FEWEST} are needed")
    kept = [i for i, song in enumerate(heard) if counts[song.shelf] >= FEWEST]
    return [heard[i] for i in kept], [scores[i] for i in kept]


def map_text(learned: Learned, source: str, model: str) -> str:
    """The map as TOML, with its quality as comments."""
    name = " ".join(source.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())
    lines = [f"# Learned from {learned.songs} songs of {name} as the model {model!r} hears them."]
    if learned.quality:
        lines += [f"# {line}" for line in quality_text(learned.quality).splitlines()]
    lines += [""]
    lines += [f"{_text(word)} = {_text(rule)}" for word, rule in learned.table.items()]
    lines += ["", "[about]", f"summary = {_text(f'learned from {name}')}", ""]
    return "\n".join(lines)


def quality_text(quality: Quality) -> str:
    """What was measured on artists left out, for people."""
    named = quality.right / quality.answered if quality.answered else 0.0
    lines = [
        f"On artists left out: {quality.answered} of {quality.songs} songs got a word,"
        f" {named:.0%} of these their own shelf's."
    ]
    lines += [f"{share:4.0%} of {word!r} found" for word, share in quality.by_shelf.items()]
    return "\n".join(lines)


def _text(text: str) -> str:
    """A TOML string, which may hold all that a JSON string may."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
