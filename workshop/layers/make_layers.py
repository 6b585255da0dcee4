"""Write docs/layers.md and its pictures: what the layers of the shipped networks listen to.

Run ``python -m workshop.layers.make_layers --corpus CORPUS --teachers TEACHERS`` (with the extra
``plots``). Numbers of a model are kept in ``runs/layers`` and measured again when its weights
change or with ``--again``; every number of the page is one of them.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from earmark.zoo import find_model
from earmark.zoo.card import NETWORK
from workshop.layers.layer_measures import DESCRIPTORS
from workshop.layers.layer_pictures import FOLLOWS, PICTURES, bars, followed, lines, pictures, saved
from workshop.layers.layer_study import OF_A_STYLE, PAIRS, PROBED, SHORTEST, open_study, study_model

DOCS = Path(__file__).parents[2] / "docs"
MODELS = ("default", "cnn3")
DRAWN = ("loud", "drums", "guitar", "violin", "female vocal", "male vocal")

Found = dict[str, Any]


def measured(model: str, options: argparse.Namespace) -> Found:
    """A model's numbers, from the last time unless its weights have changed."""
    path = options.runs / f"{model}-{find_model(model).sha256[NETWORK][:12]}.json"
    if options.again or not path.exists():
        study = open_study(options.corpus, options.cache, options.tracks, options.teachers)
        path.write_text(json.dumps(study_model(model, study)))
    return json.loads(path.read_text())


