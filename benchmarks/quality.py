"""What the cards say of the shipped models' quality, as Markdown tables beside musicnn.

Run ``python benchmarks/quality.py``. Nothing is measured here: the numbers are those that
``workshop.export`` measured and wrote into each card.
"""

from earmark.zoo import find_model, model_names


def with_interval(measured: dict, name: str) -> str:
    """A figure and its 95 % interval."""
    low, high = measured[f"{name}_ci"]
    return f"{measured[name]:.3f} ({low:.3f} to {high:.3f})"


def row(*cells: object) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def print_table(head: tuple[str, ...], rows: list[tuple]) -> None:
    """Print a Markdown table and an empty line."""
    print("\n".join([row(*head), row(*["---"] * len(head)), *(row(*cells) for cells in rows), ""]))


def songs_table(cards: dict[str, dict]) -> list[tuple]:
    """Songs with listeners' tags, over the top 50 and over all 188."""
    rows = []
    for scope, title in (("top50", "top 50"), ("all188", "all 188")):
        found = {name: measured[scope] for name, measured in cards.items()}
        if scope == "top50":
            found["musicnn"] = cards["default"]["musicnn_top50"]
        for name, measured in found.items():
            figures = (with_interval(measured, figure) for figure in ("roc_auc", "pr_auc"))
            rows.append((name, f"{measured['tags']} of the {title}", measured["songs"], *figures))
    return rows


def tag_table(cards: dict[str, dict]) -> list[tuple]:
    """Each of the top 50 tags that can be measured, default's best first."""
    found = {name: {one["tag"]: one for one in m["per_tag"]} for name, m in cards.items()}
    rows = []
    for tag, own in sorted(found["default"].items(), key=lambda item: -item[1]["roc_auc"]):
        cells = [f"{m[tag]['roc_auc']:.2f} / {m[tag]['pr_auc']:.2f}" for m in found.values()]
        cells.append(f"{own['musicnn_roc_auc']:.2f} / {own['musicnn_pr_auc']:.2f}")
        rows.append((tag, own["positives"], *cells))
    return rows


def main() -> None:
    """Print the tables."""
    cards = {name: find_model(name).details["measured"] for name in model_names()}
    print_table(("model", "tags counted", "songs", "ROC-AUC", "PR-AUC"), songs_table(cards))
    recordings = {name: measured["recordings"] for name, measured in cards.items()}
    print_table(
        ("model", "other recordings", "tags counted", "mean ROC-AUC", "tags over .85"),
        [
            (name, m["sounds"], m["tags"], f"{m['roc_auc']:.3f}", f"{m['share_over_85']:.0%}")
            for name, m in recordings.items()
        ],
    )
    figures = ("error_before", "error", "shown_per_song", "precision", "recall", "f1")
    print_table(
        ("model", "calibration error before", "after", "tags shown", "precision", "recall", "F1"),
        [(name, *(f"{m['calibration'][key]:.3f}" for key in figures)) for name, m in cards.items()],
    )
    heads = [f"{name} ROC / PR" for name in (*cards, "musicnn")]
    print_table(("tag", "songs with it", *heads), tag_table(cards))


if __name__ == "__main__":
    main()
