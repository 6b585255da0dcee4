"""Vorbis comments, in whatever file they lie: our fields, and every other comment as its bytes.

The mood is MOOD, the genre GENRE, each repeated for several values; the comment is COMMENT, or
DESCRIPTION where a file has only that.
"""

from typing import Any

from earmark.errors import WritingError
from earmark.writing.containers.tags import digest_of

NAMES = {"genre": "GENRE", "mood": "MOOD", "earmark": "EARMARK"}


def field_values(tags: Any) -> dict[str, list[str]]:
    """What stands in our fields; `tags` is mutagen's, or None."""
    if tags is None:
        return {"genre": [], "mood": [], "comment": [], "earmark": []}
    names = {**NAMES, "comment": _comment_name([key.upper() for key, _ in tags])}
    return {name: [text for text in tags.get(key, []) if text] for name, key in names.items()}


def set_fields(tags: Any, values: dict[str, list[str]]) -> None:
    """Put values into our fields; an empty list takes a field away."""
    names = {**NAMES, "comment": _comment_name([key.upper() for key, _ in tags])}
    for name, those in values.items():
        key = names[name]
        if key in tags:
            del tags[key]
        if those:
            tags[key] = list(those)


def foreign_comments(block: bytes, path: object) -> dict[str, bytes]:
    """Digests of the vendor's name and of all comments that are not ours, in their order.

    Parameters
    ----------
    block : bytes, vendor and comments as they stand in the file
    path : for sentences

    Raises
    ------
    WritingError
        A comment has no name, or is not UTF-8, and would not survive.
    """
    vendor, at = _counted(block, 0)
    count = int.from_bytes(block[at : at + 4], "little")
    at += 4
    comments = []
    for _ in range(count):
        comment, at = _counted(block, at)
        comments.append(comment)
    names = [comment.partition(b"=")[0].upper().decode("latin-1") for comment in comments]
    ours = {*NAMES.values(), _comment_name(names)}
    for comment in comments:
        if b"=" not in comment:
            raise WritingError(f"{path}: one of its comments has no name ({_shown(comment)})")
        try:
            comment.decode("utf-8")
        except UnicodeDecodeError:
            raise WritingError(
                f"{path}: one of its comments is not UTF-8 ({_shown(comment)})"
            ) from None
    kept = [comment for comment, name in zip(comments, names, strict=True) if name not in ours]
    found = {"the vendor's name": digest_of(vendor)}
    for i, comment in enumerate(kept):
        found[f"comment {i}, {_shown(comment.partition(b'=')[0])}"] = digest_of(comment)
    found["what follows the comments"] = digest_of(block[at:].rstrip(b"\0"))
    return found


def _comment_name(names: list[str]) -> str:
    only = "DESCRIPTION" in names and "COMMENT" not in names
    return "DESCRIPTION" if only else "COMMENT"


def _counted(block: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(block[at : at + 4], "little")
    end = at + 4 + length
    if end > len(block):
        raise ValueError("a comment is longer than the part it stands in")
    return block[at + 4 : end], end


def _shown(text: bytes) -> str:
    return ascii(text[:30].decode("latin-1"))
