"""Write docs/analysis.md and its pictures: the original tagger's analysis, retold with our models.

Run ``python docs/make_analysis.py --data MANIFEST`` (with the extras ``data`` and ``plots``). The
manifest's split ``valid`` is predicted with each model into ``runs/analysis`` unless that was done
with the same weights before; every number of the page is counted from these predictions.
"""

import argparse
from pathlib import Path

import numpy as np

from earmark import examples, plots
from earmark.datasets import open_dataset
from earmark.evaluation.metrics import counts, per_tag
from earmark.evaluation.predictions import Predictions, read_predictions
from earmark.evaluation.topk import success_curve, top_k
from earmark.tagging import Tagger
from earmark.verbs.predict import predict
from earmark.vocabulary import official_vocabulary
from earmark.zoo.card import NETWORK

DOCS = Path(__file__).parent
PICTURES = DOCS / "analysis"
MODELS = ("default", "cnn3")
K, SHARE = 10, 0.8
SUCCESS = ((10, 0.5), (50, 0.6), (100, 0.9))
# What the original's author counted on MagnaTagATune's test clips, at K = 10.
ORIGINAL_SUCCESS = {(50, 0.6): "80 %", (100, 0.9): "80 %"}
ORIGINAL_CAPTURED = {
    **{"opera": 100, "guitar": 100, "harpsichord": 100, "classical": 99, "strings": 99},
    **{"piano": 97, "solo": 96, "rock": 92, "slow": 90, "violin": 84, "ambient": 0, "choir": 0},
    **{"woman": 0, "quiet": 0, "choral": 0, "vocals": 4, "female": 5, "singing": 8, "vocal": 15},
    "synth": 25,
}
LEAST = 4


def predictions_of(model: str, data: str, folder: Path) -> Predictions:
    """A model's predictions of the valid split, made unless they are there."""
    tagger = Tagger(model)
    path = folder / f"{model}-{tagger.card.sha256[NETWORK][:12]}.parquet"
    if not path.exists():
        predict(tagger, open_dataset(data), path, split="valid")
    return read_predictions(path)


def fully_labelled(predictions: Predictions) -> Predictions:
    """The songs of which every tag is known: those that MagnaTagATune's listeners have tagged."""
    return predictions.songs(~np.isnan(predictions.truth).any(1))


