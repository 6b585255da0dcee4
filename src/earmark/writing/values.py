"""From what was heard to what is to stand in each field, and from that and what stands there to
what will.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from earmark.vocabulary import Vocabulary
from earmark.writing.containers import FIELDS, Tags

CATEGORY = {"genre": "genre", "mood": "mood"}  # of tags that a field takes
MARK, END = "[EARMARK: ", "]"  # around what is ours in a comment
RECORDED = ("genre", "mood")  # fields whose own values our field names, as in "genre=rock"


class Mode(Enum):
    """What happens to a field that a person filled."""

    keep = "keep"
    add = "add"
    replace = "replace"


def wanted_values(
    shown: Mapping[str, float],
    vocabulary: Vocabulary,
    *,
    words: Sequence[str] | None = None,
    moods: Sequence[str] | None = None,
    limit: int | None = None,
) -> dict[str, list[str]]:
    """What was heard, as values of fields.

    Parameters
    ----------
    shown : mapping of tag -> score, the tags to show, best first
    vocabulary : Vocabulary, that the tags are of
    words : sequence of str or None
        The genres that a map makes of the scores; None for the tags that are genres.
    moods : sequence of str or None, the same of moods
    limit : int or None, how many genres at most

    Returns
    -------
    dict of field -> list of str
    """
    of = {tag.name: tag.category for tag in vocabulary.tags}
    values = {
        name: [tag for tag in shown if of[tag] == category] for name, category in CATEGORY.items()
    }
    if words is not None:
        values["genre"] = list(words)
    if moods is not None:
        values["mood"] = list(moods)
    values["genre"] = values["genre"][:limit]
    values["comment"] = [f"{MARK}{', '.join(shown)}{END}"] if shown else []
    values["earmark"] = [f"{tag} {score:.2f}" for tag, score in shown.items()]
    return values


def merged_values(
    now: Tags, wanted: Mapping[str, list[str]], fields: Iterable[str], mode: Mode
) -> dict[str, list[str]]:
    """What will stand in the fields that change.

    What is ours (our own field and what it names, our piece of a comment) gives way to what is
    newly heard; what a person wrote is kept, added to or replaced.

    Parameters
    ----------
    now : Tags, of the file
    wanted : mapping of field -> list of str
    fields : iterable of str, of ``FIELDS``
    mode : Mode

    Returns
    -------
    dict of field -> list of str, as they would be read again
    """
    fields = set(fields)
    wanted = {name: now.fitting(name, values) for name, values in wanted.items()}
    ours = _recorded(now.values["earmark"])
    then: dict[str, list[str]] = {}
    for name in FIELDS:
        if name not in fields or name == "earmark" or not wanted[name]:
            continue
        if name == "comment":
            then[name] = _comment(now.values[name], wanted[name][0], mode)
        else:
            then[name] = _merged(now.values[name], ours.get(name, []), wanted[name], mode)
    if "earmark" in fields and wanted["earmark"]:
        then["earmark"] = list(wanted["earmark"])
        for name in RECORDED:
            persons = [value for value in now.values[name] if value not in ours.get(name, [])]
            for value in then.get(name, now.values[name]):
                if (mode is Mode.replace and name in then) or value not in persons:
                    then["earmark"].append(f"{name}={value}")
    fitted = {name: now.fitting(name, values) for name, values in then.items()}
    return {name: values for name, values in fitted.items() if values != now.values[name]}


def _merged(now: list[str], ours: list[str], wanted: list[str], mode: Mode) -> list[str]:
    persons = [value for value in now if value not in ours]
    if mode is Mode.replace or not persons:
        return list(wanted)
    if mode is Mode.keep:
        return now
    known = {value.casefold() for value in persons}
    return persons + [value for value in wanted if value.casefold() not in known]


def _comment(now: list[str], ours: str, mode: Mode) -> list[str]:
    if not now or mode is Mode.replace:
        return [ours]
    text = now[0]
    start = text.find(MARK)
    end = text.find(END, start)
    if start >= 0 and end >= 0:
        return [text[:start] + ours + text[end + len(END) :], *now[1:]]
    return [f"{text} {ours}", *now[1:]] if mode is Mode.add else now


def _recorded(earmark: list[str]) -> dict[str, list[str]]:
    """The values of other fields that our own field names as ours."""
    found: dict[str, list[str]] = {}
    for value in earmark:
        name, sign, text = value.partition("=")
        if sign and name in RECORDED:
            found.setdefault(name, []).append(text)
    return found
