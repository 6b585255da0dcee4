"""What the cards say of the shipped models' quality, as Markdown tables beside musicnn.

Run ``python benchmarks/quality.py``. Nothing is measured here: the numbers are those that
``earmark.training.export`` measured and wrote into each card.
"""

from earmark.zoo import find_model, model_names


def with_interval(measured: dict, name: str) -> str:
    """A figure and its 95 % interval."""
    low, high = measured[f"{name}_ci"]
    return f"{measured[name]:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Print the tables."""
    cards = {name: find_model(name) for name in model_names()}
    print("| model | tags counted | songs | ROC-AUC | PR-AUC |")
    print("|---|---|---|---|---|")
    for scope, title in (("top50", "top 50"), ("all188", "all 188")):
        rows = {name: card.details["measured"][scope] for name, card in cards.items()}
        if scope == "top50":
            rows["musicnn"] = cards["default"].details["measured"]["musicnn_top50"]
        for name, measured in rows.items():
            roc, pr = (with_interval(measured, figure) for figure in ("roc_auc", "pr_auc"))
            count = f"{measured['tags']} of the {title}"
            print(f"| {name} | {count} | {measured['songs']} | {roc} | {pr} |")
    print()
    print("| tag | songs with it | default ROC / PR | cnn3 ROC / PR | musicnn ROC / PR |")
    print("|---|---|---|---|---|")
    per_tag = zip(*(card.details["measured"]["per_tag"] for card in cards.values()), strict=True)
    for ours, other in sorted(per_tag, key=lambda pair: -pair[0]["roc_auc"]):
        cells = [f"{row['roc_auc']:.2f} / {row['pr_auc']:.2f}" for row in (ours, other)]
        cells.append(f"{ours['musicnn_roc_auc']:.2f} / {ours['musicnn_pr_auc']:.2f}")
        print(f"| {ours['tag']} | {ours['positives']} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
