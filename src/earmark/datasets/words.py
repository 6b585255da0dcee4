"""Words as people write them in folder names and genre fields, understood as tags.

Words are the tags' own names or aliases (``words.toml``); longer phrases come before shorter ones,
so that "drum & bass" is neither a drum nor a bass. Only presence is ever read from words, never
absence. A genre field is about the music, so one understood word in it is enough; a folder may be
called anything, so all of its name has to be understood: "Daft Punk" is not punk.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from earmark.vocabulary import Vocabulary

Meanings = dict[str, tuple[str, ...]]

TELLING = ("genre", "instrument")  # categories that are believed in the midst of other words
SEPARATORS = re.compile(r"[/\\;|(){}\[\]\0]|\s[-\u2013\u2014]\s")
# "hip-hop", "new_age" and "alt. rock" are words with spaces between.
SPACES = re.compile("[\\s_\\-\u2010-\u2014'`\u2019.!?\"]+")
JOINTS = re.compile(r"\s*[&+]\s*|\b(?:and|n)\b")
AND = "&"
NUMBER = re.compile(r"\d+(s|er|th)?")
# "no bass" does not name a bass, unless the vocabulary or the aliases know all of it.
DENIALS = frozenset({"no", "non", "not", "without", "anti", "un", "never"})


def plain(text: str) -> str:
    """Lower case without accents, single spaces and "&" for "and": how words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    spaced = JOINTS.sub(f" {AND} ", SPACES.sub(" ", bare))
    return " ".join(spaced.split()).strip(" ,&")


@dataclass(frozen=True)
class _Words:
    """What words mean in one vocabulary.

    Attributes
    ----------
    meanings : dict, plain phrase -> tags; none for a phrase that says nothing of its parts
    silent : frozenset of str, words that leave the meaning of others as it is
    believed : frozenset of str, tags that count in the midst of words that nobody understands
    longest : int, words of the longest phrase
    """

    meanings: Meanings
    silent: frozenset[str]
    believed: frozenset[str]
    longest: int


@cache
def _lists() -> dict[str, dict]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@cache
def _words(vocabulary: Vocabulary) -> _Words:
    lists = _lists()
    meanings = {plain(tag): (tag,) for tag in vocabulary}
    for word, tags in lists["aliases"].items():
        known = tuple(tag for tag in tags if tag in vocabulary)
        own = meanings.get(plain(word), ())
        # The vocabulary's own names come first, and an alias may only add to them.
        if (known or not tags) and set(own) <= set(known):
            meanings[plain(word)] = known
    for wrong, right in lists["spelling"].items():
        if right in vocabulary:
            meanings[plain(wrong)] = (right,)
    meanings.pop("", None)
    longest = max((len(phrase.split()) for phrase in meanings), default=0)
    believed = {tag.name for tag in vocabulary.tags if tag.category in TELLING}
    # A plain list of names tells nothing about categories.
    return _Words(
        meanings, frozenset(lists["silent"]), frozenset(believed or vocabulary.names), longest
    )


def tags_of(text: str, vocabulary: Vocabulary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags that a genre or mood field names, and phrases of it that were not understood.

    Parameters
    ----------
    text : str, as people write it
    vocabulary : Vocabulary

    Returns
    -------
    tags : tuple of str, each once, in the order of the words
    rest : tuple of str, phrases in their plain form (lower case, without accents)

    Examples
    --------
    >>> from earmark.vocabulary import official_vocabulary
    >>> tags_of("Hip-Hop/Rap; Gospel", official_vocabulary())
    (('hip hop', 'rap'), ('gospel',))
    """
    understood = read_field(text, vocabulary)
    tags = dict.fromkeys(tag for found in understood.values() for tag in found)
    return tuple(tags), tuple(phrase for phrase, found in understood.items() if not found)


def read_field(text: str, vocabulary: Vocabulary) -> Meanings:
    """Phrases of a genre or mood field and the tags of each; no tags if it was not understood.

    Where only part of a phrase is understood, just genres and instruments count: "French touch
    house" is house, and "old man river" says nothing about old men.
    """
    words, found = _words(vocabulary), {}
    for part in _parts(text.replace(",", ";"), words):
        pieces = [part] if _match(part, words)[1] else part.split(f" {AND} ")
        for piece in pieces:
            tags, whole = _match(piece, words)
            if not whole:
                denied = DENIALS.intersection(piece.split())
                tags = () if denied else tuple(tag for tag in tags if tag in words.believed)
            found[piece] = tags
    return found


def read_folder(name: str, vocabulary: Vocabulary) -> Meanings:
    """Phrases of a folder's name and the tags of each; no tags unless all of it is understood.

    "Earth, Wind & Fire" is one phrase here, and "Rock - Live" two.
    """
    words, found = _words(vocabulary), {}
    for part in _parts(name, words):
        tags, whole = _match(part.replace(",", f" {AND}"), words)
        found[part] = tags if whole else ()
    return found


def _parts(text: str, words: _Words) -> list[str]:
    """Plain phrases between separators; a name of the vocabulary stays whole ("Rock/Pop")."""
    if plain(text) in words.meanings:
        return [plain(text)]
    return [phrase for part in SEPARATORS.split(text) if (phrase := plain(part))]


def _match(phrase: str, words: _Words) -> tuple[tuple[str, ...], bool]:
    """Tags of a phrase, the longest match first, and whether all of its words are understood."""
    each, tags, place, whole = phrase.split(), [], 0, True
    while place < len(each):
        for length in range(min(words.longest, len(each) - place), 0, -1):
            found = words.meanings.get(" ".join(each[place : place + length]))
            if found is not None:
                tags += found
                place += length
                break
        else:
            word = each[place]
            whole = whole and (word == AND or word in words.silent or bool(NUMBER.fullmatch(word)))
            place += 1
    return tuple(dict.fromkeys(tags)), whole
