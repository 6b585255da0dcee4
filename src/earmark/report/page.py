"""A report in, one HTML page out that needs nothing else: headline, pictures, songs, every tag.

Style and script are ``report.css`` and ``report.js`` beside this file, put into the page. All words
from outside (tags, file names, models) are escaped.
"""

import math
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from earmark.evaluation.measured import Summary
from earmark.messages import printable
from earmark.report.hardest import HardSong, PlacedTag
from earmark.report.pictures import Picture
from earmark.report.words import NOTHING, headline, method, title

# Nothing may be fetched: a page that is mailed or kept for years shows the same.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
COLUMNS = {
    "tag": "Tag",
    "category": "Category",
    "positives": "Songs with it",
    "negatives": "without",
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "f1": "F1",
    "captured": "Captured",
    "missed": "Missed",
}
BARS = ("roc_auc", "pr_auc")  # columns whose figures are bars too
TRUE_SHOWN = 12  # tags of a song


@dataclass(frozen=True)
class Report:
    """What a page is made of.

    Attributes
    ----------
    source : str, what the predictions file is called
    found : Summary, of :func:`earmark.evaluation.summary.summary`
    least : int, songs with and without it that a tag needs to count
    table : list of dict, a row a tag
    pictures : dict, name -> Picture
    songs : list of (HardSong, Picture), the ones most wrong
    metadata : dict, of the predictions
    artists : int, groups that the intervals draw from
    ungrouped : int, songs without a group
    protocols : dict, of :func:`earmark.evaluation.protocols.protocols`; empty if not asked for
    """

    source: str
    found: Summary
    least: int
    table: list[dict[str, str | int | float]]
    pictures: dict[str, Picture]
    songs: list[tuple[HardSong, Picture]]
    metadata: dict[str, str]
    artists: int
    ungrouped: int
    protocols: dict[str, dict[str, dict[str, Any]]]


