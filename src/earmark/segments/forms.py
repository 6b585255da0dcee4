"""Lists of passages as other programs read them.

==========  ======================================================================================
labels      Audacity: start, end and text with tabs between
srt, vtt    subtitles (SubRip, WebVTT) that say the expression while it holds
edl         MPlayer, mpv, Kodi: start, end and 0 (skip) a line
json, csv   file, start, end, tag, score; of many files at once
chapters    FFMETADATA chapters (``ffmpeg -i song.mp3 -i chapters.txt -map_chapters 1 ...``); what
            lies between the passages is a chapter named "-"
==========  ======================================================================================
"""

import json
from collections.abc import Sequence

from earmark.csv_line import csv_line
from earmark.segments.find import Found
from earmark.wording import clock

SUFFIXES = {
    "labels": ".txt",
    "srt": ".srt",
    "vtt": ".vtt",
    "edl": ".edl",
    "json": ".json",
    "csv": ".csv",
    "chapters": ".ffmeta",
}
MANY = ("json", "csv")  # forms that name the file, so that several fit in one
DIGITS = 3


def written(form: str, found: Sequence[Found]) -> str:
    """Passages in one of :data:`SUFFIXES`' forms; of several files only in one of :data:`MANY`."""
    if form == "json":
        return json.dumps([_record(one) for one in found], ensure_ascii=False, indent=1) + "\n"
    if form == "csv":
        return _csv(found)
    (one,) = found
    return {"labels": _labels, "srt": _srt, "vtt": _vtt, "edl": _edl, "chapters": _chapters}[form](
        one
    )


def _record(found: Found) -> dict:
    rows = [
        {
            "start": round(event.start, DIGITS),
            "end": round(event.end, DIGITS),
            "tag": event.tag,
            "score": round(event.score, DIGITS),
        }
        for event in found.events
    ]
    return {"file": found.file, "segments": rows}


def _csv(found: Sequence[Found]) -> str:
    lines = [csv_line(["file", "start", "end", "tag", "score"])]
    for one in found:
        for event in one.events:
            times = (f"{event.start:.3f}", f"{event.end:.3f}")
            lines.append(csv_line([one.file, *times, event.tag, f"{event.score:.3f}"]))
    return "".join(lines)


def _labels(found: Found) -> str:
    return "".join(f"{e.start:.6f}\t{e.end:.6f}\t{_line(e.tag)}\n" for e in found.events)


def _srt(found: Found) -> str:
    blocks = (
        f"{number}\n{_clock(event.start, ',')} --> {_clock(event.end, ',')}\n{_line(event.tag)}\n\n"
        for number, event in enumerate(found.events, 1)
    )
    return "".join(blocks)


def _vtt(found: Found) -> str:
    blocks = (
        f"{_clock(event.start, '.')} --> {_clock(event.end, '.')}\n{_html(event.tag)}\n\n"
        for event in found.events
    )
    return "WEBVTT\n\n" + "".join(blocks)


def _edl(found: Found) -> str:
    return "".join(f"{event.start:.3f}\t{event.end:.3f}\t0\n" for event in found.events)


def _chapters(found: Found) -> str:
    out, at = [";FFMETADATA1\n"], found.start
    for event in found.events:
        if event.start > at:
            out.append(_chapter(at, event.start, "-"))
        out.append(_chapter(event.start, event.end, event.tag))
        at = event.end
    if found.end > at:
        out.append(_chapter(at, found.end, "-"))
    return "".join(out)


def _chapter(start: float, end: float, title: str) -> str:
    title = "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in title)
    times = f"START={round(start * 1000)}\nEND={round(end * 1000)}\n"
    return f"[CHAPTER]\nTIMEBASE=1/1000\n{times}title={title}\n"


def _clock(seconds: float, point: str) -> str:
    whole = round(max(seconds, 0.0) * 1000)
    return (
        f"{whole // 3600000:02d}:{whole // 60000 % 60:02d}:{whole // 1000 % 60:02d}"
        f"{point}{whole % 1000:03d}"
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _html(text: str) -> str:
    return _line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(found: Found) -> str:
    """Passages for people, a line each."""
    lines = [f"{found.file}\n"]
    for e in found.events:
        lines.append(f"  {clock(e.start):>9} - {clock(e.end):>9}  {e.score:4.2f}  {e.tag}\n")
    if not found.events:
        lines.append("  nothing\n")
    return "".join(lines)
