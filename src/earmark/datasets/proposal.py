"""A first manifest of somebody's own music, from names of folders and fields of the files.

A folder goes in; a row for each sound comes out, and a `Mapping` tells which words became which
tags. Words say that a tag is there; what no word names is absent or unknown, as the caller wishes.
"""

import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from earmark.datasets.fields import Fields, read_fields
from earmark.datasets.row import Row
from earmark.datasets.words import Meanings, read_field, read_folder
from earmark.errors import DataError, SoundError
from earmark.sound.find_files import sounds_in
from earmark.vocabulary import Vocabulary
from earmark.wording import counted

MOST_WORDS = 10_000  # different phrases that are kept; the most frequent, so that memory is bounded
MOST_PROBLEMS = 1_000  # sentences that are kept
SHOWN = 30  # phrases not understood that people are shown
SOURCES = ("folders", "fields", "both")
OTHERS = ("absent", "unknown")


@dataclass
class Mapping:
    """What became of the words.

    Attributes
    ----------
    understood : dict, phrase -> its tags
    counts : Counter, phrase -> sounds it was found at, understood or not
    files, untagged : int, sounds, and those for which no word was understood
    problems : list of str, sentences about files and folders that could not be read
    more_problems, more_words : int, problems, and rare phrases, that there was no room for
    """

    understood: Meanings = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    files: int = 0
    untagged: int = 0
    problems: list[str] = field(default_factory=list)
    more_problems: int = 0
    more_words: int = 0

    def add(self, phrase: str, tags: tuple[str, ...]) -> None:
        """Count a phrase of one sound."""
        self.counts[phrase] += 1
        if tags:
            self.understood[phrase] = tags
        # Twice the room before the rare half goes, so that sorting is rare too.
        if len(self.counts) > 2 * MOST_WORDS:
            self.forget()

    def forget(self) -> None:
        """Keep only the most frequent phrases."""
        before = len(self.counts)
        self.counts = Counter(dict(self.counts.most_common(MOST_WORDS)))
        self.more_words += before - len(self.counts)
        self.understood = {p: tags for p, tags in self.understood.items() if p in self.counts}

    def complain(self, sentence: str) -> None:
        """Keep a sentence about something that could not be read, or count it."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(sentence)
        else:
            self.more_problems += 1

    def not_understood(self) -> list[tuple[str, int]]:
        """Phrases without a tag, the most common first."""
        return [pair for pair in self.counts.most_common() if pair[0] not in self.understood]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain types, for JSON; the most common phrases first."""
        return {
            "files": self.files,
            "untagged": self.untagged,
            "understood": {
                phrase: {"tags": list(self.understood[phrase]), "files": count}
                for phrase, count in self.counts.most_common()
                if phrase in self.understood
            },
            "not_understood": dict(self.not_understood()),
            "problems": self.problems,
            "more_problems": self.more_problems,
            "more_words": self.more_words,
        }

    def text(self) -> str:
        """The same for people."""
        lines = list(self.problems)
        lines += [f"... and {self.more_problems:,} more"] if self.more_problems else []
        if self.understood:
            lines += [""] if lines else []
            lines.append(f"{'words':<28} {'sounds':>6}  became")
        for phrase, count in self.counts.most_common():
            if phrase in self.understood:
                lines.append(f"{phrase:<28} {count:6}  {', '.join(self.understood[phrase])}")
        left = self.not_understood()
        more = max(0, len(left) - SHOWN) + self.more_words
        if left:
            lines += ["", f"{'not understood':<28} {'sounds':>6}"]
            lines += [f"{phrase:<28} {count:6}" for phrase, count in left[:SHOWN]]
            lines += [f"... and {more:,} rarer ones"] if more else []
        lines += ["", f"{counted(self.files, 'sound')}, {self.untagged:,} of them without a tag"]
        # Names of files need not be UTF-8, and what people see must be.
        return "\n".join(lines).strip().encode("utf-8", "replace").decode("utf-8")


def propose(
    folder: Path, by: str, vocabulary: Vocabulary, mapping: Mapping, others: str = "absent"
) -> Iterator[Row]:
    """A row for each sound below a folder, with the tags that words about it name.

    Parameters
    ----------
    folder : Path
    by : 'folders', 'fields' or 'both'
        Names of the folders between `folder` and the sound; genre and mood fields of the file.
    vocabulary : Vocabulary
    mapping : Mapping, gets what became of the words
    others : 'absent' or 'unknown'
        What the tags are that no word of a sound names: of a sorted collection they are absent, or
        nobody could learn from it when not to say one. A sound without any tag says nothing.

    Yields
    ------
    Row
        The group is the artist, or else the innermost folder whose name is no tag. A sound whose
        fields cannot be read still has a row, from the names of its folders.

    Raises
    ------
    DataError
        There is no such folder, or it may not be entered.
    """
    if by not in SOURCES:
        raise ValueError(f"tags come from {', '.join(SOURCES)}, not from {by!r}")
    if others not in OTHERS:
        raise ValueError(f"other tags are {' or '.join(OTHERS)}, not {others!r}")
    folder = Path(folder).absolute()
    _require_folder(folder)
    number = 0
    for path in sounds_in(folder):
        if isinstance(path, SoundError):
            mapping.complain(str(path))
            continue
        number += 1
        fields = _fields(path, mapping)
        meanings: Meanings = {}
        named = {
            name: read_folder(name, vocabulary) for name in path.parent.relative_to(folder).parts
        }
        if by != "fields":
            for found in named.values():
                meanings |= found
        if by != "folders":
            for text in (*fields.genres, *fields.moods):
                meanings |= read_field(text, vocabulary)
        for phrase, found in meanings.items():
            mapping.add(phrase, found)
        tags = dict.fromkeys(tag for found in meanings.values() for tag in found)
        mapping.files += 1
        mapping.untagged += not tags
        plain = [name for name, found in named.items() if not any(found.values())]
        group = fields.artist or next(reversed(plain), "")
        absent = None if tags and others == "absent" else ()
        yield Row(number, str(path), tuple(tags), absent, group=group)


def _require_folder(folder: Path) -> None:
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise DataError(f"{folder}: is no folder")
    except OSError as error:
        raise DataError(f"{folder}: cannot be read ({error.strerror})") from error


def _fields(path: Path, mapping: Mapping) -> Fields:
    try:
        return read_fields(str(path))
    except OSError as error:
        mapping.complain(f"{path}: cannot be read ({error.strerror})")
    # A damaged file makes a parser of a dozen formats fail in any way it likes.
    except Exception as error:
        mapping.complain(
            f"{path}: its fields cannot be read ({str(error) or type(error).__name__})"
        )
    return Fields()
