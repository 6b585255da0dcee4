"""Text of the expression language in, an expression out; a mistake is one sentence with its place.

Grammar (case does not matter; docs/expressions.md tells it with examples)::

    expression = both { "or" both }
    both       = one { "and" one }
    one        = "not" one | "(" expression ")" | fact | name [ sign number ]
    sign       = ">" | ">=" | "<" | "<="
    fact       = word ":" word            as group:3
    name       = the longest run of words that is a known name, or a quoted name

The longest known name goes before the words "and" and "or". "not" denies what follows, also where a
tag has that name: ``not rock`` is true where rock is not, and ``"not rock"`` is the tag.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from earmark.errors import ExpressionError
from earmark.near_name import near_name
from earmark.vocabulary.expressions import All, Any, Compared, Defined, Expression, Fact, Not, Said
from earmark.vocabulary.vocabulary import Vocabulary, official_vocabulary

TOKEN = re.compile(
    r"""\s*(?: "(?P<quoted>[^"]*)" | (?P<sign><=|>=|<|>) | (?P<bracket>[()])
    | (?P<word>[^\s()<>"]+) )""",
    re.VERBOSE,
)
NESTED = 50  # brackets and denials within each other; more is a mistake, or an attack
LONGEST = 10_000  # characters


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind (quoted, sign, bracket, word), text and place from 1."""

    kind: str
    text: str
    place: int


def parse_expression(
    text: str,
    vocabulary: Vocabulary | None = None,
    *,
    facts: Collection[str] = (),
    defined: Mapping[str, Expression] | None = None,
) -> Expression:
    """Read an expression over tags.

    Parameters
    ----------
    text : str, as ``(techno or house) and not vocals``
    vocabulary : Vocabulary or None
        The tags in the order of the scores it will be asked about; None for the official ones.
    facts : collection of str
        Words that may stand before a colon, as "group"; :func:`~earmark.vocabulary.evaluate` must
        be told the truth of each that occurs.
    defined : mapping of str -> Expression, or None
        Further names, as the genres of a map; they go before tags of the same name.

    Returns
    -------
    Expression

    Raises
    ------
    ExpressionError
        One sentence with the place of the mistake and, for an unknown name, the nearest known one.

    Examples
    --------
    >>> str(parse_expression("female vocal or opera and not rap > .6"))
    '"female vocal" or opera and not rap > 0.6'
    """
    return _Parser(text, vocabulary or official_vocabulary(), facts, defined or {}).whole()


class _Parser:
    """Recursive descent, one method a rule of the grammar."""

    def __init__(
        self,
        text: str,
        vocabulary: Vocabulary,
        facts: Collection[str],
        defined: Mapping[str, Expression],
    ) -> None:
        if len(text) > LONGEST:
            raise ExpressionError(f"the expression has {len(text)} characters, over {LONGEST}")
        self._text, self._vocabulary, self._facts = text, vocabulary, facts
        self._tags = {_key(name): name for name in vocabulary}
        self._defined = {_key(name): (name, meaning) for name, meaning in defined.items()}
        known = (*self._tags, *self._defined)
        self._most_words = max((name.count(" ") + 1 for name in known), default=1)
        self._tokens = list(self._split())
        self._at = self._depth = 0

    def whole(self) -> Expression:
        if not self._tokens:
            raise ExpressionError("the expression is empty; try: violin and not slow")
        expression = self._either()
        if (token := self._next()) is not None:
            if token.kind in ("word", "quoted"):
                why = f"{token.text!r} follows without an 'and' or 'or'"
            else:
                why = f"{token.text!r} has nothing to do there"
            self._fail(why, token)
        return expression

    def _split(self) -> Iterator[Token]:
        at = 0
        while self._text[at:].strip():
            found = TOKEN.match(self._text, at)
            if found is None:
                quote = Token("quoted", "", self._text.index('"', at) + 1)
                self._fail("a quotation mark is not closed", quote)
            kind = str(found.lastgroup)
            yield Token(kind, found[kind], found.start(kind) + 1)
            at = found.end()

    def _either(self) -> Expression:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _both(self) -> Expression:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Expression:
        token = self._next()
        if token is None:
            self._fail("it ends where a tag should follow", None)
        self._depth += 1
        if self._depth > NESTED:
            self._fail(f"brackets are nested more than {NESTED} deep", token)
        try:
            return self._operand(token)
        finally:
            self._depth -= 1

    def _operand(self, token: Token) -> Expression:
        if token.text == "(" and token.kind == "bracket":
            self._at += 1
            inside = self._either()
            if not self._take(")"):
                self._fail("this bracket is not closed", token)
            return inside
        key = self._name()
        if key is not None:
            return self._defined_or_tag(key)
        if self._take("not"):
            return Not(self._one())
        if token.kind == "word" and ":" in token.text:
            return self._fact(token)
        self._fail(self._unknown(token), token)

    def _name(self) -> str | None:
        """The longest known name that begins here, which is then behind us."""
        token = self._tokens[self._at]
        if token.kind == "quoted":
            if not self._known(_key(token.text)):
                self._fail(self._unknown(token), token)
            self._at += 1
            return _key(token.text)
        words = []
        for token in self._tokens[self._at : self._at + self._most_words]:
            if token.kind != "word":
                break
            words.append(token.text)
        for count in range(len(words), 0, -1):
            key = _key(" ".join(words[:count]))
            if self._known(key) and not self._denies(key):
                self._at += count
                return key
        return None

    def _denies(self, key: str) -> bool:
        """Whether a name says "not" of another, as the tag "not rock"."""
        word, _, rest = key.partition(" ")
        return word == "not" and self._known(rest)

    def _known(self, key: str) -> bool:
        return key in self._tags or key in self._defined

    def _defined_or_tag(self, key: str) -> Expression:
        sign = self._next()
        if sign is None or sign.kind != "sign":
            if key in self._defined:
                return Defined(*self._defined[key])
            name = self._tags[key]
            places = tuple(map(self._vocabulary.index, self._vocabulary.synonyms(name)))
            return Said(name, places)
        if key not in self._tags:
            self._fail(f"{self._defined[key][0]!r} is no tag and has no score to compare", sign)
        self._at += 1
        token = self._next()
        number = _number(token.text) if token is not None else None
        if number is None:
            self._fail(f"after {sign.text!r} a number from 0 to 1 should follow", token)
        self._at += 1
        name = self._tags[key]
        return Compared(name, self._vocabulary.index(name), sign.text, number)

    def _fact(self, token: Token) -> Expression:
        kind, _, value = token.text.partition(":")
        if kind.lower() not in self._facts or not value:
            known = ", ".join(f"{name}:..." for name in self._facts)
            hint = f"; what may have a colon here: {known}" if known else ""
            self._fail(f"{token.text!r} is not known{hint}", token)
        self._at += 1
        return Fact(f"{kind.lower()}:{value}")

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, text: str) -> bool:
        """Whether the next token is this word or bracket, which is then behind us."""
        token = self._next()
        found = token is not None and token.kind != "quoted" and token.text.lower() == text
        self._at += found
        return found

    def _unknown(self, token: Token) -> str:
        if token.kind in ("sign", "bracket") or token.text.lower() in ("and", "or"):
            return f"a tag should stand before {token.text!r}"
        names = [*self._tags, *self._defined]
        following = " ".join(
            t.text for t in self._tokens[self._at : self._at + 2] if t.kind in ("word", "quoted")
        )
        near = near_name(_key(token.text), names) or near_name(_key(following), names)
        hint = f"; the nearest is {self._shown(near)!r}" if near else ""
        return f"{token.text!r} is no tag{hint}"

    def _shown(self, key: str) -> str:
        return self._tags[key] if key in self._tags else self._defined[key][0]

    def _fail(self, why: str, token: Token | None) -> NoReturn:
        place = token.place if token is not None else len(self._text.rstrip()) + 1
        raise ExpressionError(f"in {self._text!r}, at character {place}: {why}")


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None