def table(head: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def layer_rows(models: dict[str, Found], cells: Callable[[Found, int], list[str]]) -> list[list]:
    """A row for each layer of each model: its name and size, and what `cells(found, i)` gives."""
    return [
        [model, depth, f"{maps} of {time} by {mel}", *cells(found, i)]
        for model, found in models.items()
        for i, (depth, (maps, time, mel)) in enumerate(
            zip(found["depths"], found["sizes"], strict=True)
        )
    ]


LAYER = ["model", "after convolutions", "maps, time by mel"]


def percent(value: float) -> str:
    """As "12%"."""
    return f"{value:.0%}"


def tag_lines(found: Found) -> dict[str, list[float]]:
    """ROC-AUC of the drawn tags by layer."""
    columns = np.array(found["areas"]).T
    return {tag: columns[PROBED.index(tag)] for tag in DRAWN}


def blend_lines(found: Found) -> dict[str, list[float]]:
    """Median correlation of a blend with what its parts would make of it, by layer."""
    names = ("the better of its parts", "their mean", "their maximum")
    columns = np.median(np.array(found["blends"]), 0).T[:3]
    return dict(zip(names, columns, strict=True))


def from_to(models: dict[str, Found], values: Callable[[Found], list[str]]) -> str:
    """As "0.69 to 0.13 in default and 0.2 to 0.5 in cnn3": first and last layer."""
    ends = [f"{values(f)[0]} to {values(f)[-1]} in `{name}`" for name, f in models.items()]
    return " and from ".join(ends)


def medians(found: Found, name: str) -> list[str]:
    """Median over maps of each layer."""
    return [f"{np.median(values):.2f}" for values in found[name]]


def gains(found: Found) -> str:
    """The tags that gain most and least from the first layer to the last."""
    first, last = np.array(found["areas"])[[1, -1]]
    order = np.argsort(first - last, kind="stable")
    said = [f"{PROBED[i]} {first[i]:.2f} to {last[i]:.2f}" for i in order]
    return f"most {', '.join(said[:3])}; least {', '.join(said[-3:])}"


def in_short(models: dict[str, Found]) -> list[str]:
    """The findings of the page in a few lines."""
    points = [
        "share of maps that follow none of seven plain descriptors:"
        f" from {from_to(models, unnamed)}",
        "variance of the median map that all seven explain at one pace:"
        f" from {from_to(models, lambda f: medians(f, 'at_one_pace'))}",
        "strongest maps that two pieces of different styles have in common:"
        f" from {from_to(models, lambda f: [percent(d) for _, d in f['common']])}",
        "correlation of a blend's maps with the mean of its parts':"
        f" from {from_to(models, lambda f: [f'{r:.2f}' for r in blend_lines(f)['their mean']])}",
        *(f"ROC-AUC that a tag gains in `{name}`: {gains(f)}" for name, f in models.items()),
    ]
    return ["From the first layer to the last:", "\n".join(f"* {line}." for line in points)]


def unnamed(found: Found) -> list[str]:
    """Share of each layer's maps that follow none of the descriptors."""
    return [percent(followed(found, i)[-1]) for i in range(len(found["depths"]))]


def answers(models: dict[str, Found]) -> list[str]:
    """What single maps follow, and where their variance lies."""
    first = next(iter(models.values()))

    def descriptor_cells(found: Found, i: int) -> list[str]:
        together = f"{np.median(found['together'][i]):.2f}"
        paced = f"{np.median(found['at_one_pace'][i]):.2f}"
        return [*map(percent, followed(found, i)), together, paced]

    def variance_cells(found: Found, i: int) -> list[str]:
        low, middle, high = np.percentile(found["centres"][i], [10, 50, 90])
        hertz = f"{low:,.0f} - {middle:,.0f} - {high:,.0f}"
        return [*map(percent, found["variance"][i]), hertz if found["sizes"][i][2] > 1 else "-"]

    head = [*LAYER, *DESCRIPTORS, "none", "all together, R²", "R² at one pace"]
    return [
        "## What single maps follow",
        f"Each map of each layer, on {first['pieces']} valid pieces, is averaged over frequency,"
        " which leaves its course over time. Beside it run seven plain descriptors of the sound:"
        " loudness (mean log-mel), brightness (the centre of the log-mel), onset strength, pitch"
        " (how uneven the chroma is), the harmonic share, the pulse (the strongest peak of the"
        " tempogram) and the voice (what the teachers give it, one number a window). A map follows"
        f" the one that explains most of its variance, if that is at least {FOLLOWS:.0%}.",
        saved("descriptors", bars(models), "Which descriptor the maps of each layer follow"),
        table(head, layer_rows(models, descriptor_cells)),
        "What all seven explain together of the median map goes from"
        f" {from_to(models, lambda f: medians(f, 'together'))}. Deep layers are coarse, and what is"
        " averaged is easier to explain; so the last column has the courses of all layers of a"
        " model averaged to the pace of its last:"
        f" from {from_to(models, lambda f: medians(f, 'at_one_pace'))}.",
        "Where the variance of a map lies, in the mean over maps: between mel bands whatever the"
        " piece, between pieces, between moments of a piece, or in patterns of time and frequency"
        " that are each piece's own. Beside it the frequencies around which maps vary, for the"
        " lowest tenth of the maps, the median, and the highest tenth.",
        table(
            [*LAYER, "band", "piece", "moment", "pattern", "centres in Hz, 10 - 50 - 90 %"],
            layer_rows(models, variance_cells),
        ),
    ]


def styles(models: dict[str, Found]) -> list[str]:
    """Which maps pieces of one or two styles have in common."""
    counts = next(iter(models.values()))["styles"]
    named = ", ".join(f"{style} ({number})" for style, number in counts.items())

    def cells(found: Found, i: int) -> list[str]:
        same, different = found["common"][i]
        return [percent(same), percent(different), f"{same - different:.2f}"]

    return [
        "## Which maps styles share",
        f"Up to {OF_A_STYLE} valid pieces that the teachers find most clearly of one style:"
        f" {named}. Of the quarter of a layer's maps that answer a piece most, how many are among"
        " those of another piece of another source? By chance it would be 25%.",
        table([*LAYER, "same style", "different styles", "difference"], layer_rows(models, cells)),
        f"Between styles the shared part goes from"
        f" {from_to(models, lambda f: [percent(different) for _, different in f['common']])},"
        " within a style from"
        f" {from_to(models, lambda f: [percent(same) for same, _ in f['common']])}.",
    ]


def blends(models: dict[str, Found]) -> list[str]:
    """What a layer makes of two pieces at once."""

    def cells(found: Found, i: int) -> list[str]:
        return [f"{value:.2f}" for value in np.median(np.array(found["blends"]), 0)[i]]

    return [
        "## What becomes of a blend",
        f"{PAIRS} pairs of valid pieces, equally loud, are added as sound. The maps of the blend"
        " are held against those of its parts: the part that it resembles more, their mean, and"
        " their maximum, place by place. From all maps their usual answers are taken off first, so"
        " that what every piece has in common does not count. The balance is what the weaker part"
        " weighs beside the stronger one in the sum of both that fits best: 1 if both are heard"
        " alike, 0 if one hides the other. Medians over pairs:",
        saved("blends", lines(models, blend_lines, "correlation"), "What a blend resembles"),
        table([*LAYER, "better part", "mean", "maximum", "balance"], layer_rows(models, cells)),
    ]


def probes(models: dict[str, Found]) -> list[str]:
    """At which depth tags can be told."""
    first = next(iter(models.values()))
    counts, groups = first["probed"], first["groups"]
    head = ["tag"]
    for model, found in models.items():
        head += [f"{model} log-mel", *(f"{model} {depth}" for depth in found["depths"])]
    rows = [
        [tag, *(f"{row[i]:.2f}" for found in models.values() for row in found["areas"])]
        for i, tag in enumerate(PROBED)
    ]
    means = [np.mean(row) for found in models.values() for row in found["areas"]]
    rows.append(["mean", *(f"{mean:.3f}" for mean in means)])
    return [
        "## At which depth a tag can be told",
        "A layer's maps are averaged over time and frequency (mean and deviation of each), and a"
        f" ridge regression is fitted from there to the teachers' log-odds on {counts['train']}"
        f" train pieces. On {counts['valid']} valid pieces (of {groups} artists or sources) it must"
        " tell the tenth that the teachers give a tag most from all others. Log-mel stands for the"
        " mean and deviation of each band. The networks learnt from these teachers, so this tells"
        " how early what they teach can be read off, not how true it is. Deeper layers have more"
        " maps, and so give the regression more numbers, two a map. With"
        f" {counts['valid'] // 10} pieces that have a tag, differences of .01 mean nothing."
        " ROC-AUC by convolutions before the layer:",
        saved("probes", lines(models, tag_lines, "ROC-AUC"), "ROC-AUC of tags by depth"),
        table(head, rows),
    ]


def page(models: dict[str, Found]) -> str:
    """The whole page."""
    lengths = " and ".join(f"{found['seconds']:.0f} s in `{n}`" for n, found in models.items())
    parts = [
        "# What the layers listen to",
        "The original MagnaTagATune tagger's author asked what feature maps answer to, and how they"
        " represent blends of music. `python -m workshop.layers.make_layers --corpus CORPUS"
        " --teachers TEACHERS` measures it in two of our networks and writes this page, numbers and"
        " pictures.",
        f"All is measured on one window ({lengths}) of each piece of the corpus of at least"
        f" {SHORTEST:.0f} s, train pieces only where it says so. The layers are those that"
        " `earmark plot feature-maps` shows: the last of each size, after its activation and, in"
        " `default`, after a whole stage of residual blocks.",
        *in_short(models),
        *answers(models),
        *styles(models),
        *blends(models),
        *probes(models),
        *pictures(),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"))
    parser.add_argument("--runs", type=Path, default=Path("runs/layers"))
    parser.add_argument("--again", action="store_true", help="measure what was measured before")
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    models = {model: measured(model, options) for model in MODELS}
    (DOCS / "layers.md").write_text(page(models), encoding="utf-8")


if __name__ == "__main__":
    main()