def page(report: Report) -> str:
    """The whole page."""
    found, pictures = report.found, report.pictures
    k = found.top_k.k
    heading = text(title(found))
    sections = (
        ("headline", "In short", _headline(report)),
        ("protocols", "MagnaTagATune's protocols", _protocols(report.protocols)),
        ("curves", "Curves", figures(pictures, "success", "curves")),
        ("categories", "By category", figures(pictures, "categories")),
        (
            "captured",
            "What it catches",
            f"<p>A tag is captured where it is among the {k} highest scores of a song that has it."
            f"</p>{figures(pictures, 'captured', 'common')}",
        ),
        (
            "reliability",
            "Whether scores mean what they say",
            "<p>Of all scores near .3, three tags in ten should be there: the closer to the"
            f" dashed line, the better.</p>{figures(pictures, 'reliability')}",
        ),
        ("confusion", "What it hears instead", figures(pictures, "confusion")),
        ("songs", "The songs it gets most wrong", _songs(report.songs)),
        ("tags", "Every tag", _table(report.table)),
        ("method", "How it was measured", _method(report)),
    )
    shown = [section for section in sections if section[2]]
    links = "".join(f'<a href="#{name}">{words}</a>' for name, words, _ in shown)
    body = "".join(
        f'<section id="{name}"><h2>{words}</h2>{content}</section>'
        for name, words, content in shown
    )
    style, script = (_beside(f"report.{suffix}") for suffix in ("css", "js"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{heading}</title><style>{style}</style></head><body>"
        f"<header><p>Earmark · evaluation</p><h1>{heading}</h1><nav>{links}</nav></header>"
        f"<main>{body}</main><script>{script}</script></body></html>\n"
    )


def text(words: object) -> str:
    """Words as HTML shows them."""
    return escape(printable(str(words)))


def figures(pictures: dict[str, Picture], *names: str) -> str:
    """Pictures one below the other."""
    return "".join(figure(pictures[name]) for name in names)


def figure(shown: Picture) -> str:
    """A picture, or the sentence in its place."""
    if not shown.source:
        return f'<p class="none">No picture: {text(shown.words)}.</p>'
    # Narrow screens scroll wide pictures, whose letters would be too small to read.
    wide = ' class="wide"' if shown.width > 600 else ""
    size = f'width="{shown.width}" height="{shown.height}"'
    image = f'<img src="{shown.source}" alt="{text(shown.words)}" {size}>'
    return f'<figure tabindex="0"{wide}>{image}</figure>'


def _headline(report: Report) -> str:
    cards = "".join(
        f"<div><dt>{text(card.name)}</dt><dd><b>{text(card.value)}</b>"
        f"<i>{text(card.interval)}</i><span>{text(card.meaning)}</span></dd></div>"
        for card in headline(report.found)
    )
    return f'<dl class="cards">{cards}</dl>'


def _protocols(protocols: dict[str, dict[str, dict[str, Any]]]) -> str:
    rows = ""
    for protocol, sets in protocols.items():
        for name, row in sets.items():
            cells = [f"<th>{text(protocol)}</th><td>{text(name)}</td>"]
            cells += [f"<td>{row[key]:,}</td>" for key in ("songs", "tags")]
            for metric in BARS:
                low, high = row[f"{metric}_ci"]
                cells.append(f"<td>{row[metric]:.3f} ({low:.3f} to {high:.3f})</td>")
            rows += f"<tr>{''.join(cells)}</tr>"
    if not rows:
        return ""
    names = ("Protocol", "Tags", "Songs", "that count", "ROC-AUC", "PR-AUC")
    head = "".join(f"<th>{name}</th>" for name in names)
    return (
        "<p>A measures every clip of the split that can be decoded, B only those of full length"
        " with one of the top 50 tags. Where synonyms are merged, a group of words is there if a"
        " listener gave any of them, and its score is the highest of theirs. The rest of this page"
        " is over all songs of the predictions.</p>"
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _songs(songs: list[tuple[HardSong, Picture]]) -> str:
    if not songs:
        return '<p class="none">No song has both tags that are there and tags that are absent.</p>'
    words = (
        "<p>Those whose true tags rank lowest (average precision of a song's tags). A place counts"
        " from the song's highest score.</p>"
    )
    return words + "".join(_song(song, shown) for song, shown in songs)


def _song(song: HardSong, shown: Picture) -> str:
    name = Path(song.file).name
    by = f" · {text(song.group)}" if song.group else ""
    more = len(song.true) - TRUE_SHOWN
    others = f"<li>and {more} more</li>" if more > 0 else ""
    true = "".join(_heard(tag) for tag in song.true[:TRUE_SHOWN]) + others
    wrong = (
        "".join(_heard(tag) for tag in song.wrong) or "<li>nothing that is known to be wrong</li>"
    )
    return (
        f"<article><h3>{text(name)}</h3><p>average precision {song.precision:.2f}{by}</p>"
        f'<div class="heard"><p>Has</p><ul class="true">{true}</ul>'
        f'<p>Heard, wrongly</p><ul class="wrong">{wrong}</ul></div>{figure(shown)}</article>'
    )


def _heard(tag: PlacedTag) -> str:
    return f"<li><b>{text(tag.tag)}</b> {tag.score:.2f} <small>place {tag.place}</small></li>"


def _table(rows: list[dict[str, str | int | float]]) -> str:
    head = "".join(
        f'<th scope="col"{_order(key)}><button type="button">{name}</button></th>'
        for key, name in COLUMNS.items()
    )
    body = "".join(
        f"<tr{'' if row['counts'] == 'yes' else ' class=few'}>"
        f"{''.join(_cell(key, row[key]) for key in COLUMNS)}</tr>"
        for row in rows
    )
    return (
        "<p>The head of a column sorts by it. Tags in grey have too few songs to count.</p>"
        f'<div class="scroll" tabindex="0"><table id="every"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _order(key: str) -> str:
    return ' aria-sort="descending"' if key == "roc_auc" else ""


def _cell(key: str, value: str | int | float) -> str:
    if key == "tag":
        return f'<th scope="row" data-v="{text(value)}">{text(value)}</th>'
    if isinstance(value, float) and not math.isnan(value):
        bar = f' class="bar" style="--v:{value:.3f}"' if key in BARS else ""
        return f'<td data-v="{value:.6f}"{bar}>{value:.3f}</td>'
    shown = f"{value:,}" if isinstance(value, int) else text(value)
    kind = "" if isinstance(value, int) or not value else ' class="word"'
    return f'<td data-v="{text(value)}"{kind}>{shown or NOTHING}</td>'


def _method(report: Report) -> str:
    parts = method(
        report.found,
        report.source,
        report.metadata,
        least=report.least,
        artists=report.artists,
        ungrouped=report.ungrouped,
    )
    items = "".join(f"<dt>{text(name)}</dt><dd>{text(words)}</dd>" for name, words in parts)
    return (
        f'<dl class="method">{items}</dl><p>The same figures for programs: '
        '<a href="results.json">results.json</a>, <a href="per_tag.csv">per_tag.csv</a>.</p>'
    )


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
