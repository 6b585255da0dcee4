"""Write docs/comparison.md from the trainings' records and the rows' costs.

Run ``python -m workshop.comparison.page``. Every number of the page comes from ``records.jsonl``,
``costs.json`` and ``rows.py``.
"""

import argparse
import re
import sys
from pathlib import Path
from textwrap import fill

from earmark.vocabulary import official_vocabulary
from workshop.comparison.added import change, feature_tables
from workshop.comparison.records import read_costs, read_records
from workshop.comparison.rows import FEATURE_CLIPS, NETWORK_MINUTES, SEEDS, SWEEP_MINUTES, all_rows
from workshop.comparison.spread import spread, with_interval

WIDTH = 105  # of the page
PAGE = Path(__file__).parents[2] / "docs" / "comparison.md"


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def quality(records: list[dict]) -> list[str]:
    """The cells that all tables share."""
    return [
        with_interval(records, "top50", "roc_auc"),
        with_interval(records, "top50", "pr_auc"),
        spread([record["all188"]["roc_auc"] for record in records]),
        spread([record["all188"]["pr_auc"] for record in records]),
        spread([record["voices"]["roc_auc"] for record in records]),
        spread([record["recordings"]["roc_auc"] for record in records]),
        spread([record["agreement"] for record in records]),
    ]


def quality_columns(record: dict) -> list[str]:
    """Their headings, with how many tags count."""
    return [
        f"top 50 ({record['top50']['tags']} tags): ROC-AUC",
        "PR-AUC",
        f"all 188 ({record['all188']['tags']}): ROC-AUC",
        "PR-AUC",
        f"voices ({record['voices']['tags']}): ROC-AUC",
        f"other recordings ({record['recordings']['tags']}): ROC-AUC",
        "agreement",
    ]


def networks(records: list[dict], costs: dict) -> str:
    """The table of networks, most agreement with the teachers first."""
    lines = []
    for name, some in grouped(records, "networks").items():
        cost = costs[f"networks/{name}"]
        seconds = some[0]["frames"] * some[0]["front_end"]["hop_length"]
        seconds /= some[0]["front_end"]["sample_rate"]
        minutes = sum(record["minutes"] for record in some) / len(some)
        line = [
            name,
            f"{seconds:.1f} s",
            f"{cost['parameters'] / 1e6:.2f} M",
            f"{cost['mflops']:.1f}",
            f"{cost['network_speed']:,}",
            f"{some[0]['clips']:,}",
            f"{minutes:.1f}",
            str(len(some)),
            *quality(some),
        ]
        lines.append((-sum(record["agreement"] for record in some) / len(some), line))
    columns = ["network", "clip", "parameters", "MFLOP a s of sound", "x real time"]
    columns += ["clips learned", "core minutes", "seeds", *quality_columns(records[0])]
    return table(columns, [line for _, line in sorted(lines)])


def plain(records: list[dict], costs: dict, kind: str) -> str:
    """The table of features or of the sweep, in the order of its rows."""
    lines = []
    for name, some in grouped(records, kind).items():
        cost = costs[f"{kind}/{name}"]
        both = 1 / (1 / cost["front_end_speed"] + 1 / cost["network_speed"])
        lines.append(
            [
                name,
                f"{cost['mflops']:.1f}",
                f"{both:,.0f}",
                f"{some[0]['clips']:,}",
                *quality(some),
            ]
        )
    columns = ["row", "MFLOP a s of sound", "x real time, front end and network"]
    return table([*columns, "clips learned", *quality_columns(records[0])], lines)


def voices(records: list[dict]) -> tuple[str, str]:
    """voicenet less small over the tags of voices, and tag by tag as a table."""
    rows = grouped(records, "networks")
    tags = official_vocabulary().tags
    lines = []
    for i, tag in enumerate(tags):
        areas = [
            [record["per_tag"]["songs"][i] for record in rows[name]]
            for name in ("voicenet", "small")
        ]
        if tag.category == "voice" and areas[0][0] is not None:
            paired = [a - b for a, b in zip(*areas, strict=False)]
            lines.append([tag.name, *map(spread, areas), spread(paired, "+")])
    own = [[record["voices"]["roc_auc"] for record in rows[name]] for name in ("voicenet", "small")]
    paired = [a - b for a, b in zip(*own, strict=False)]
    lines.append(["**mean**", *map(spread, own), spread(paired, "+")])
    return lines[-1][-1], table(["tag", "voicenet", "small", "difference, seed by seed"], lines)


def grouped(records: list[dict], kind: str) -> dict[str, list[dict]]:
    """A table's records by row, in the order of rows, seeds rising; rows without any left out."""
    names = [row.name for row in all_rows() if row.table == kind]
    own = sorted((one for one in records if one["table"] == kind), key=lambda one: one["seed"])
    found = {name: [record for record in own if record["name"] == name] for name in names}
    return {name: some for name, some in found.items() if some}


def page(records: list[dict], costs: dict) -> str:
    """The whole page."""
    template = Path(__file__).with_name("page.md").read_text(encoding="utf-8")
    parts = {
        "network_minutes": f"{NETWORK_MINUTES:g}",
        "sweep_minutes": f"{SWEEP_MINUTES:g}",
        "feature_clips": f"{FEATURE_CLIPS:,}",
        "seeds": str(SEEDS),
        "networks": networks(records, costs),
        **dict(zip(("voices_changed", "voices"), voices(records), strict=True)),
        "features": plain(records, costs, "features"),
        "sweep": plain(records, costs, "sweep"),
        **feature_tables(grouped(records, "features"), table),
    }
    for name, text in parts.items():
        template = template.replace(f"<{name}>", text)
    text = re.sub(r"<([^<>|]+)\|([^<>|]+)>", lambda found: said(records, *found.groups()), template)
    return "\n\n".join(wrapped(part) for part in text.split("\n\n"))


def wrapped(part: str) -> str:
    """A paragraph in lines of the docs' width; headings, lists and tables as they are."""
    return (
        part
        if part[0] in "#*|"
        else fill(part, WIDTH, break_on_hyphens=False) + "\n" * part.endswith("\n")
    )


def said(records: list[dict], row: str, what: str) -> str:
    """A number in a sentence: ``<table/row|measure>``, or ``<row|tag>`` of the features."""
    if "/" not in row:
        return change(grouped(records, "features"), row, what)
    kind, _, name = row.partition("/")
    some = grouped(records, kind)[name]
    if what == "agreement":
        return spread([record["agreement"] for record in some])
    return spread([record[what]["roc_auc"] for record in some])


def main() -> None:
    """Write the page, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; 1 if it differs")
    text = page(read_records(), read_costs())
    if parser.parse_args().check:
        sys.exit(f"{PAGE} is not what its records say" if PAGE.read_text("utf-8") != text else 0)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
