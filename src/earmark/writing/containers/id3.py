"""ID3 frames, in whatever file they lie: our fields, and a fingerprint of every other frame.

A tag of version 2.3 stays 2.3, one of 2.4 stays 2.4; 2.2, which nobody writes any more, becomes
2.3; where there is none, 2.4 is made. Frames are read without translation, so that a date or a list
of people stays in the frame it is in. In 2.4 the mood stands in TMOO and in TXXX:MOOD, in 2.3,
which has no TMOO, in TXXX:MOOD.
"""

import re
from collections import Counter
from typing import Any

from mutagen.id3 import COMM, ID3, TCON, TMOO, TXXX

from earmark.errors import WritingError
from earmark.writing.containers.tags import SEPARATOR, digest_of

OURS = {"MOOD": "mood", "EARMARK": "earmark"}  # descriptions of TXXX
UTF16, UTF8 = 1, 3
NUMBERED = re.compile(r"\(?\d+\)?|\((\d+|RX|CR)\).*")  # genres as ID3v1 counts them
STATUS_23, STATUS_24 = 0xE000, 0x7000  # what to do with a frame when others change
GROUPED_23, GROUPED_24 = 0x20, 0x40


def version_kept(tags: ID3) -> int:
    """The version that a tag has, and is written in: 3 or 4."""
    return 3 if tags.version[:2] in ((2, 2), (2, 3)) else 4


def form_of(tags: ID3 | None) -> str:
    """Name of the version that is written."""
    return f"ID3v2.{version_kept(tags) if tags is not None else 4}"


def joined_fields(tags: ID3 | None) -> frozenset[str]:
    """Fields of which there is one text."""
    old = tags is not None and version_kept(tags) == 3
    return frozenset({"comment", "genre", "mood", "earmark"} if old else {"comment"})


def field_values(tags: ID3 | None) -> dict[str, list[str]]:
    """What stands in our fields."""
    values: dict[str, list[str]] = {"genre": [], "mood": [], "comment": [], "earmark": []}
    if tags is None:
        return values
    for frame in tags.getall("TCON"):
        numbered = any(NUMBERED.fullmatch(str(text)) for text in frame.text)
        values["genre"] += _split(frame.genres if numbered else frame.text, tags)
    for frame in _texts(tags):
        values[OURS[frame.desc.upper()]] += _split(frame.text, tags)
    if moods := [text for frame in tags.getall("TMOO") for text in frame.text]:
        values["mood"] = _split(moods, tags)
    if comment := _comment(tags):
        values["comment"] = [SEPARATOR.join(map(str, comment.text))]
    return {name: [value for value in those if value] for name, those in values.items()}


def foreign_frames(tags: ID3 | None) -> dict[str, bytes]:
    """A digest of every frame that is not ours."""
    if tags is None:
        return {}
    found: dict[str, bytes] = {}
    comment = _comment(tags)
    for key, frame in tags.items():
        if frame.FrameID not in ("TCON", "TMOO") and frame is not comment and not _is_ours(frame):
            # UTF-8 is not allowed in 2.3, where the same text is written as UTF-16.
            found[f"the frame {key}"] = digest_of(repr(_content(frame)).encode("utf-8", "replace"))
    for raw in tags.unknown_frames:
        found[f"the unknown frame {raw[:4].decode('latin-1')}"] = digest_of(raw)
    return found


def frames_counted(tag: bytes, tags: ID3) -> dict[str, bytes]:
    """How often each foreign frame stands in the bytes of a tag, and with which flags.

    What is there twice though it may be once, or is not parsed, would be lost without a sign.
    """
    if tags.version[:2] not in ((2, 3), (2, 4)):
        return {}
    found: Counter[tuple[str, int]] = Counter()
    for name, flags in _frames(tag, tags.version[1]):
        if name not in ("TCON", "TMOO"):
            found[name, flags] += 1
    for name, ours in (("TXXX", len(_texts(tags))), ("COMM", int(_comment(tags) is not None))):
        place = max((key for key in found if key[0] == name), default=(name, 0), key=found.get)
        found[place] -= ours
    return {
        f"the number or the flags of {name} frames": f"{name} {flags} {count}".encode()
        for (name, flags), count in sorted(found.items())
        if count
    }


