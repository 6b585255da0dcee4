"""A TOML file or a list of names in, an ordered vocabulary out: what each tag is, means, excludes.

A tag's place in the vocabulary is the place of its score in a model's output. Tags of one *group*
are synonyms, and opposition holds between groups: as "no vocals" excludes "female vocals", so does
"instrumental" exclude "woman singing".
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from earmark.errors import VocabularyError

CATEGORIES = ("genre", "instrument", "voice", "mood", "tempo", "other")


@cache
def official_vocabulary() -> "Vocabulary":
    """The 188 tags of MagnaTagATune in official order, read once.

    Examples
    --------
    >>> official_vocabulary().synonyms("violin")
    ('violins', 'violin', 'fiddle')
    """
    return Vocabulary.from_toml(Path(__file__).with_name("tags.toml"))


@dataclass(frozen=True)
class Tag:
    """One word for music.

    Attributes
    ----------
    name : str, as people write it
    category : str, one of ``CATEGORIES``
    group : str, name of the group of its synonyms; its own name if it has none
    """

    name: str
    category: str
    group: str


@dataclass(frozen=True)
class Vocabulary:
    """Tags in the order of a model's scores, and which of them exclude each other.

    Iterating gives names; ``in`` tells whether a name is known. Every method that takes a single
    name raises `VocabularyError` for an unknown one, as does a vocabulary that makes no sense.

    Attributes
    ----------
    tags : tuple of Tag
    opposites : frozenset of pairs (frozensets) of group names that exclude each other
    """

    tags: tuple[Tag, ...]
    opposites: frozenset[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        if len(self._places) < len(self):
            twice = next(n for i, n in enumerate(self.names) if self._places[n] != i)
            raise VocabularyError(f"the tag {twice!r} is there more than once")
        for tag in self.tags:
            if tag.category not in CATEGORIES:
                wrong = f"the tag {tag.name!r} has the category {tag.category!r}"
                raise VocabularyError(f"{wrong}, which is not one of {', '.join(CATEGORIES)}")
            if tag.group in self and self.group(tag.group) != tag.group:
                other = f"which is itself in the group {self.group(tag.group)!r}"
                raise VocabularyError(f"the tag {tag.name!r} has the group {tag.group!r}, {other}")
        for pair in self.opposites:
            if len(pair) != 2:
                raise VocabularyError(f"the group {min(pair)!r} is opposite to itself")
            if missing := pair - self._members.keys():
                raise VocabularyError(f"no tag has the group {min(missing)!r} of opposites")

    @classmethod
    def from_toml(cls, path: str | Path) -> "Vocabulary":
        """Read a vocabulary file.

        Parameters
        ----------
        path : str or Path
            TOML: for each tag a table ``[[tag]]`` with ``name`` and, if wanted, ``category``
            ("other" without) and ``group`` (its own without). ``[opposites]``, if wanted, maps a
            group to a list of groups that it excludes; one direction is enough.

        Raises
        ------
        VocabularyError
            If the file cannot be read or makes no sense; the text names file and reason.
        """
        try:
            with open(path, "rb") as file:
                return _parse(tomllib.load(file))
        except OSError as error:
            raise VocabularyError(f"vocabulary {path} cannot be read: {error.strerror}") from error
        except (ValueError, VocabularyError) as error:
            raise VocabularyError(f"vocabulary {path} makes no sense: {error}") from error

    @classmethod
    def from_names(cls, names: Iterable[str]) -> "Vocabulary":
        """A plain vocabulary in this order: no categories, synonyms or opposites."""
        return cls(tuple(Tag(name, "other", name) for name in names))

    def ordered(self, names: Iterable[str]) -> "Vocabulary":
        """The vocabulary of a model that lists its own tags.

        Parameters
        ----------
        names : iterable of str
            Tags in the model's order. Those known here keep what is known; others become plain.
        """
        tags = tuple(self.tag(n) if n in self else Tag(n, "other", n) for n in names)
        known = {tag.group for tag in tags}
        return Vocabulary(tags, frozenset(pair for pair in self.opposites if pair <= known))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(tag.name for tag in self.tags)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        members: dict[str, tuple[str, ...]] = {}
        for tag in self.tags:
            members[tag.group] = (*members.get(tag.group, ()), tag.name)
        return members

    def __len__(self) -> int:
        return len(self.tags)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def index(self, name: str) -> int:
        """Place of the tag, which is that of its score in a model's output."""
        if name in self._places:
            return self._places[name]
        from earmark.near_name import near_name

        near = near_name(name.lower(), self.names)
        hint = f"; the nearest is {near!r}" if near else ""
        raise VocabularyError(f"{name!r} is not one of the {len(self)} tags{hint}")

    def tag(self, name: str) -> Tag:
        """The tag of this name."""
        return self.tags[self.index(name)]

    def category(self, name: str) -> str:
        """Category of the tag, one of ``CATEGORIES``."""
        return self.tag(name).category

    def group(self, name: str) -> str:
        """Name of the tag's synonym group."""
        return self.tag(name).group

    def synonyms(self, name: str) -> tuple[str, ...]:
        """All tags of the tag's group, itself included, in the vocabulary's order."""
        return self._members[self.group(name)]

    def contradicts(self, a: str, b: str) -> bool:
        """Whether nobody would say both tags of the same music."""
        return frozenset((self.group(a), self.group(b))) in self.opposites


def _parse(table: dict[str, Any]) -> Vocabulary:
    entries, opposites = table.get("tag"), table.get("opposites", {})
    if not entries or not isinstance(entries, list):
        raise VocabularyError("it lists no tags ([[tag]] with a name)")
    for key in table.keys() - {"tag", "opposites"}:
        raise VocabularyError(f"it has an entry {key!r}, which is neither tag nor opposites")
    tags = tuple(map(_parse_tag, entries))
    if not isinstance(opposites, dict) or not all(map(_is_names, opposites.values())):
        raise VocabularyError("opposites is not a table from a group to a list of groups")
    pairs = frozenset(frozenset((a, b)) for a, others in opposites.items() for b in others)
    return Vocabulary(tags, pairs)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _parse_tag(entry: object) -> Tag:
    if not isinstance(entry, dict) or not entry.get("name"):
        raise VocabularyError(f"a tag needs a name, which {entry!r} has not")
    if not entry.keys() <= {"name", "category", "group"} or not _is_names([*entry.values()]):
        raise VocabularyError(f"a tag has name, category and group, all text, unlike {entry!r}")
    name: str = entry["name"]
    return Tag(name, entry.get("category", "other"), entry.get("group", name))
