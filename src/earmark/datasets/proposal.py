"""A first manifest of somebody's own music, from names of folders and fields of the files."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from earmark.datasets.fields import Fields, read_fields
from earmark.datasets.row import Row
from earmark.datasets.words import phrases, tags_of
from earmark.errors import SoundError
from earmark.sound.gather import sounds_in
from earmark.vocabulary import Vocabulary

MOST_WORDS = 10_000  # different words that are counted, so that memory stays bounded
SHOWN = 30


@dataclass
class Mapping:
    """What became of the words.

    Attributes
    ----------
    understood : dict, phrase -> its tags
    counts : Counter, phrase -> sounds it was found at, understood or not
    files, untagged : int, sounds, and those for which no word was understood
    problems : list of str, sentences about files and folders that could not be read
    """

    understood: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    files: int = 0
    untagged: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, phrase: str, tags: tuple[str, ...]) -> None:
        """Count a phrase of one sound."""
        if phrase in self.counts or len(self.counts) < MOST_WORDS:
            self.counts[phrase] += 1
            if tags:
                self.understood[phrase] = tags

    def not_understood(self) -> list[tuple[str, int]]:
        """Phrases without a tag, the most common first."""
        return [pair for pair in self.counts.most_common() if pair[0] not in self.understood]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain types, for JSON."""
        return {
            "files": self.files,
            "untagged": self.untagged,
            "understood": {
                phrase: {"tags": list(tags), "files": self.counts[phrase]}
                for phrase, tags in self.understood.items()
            },
            "not_understood": dict(self.not_understood()),
            "problems": self.problems,
        }

    def text(self) -> str:
        """The same for people."""
        lines = list(self.problems)
        if self.understood:
            lines.append(f"{'words':<28} {'sounds':>6}  became")
        for phrase, count in self.counts.most_common():
            if phrase in self.understood:
                lines.append(f"{phrase:<28} {count:6}  {', '.join(self.understood[phrase])}")
        left = self.not_understood()
        if left:
            lines += ["", f"{'not understood':<28} {'sounds':>6}"]
            lines += [f"{phrase:<28} {count:6}" for phrase, count in left[:SHOWN]]
            lines += [f"... and {len(left) - SHOWN} more"] if len(left) > SHOWN else []
        lines += ["", f"{self.files} sounds, {self.untagged} of them without a tag"]
        return "\n".join(lines).strip()


def propose(folder: Path, by: str, vocabulary: Vocabulary, mapping: Mapping) -> Iterator[Row]:
    """A row for each sound below a folder, with the tags that words about it name.

    Parameters
    ----------
    folder : Path
    by : 'folders', 'fields' or 'both'
        Names of the folders between `folder` and the sound; genre and mood fields of the file.
    vocabulary : Vocabulary
    mapping : Mapping, gets what became of the words

    Yields
    ------
    Row
        Nothing is known to be absent; the group is the artist, or else the sound's folder.
    """
    number = 0
    for path in sounds_in(folder):
        if isinstance(path, SoundError):
            mapping.problems.append(str(path))
            continue
        number += 1
        fields = _fields(path, mapping)
        texts = list(path.parent.relative_to(folder).parts) if by != "fields" else []
        texts += [*fields.genres, *fields.moods] if by != "folders" else []
        tags: dict[str, None] = {}
        for phrase in dict.fromkeys(phrase for text in texts for phrase in phrases(text)):
            found, _ = tags_of(phrase, vocabulary)
            mapping.add(phrase, found)
            tags.update(dict.fromkeys(found))
        mapping.files += 1
        mapping.untagged += not tags
        group = fields.artist or path.parent.name
        yield Row(number, str(path.absolute()), tuple(tags), (), group=group)


def _fields(path: Path, mapping: Mapping) -> Fields:
    try:
        return read_fields(str(path))
    except OSError as error:
        mapping.problems.append(f"{path}: cannot be read ({error.strerror})")
        return Fields()