def set_fields(tags: ID3, values: dict[str, list[str]]) -> None:
    """Put values into our fields; an empty list takes a field away."""
    old = version_kept(tags) == 3

    def fitted(those: list[str]) -> dict[str, Any]:
        text = [SEPARATOR.join(those)] if old else those
        return {"encoding": UTF16 if old else UTF8, "text": text}

    for name, those in values.items():
        if name == "comment":
            _set_comment(tags, those, UTF16 if old else UTF8)
        elif name == "genre":
            tags.delall("TCON")
            if those:
                tags.add(TCON(**fitted(those)))
        else:
            for frame in [frame for frame in _texts(tags) if OURS[frame.desc.upper()] == name]:
                del tags[frame.HashKey]
            if name == "mood":
                tags.delall("TMOO")
                if those and not old:
                    tags.add(TMOO(**fitted(those)))
            if those:
                tags.add(TXXX(desc=name.upper(), **fitted(those)))


def refuse_lost(path: Any, tags: ID3) -> None:
    """Refuse a tag of which something cannot be written again."""
    if tags.version[0] == 2 and getattr(tags._header, "f_footer", False):
        raise WritingError(f"{path}: ID3v2.4 with a footer, which is not written into")
    if tags.version[:2] == (2, 2) and tags.unknown_frames:
        raise WritingError(f"{path}: ID3v2.2 with the unknown frame {tags.unknown_frames[0][:3]!r}")


def _set_comment(tags: ID3, those: list[str], encoding: int) -> None:
    frame = _comment(tags)
    if frame is not None:
        del tags[frame.HashKey]
    if those:
        lang = frame.lang if frame is not None else "eng"
        tags.add(COMM(encoding=encoding, lang=lang, desc="", text=[SEPARATOR.join(those)]))


def _comment(tags: ID3) -> Any:
    """The comment that players show: the one without a description."""
    plain = [frame for frame in tags.getall("COMM") if not frame.desc]
    return next((frame for frame in plain if frame.lang == "eng"), plain[0] if plain else None)


def _texts(tags: ID3) -> list[Any]:
    return [frame for frame in tags.getall("TXXX") if _is_ours(frame)]


def _is_ours(frame: Any) -> bool:
    return frame.FrameID == "TXXX" and frame.desc.upper() in OURS


def _split(texts: list[Any], tags: ID3) -> list[str]:
    texts = [str(text) for text in texts]
    if version_kept(tags) == 3:
        return [part for text in texts for part in text.split(SEPARATOR)]
    return texts


def _content(frame: Any) -> list[Any]:
    """A frame as plain values, apart from the encoding of its texts."""
    content: list[Any] = [frame.FrameID]
    for spec in (*frame._framespec, *frame._optionalspec):
        value = getattr(frame, spec.name, None)
        if spec.name == "encoding":
            continue
        if spec.name == "sub_frames":
            value = sorted(repr(_content(inner)) for inner in value.values())
        elif isinstance(value, bytes):
            value = digest_of(value)
        content.append((spec.name, value))
    return content


def _frames(tag: bytes, version: int) -> list[tuple[str, int]]:
    """Name and flags of each frame in the bytes of a tag with its header."""
    body = tag[10:]
    if tag[5] & 0x80 and version == 3:
        body = body.replace(b"\xff\x00", b"\xff")
    if tag[5] & 0x40:
        body = body[_extended(body, version) :]
    wide = _sizes_are_plain(body) if version == 4 else True
    status = STATUS_23 | GROUPED_23 if version == 3 else STATUS_24 | GROUPED_24
    found, at = [], 0
    while at + 10 <= len(body) and body[at]:
        size = _size(body[at + 4 : at + 8], wide)
        flags = int.from_bytes(body[at + 8 : at + 10], "big")
        if size:
            found.append((body[at : at + 4].decode("latin-1"), flags & status))
        at += 10 + size
    return found


def _extended(body: bytes, version: int) -> int:
    """Length of the extended header."""
    return 4 + _size(body[:4], True) if version == 3 else _size(body[:4], False)


def _sizes_are_plain(body: bytes) -> bool:
    """Whether a 2.4 tag counts sizes as 2.3 does, as old iTunes did, so that only those fit."""

    def fits(wide: bool) -> bool:
        at = 0
        while at + 10 <= len(body) and body[at]:
            if not re.fullmatch(rb"[A-Z][A-Z0-9]{2,3}[\0 ]?", body[at : at + 4]):
                return False
            at += 10 + _size(body[at + 4 : at + 8], wide)
        return at <= len(body)

    return not fits(False) and fits(True)


def _size(number: bytes, plain: bool) -> int:
    if plain:
        return int.from_bytes(number, "big")
    return number[0] << 21 | number[1] << 14 | number[2] << 7 | number[3]
