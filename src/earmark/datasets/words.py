"""Words as people write them in folder names and genre fields, understood as tags.

Words are aliases (``words.toml``) or the tags' own names; longer phrases come before shorter ones,
so that "trip hop" is no "hip hop" with something in front. Only presence is ever read from words,
never absence.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from earmark.vocabulary import Vocabulary

LONGEST = 4  # words of a phrase
TELLING = ("genre", "instrument")  # categories that are believed in the midst of other words
SEPARATORS = re.compile(r"[/;,|+()\[\]{}&]|\s-\s|\band\b(?! bass\b| roll\b)")
# "hip-hop", "new_age" and "drum'n'bass" are words with spaces between.
SPACES = re.compile("[\\s_\\-'\u2019.]+")


def plain(text: str) -> str:
    """Lower case, without accents, with single spaces: the form in which words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return SPACES.sub(" ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return {plain(word): tuple(tags) for word, tags in table["aliases"].items()}


@cache
def _meanings(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    meanings = {
        word: known
        for word, tags in _aliases().items()
        if (known := tuple(tag for tag in tags if tag in vocabulary))
    }
    return {**{plain(tag): (tag,) for tag in vocabulary}, **meanings}


def phrases(text: str) -> Iterator[str]:
    """Parts of a text between slashes, commas, brackets and the like, in their plain form."""
    for part in SEPARATORS.split(unicodedata.normalize("NFC", text.casefold())):
        if part and (phrase := plain(part)):
            yield phrase


def tags_of(phrase: str, vocabulary: Vocabulary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags that a phrase names, and words of it that were not understood.

    Parameters
    ----------
    phrase : str, as from :func:`phrases`
    vocabulary : Vocabulary

    Returns
    -------
    tags : tuple of str, in the order of the words
    rest : tuple of str
        The whole phrase if nothing of it was understood, else nothing: "smooth jazz" is jazz.
        Where only part of a phrase is, just genres and instruments count: "Old Man River" says
        nothing about old men.

    Examples
    --------
    >>> from earmark.vocabulary import official_vocabulary
    >>> tags_of("death metal", official_vocabulary())
    (('metal',), ())
    """
    meanings = _meanings(vocabulary)
    words, tags, place, whole = phrase.split(), [], 0, True
    while place < len(words):
        for length in range(min(LONGEST, len(words) - place), 0, -1):
            found = meanings.get(" ".join(words[place : place + length]))
            if found:
                tags += found
                place += length
                break
        else:
            place, whole = place + 1, False
    if not whole and any(tag.category in TELLING for tag in vocabulary.tags):
        tags = [tag for tag in tags if vocabulary.category(tag) in TELLING]
    return tuple(dict.fromkeys(tags)), () if tags or not words else (phrase,)