def table(head: tuple[str, ...], rows: list[tuple]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def success_rows(models: dict[str, Predictions]) -> list[tuple]:
    """Success of each model at the original's K and shares."""
    rows = []
    for k, share in SUCCESS:
        own = [
            f"{success_curve(p.truth, p.scores, [share], [k])[0, 0]:.0%}" for p in models.values()
        ]
        rows.append((k, f"{share:.0%}", *own, ORIGINAL_SUCCESS.get((k, share), "")))
    return rows


def tag_rows(models: dict[str, Predictions], tags: list[str]) -> list[tuple]:
    """For each tag its songs, and each model's captured share and ROC-AUC."""
    captured = {
        name: {row.tag: row for row in top_k(p.truth, p.scores, K, SHARE).table(p.tags)}
        for name, p in models.items()
    }
    areas = {name: per_tag(p.truth, p.scores)[0] for name, p in models.items()}
    first = next(iter(models.values()))
    positives, negatives = counts(first.truth, first.scores)
    rows = []
    for tag in tags:
        place = first.places[tag]
        if not positives[place]:
            rows.append((tag, 0, *["-"] * (2 * len(models)), original(tag)))
            continue
        cells = []
        for name in models:
            cells.append(f"{captured[name][tag].rate:.0%}")
            enough = min(positives[place], negatives[place]) >= LEAST
            cells.append(f"{areas[name][place]:.2f}" if enough else "-")
        rows.append((tag, positives[place], *cells, original(tag)))
    return rows


def original(tag: str) -> str:
    """Share of a tag's songs that the original captured, if its author said."""
    return f"{ORIGINAL_CAPTURED[tag]} %" if tag in ORIGINAL_CAPTURED else ""


def tag_head(models: dict[str, Predictions]) -> tuple[str, ...]:
    """Head of a table of :func:`tag_rows`."""
    own = [cell for name in models for cell in (f"{name} captured", f"{name} ROC-AUC")]
    return ("tag", "songs with it", *own, "original captured")


def picture(name: str, figure, words: str) -> str:
    """Save a picture of the page; the Markdown that shows it."""
    plots.save(figure, PICTURES / f"{name}.png")
    return f"![{words}](analysis/{name}.png)"


def best_and_worst(predictions: Predictions, number: int) -> tuple[list[str], list[str]]:
    """Tags of at least `LEAST` songs with the highest and lowest captured share at K."""
    rows = top_k(predictions.truth, predictions.scores, K, SHARE).table(predictions.tags)
    enough = [row.tag for row in rows if row.captured + row.missed >= LEAST]
    return enough[:number], enough[: -number - 1 : -1]


def page(everything: dict[str, Predictions]) -> str:
    """The whole page."""
    songs = {name: fully_labelled(p) for name, p in everything.items()}
    default, all_default = songs["default"], everything["default"]
    best, worst = best_and_worst(default, 8)
    vocabulary = official_vocabulary()
    voices = [t for t in vocabulary.names if vocabulary.category(t) == "voice"]
    positives, _ = counts(all_default.truth, all_default.scores)
    voices = [t for t in voices if positives[all_default.places[t]] >= LEAST]
    violin = Path(examples.__file__).with_name("strings.ogg")
    band = Path(examples.__file__).with_name("band.ogg")
    hardest = int(np.argmax((default.truth == 1).sum(1)))
    tagger = Tagger("default")
    parts = [
        "# What the models hear, and what they miss",
        "This page retells the analysis that came with the original MagnaTagATune tagger, with our"
        " models. `python docs/make_analysis.py --data MANIFEST` writes it, numbers and pictures.",
        f"Measured on {len(all_default.files):,} sounds that no model was trained on (the valid"
        f" split of the training corpus). Of {len(default.files)} songs MagnaTagATune's listeners"
        " said what is there, so what they did not name is absent; of the others only some tags are"
        " known. The original was measured on MagnaTagATune's 5,329 test clips, which are not at"
        " hand, so its figures stand beside ours as a landmark, not as a race. ROC-AUC looks at"
        " one tag at a time; what is among the K highest also depends on the calibration between"
        " tags, which was fitted on this very split.",
        "## How many guesses until a song is caught",
        "A song succeeds if at least a share of its tags is among its K highest scores.",
        table(("K", "share of the tags", *songs, "original"), success_rows(songs)),
        picture(
            "success",
            plots.top_k_curve(default),
            f"Success against K for several shares, default on {len(default.files)} songs",
        ),
        f"One song with many tags, its truth upward and its {K} highest scores downward:",
        picture(
            "song",
            plots.top_k_comparison(default, hardest, K),
            "True tags of a song as red stems, its highest scores as blue ones",
        ),
        "## Captured best and worst",
        f"A tag is captured where it is among the {K} highest scores of a song that has it. Tags of"
        f" at least {LEAST} of the {len(default.files)} songs:",
        table(tag_head(songs), tag_rows(songs, best + worst)),
        picture(
            "captured",
            plots.captured_bars(default, K, 12, LEAST),
            "Bars of the tags captured best and worst",
        ),
        "The tags of which the original's author reported figures:",
        table(tag_head(songs), tag_rows(songs, list(ORIGINAL_CAPTURED))),
        "## Where voices stand now",
        "The original missed voices, women's most of all. Here all sounds of the split count, also"
        f" those of which only some tags are known; voice tags of at least {LEAST} sounds. A sound"
        f" may truly have more voice words than the {K} that can be captured, as catalogues give"
        " it every word that means the same; ROC-AUC does not mind.",
        table(tag_head(everything), tag_rows(everything, voices)),
        "## What is heard instead",
        picture(
            "confusion",
            plots.confusion_map(default, K, 15, LEAST),
            "Matrix of missed tags and the wrong tags heard in their place",
        ),
        "## What it looks like from inside",
        "The first layer of `default`, and what its layers make of three seconds of a band:",
        picture("filters", plots.filters(tagger.card), "Kernels of the first layer"),
        picture(
            "feature-maps",
            plots.feature_maps(tagger.card, str(band), maps=8),
            "Feature maps, layer by layer",
        ),
        "Which times and frequencies made it hear a violin in the bundled string piece:",
        picture(
            "saliency",
            plots.saliency(tagger, str(violin), "violin"),
            "Saliency of violin over the spectrogram",
        ),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", required=True, help="manifest with a split called valid")
    parser.add_argument("--runs", type=Path, default=Path("runs/analysis"))
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    everything = {name: predictions_of(name, options.data, options.runs) for name in MODELS}
    (DOCS / "analysis.md").write_text(page(everything), encoding="utf-8")


if __name__ == "__main__":
    main()
