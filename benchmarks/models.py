"""The shipped models side by side, from their cards: cost, speed and measured quality, as a table.

Run ``python benchmarks/models.py``; it prints Markdown. The models were not given equal time, so it
compares what is shipped, not what the architectures could do.
"""

import numpy as np

from earmark.training.networks.make import make_network
from earmark.vocabulary import official_vocabulary
from earmark.zoo import find_model, model_names
from workshop.recipes import workshop_recipe
from workshop.studies.cost import cost


def voice_tags(measured: dict) -> tuple[int, float]:
    """How many tags of voices were measured on listeners' songs, and their mean ROC-AUC."""
    voices = {tag.name for tag in official_vocabulary().tags if tag.category == "voice"}
    rows = [*measured["per_tag"], *measured["other_tags"]]
    areas = [row["roc_auc"] for row in rows if row["tag"] in voices]
    return len(areas), float(np.mean(areas))


def main() -> None:
    """Print the table."""
    columns = ["model", "parameters", "MFLOP a s of sound", "x real time", "window"]
    columns += ["top 50: ROC-AUC", "PR-AUC", "all 188: ROC-AUC", "PR-AUC", "voice tags: ROC-AUC"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name in model_names():
        card = find_model(name)
        measured = card.details["measured"]
        network = make_network(workshop_recipe(name), len(card.vocabulary))
        found = cost(network, card.front_end, card.window_frames)
        cells = [
            name,
            f"{found.parameters / 1e6:.2f} M",
            f"{found.flops_per_second / 1e6:.1f}",
            f"{measured['times_real_time']:,}",
            f"{card.window_seconds:.1f} s",
        ]
        for part in ("top50", "all188"):
            low, high = measured[part]["roc_auc_ci"]
            cells.append(f"{measured[part]['roc_auc']:.3f} ({low:.3f} to {high:.3f})")
            low, high = measured[part]["pr_auc_ci"]
            cells.append(f"{measured[part]['pr_auc']:.3f} ({low:.3f} to {high:.3f})")
        count, area = voice_tags(measured)
        cells.append(f"{area:.3f} ({count})")
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
