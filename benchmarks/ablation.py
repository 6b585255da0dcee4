"""What each part of the default model's training is worth: one change at a time, as a table.

Run ``python benchmarks/ablation.py --corpus CORPUS --teachers TEACHERS`` after the windows and the
tracks are made (docs/training.md). Every row trains the network of the recipe ``small`` on the same
slice of windows, for the same epochs and seeds, and is measured on the valid split: songs with
listeners' tags, other recordings, and agreement with the teachers on windows that nobody has
learned, which is the least noisy of the three.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from inputs import corpus_parser

from earmark.evaluation.metrics import evaluate
from earmark.tagging.pooling import power_mean
from earmark.training import labelled, targets, teachers
from earmark.training.corpus import Corpus, load_corpus
from earmark.training.distillation import lesson_of
from earmark.training.labelled import drawn_windows, joined, track_windows
from earmark.training.measure import LEAST, measure_recordings
from earmark.training.model_folder import Shipped
from earmark.training.recipe import Augmentation, Recipe, load_recipe
from earmark.training.run import make_fit
from earmark.training.teachers import Teachers
from earmark.training.tracks import load_tracks
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50

EXPONENT = 2.0
MASKS = Augmentation(time_masks=2, time_mask=12, mel_masks=2, mel_mask=10)


@dataclass(frozen=True)
class Change:
    """One row: how the recipe and the constants of the targets differ from the baseline.

    Attributes
    ----------
    name : str
    recipe : callable, Recipe -> Recipe
    constants : dict, (module, name) -> value while data are taught
    tracks : bool, whether the tracks' own windows are learned too
    """

    name: str
    recipe: Callable[[Recipe], Recipe] = lambda recipe: recipe
    constants: tuple[tuple[object, str, float], ...] = ()
    tracks: bool = True


def with_dropout(recipe: Recipe) -> Recipe:
    """The recipe with a fifth of the embedding dropped."""
    options = recipe.architecture.options | {"dropout": 0.2}
    return replace(recipe, architecture=replace(recipe.architecture, options=options))


CHANGES = (
    Change("baseline"),
    Change("with SpecAugment", lambda recipe: replace(recipe, augmentation=MASKS)),
    Change("with dropout .2", with_dropout),
    Change(
        "without the second head",
        lambda recipe: replace(recipe, loss=replace(recipe.loss, raw_weight=0.0)),
    ),
    Change(
        "second head at a fifth of the weight",
        lambda recipe: replace(recipe, loss=replace(recipe.loss, raw_weight=0.1)),
    ),
    Change(
        "guesses raised fully",
        constants=((teachers, "OWN_TOP", 0.0), (teachers, "OWN_OTHERS", 0.0)),
    ),
    Change(
        "without people's labels",
        constants=((targets, "HUMAN_WEIGHT", 0.0), (targets, "TOP_50_WEIGHT", 0.0)),
    ),
    Change("without the tracks' own windows", tracks=False),
)


@contextmanager
def changed(constants: tuple[tuple[object, str, float], ...]) -> Iterator[None]:
    """Constants of modules have other values inside."""
    before = [(module, name, getattr(module, name)) for module, name, _ in constants]
    for module, name, value in constants:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


@torch.no_grad()
def judged(network: torch.nn.Module, corpus: Corpus, held: dict, raw: np.ndarray) -> list[float]:
    """Songs' ROC-AUC and PR-AUC over the top 50, other recordings' ROC-AUC, agreement."""
    mels = torch.from_numpy(held["mel"]).split(256)
    scores = np.concatenate([Shipped(network)(mel.float())[0].numpy() for mel in mels])
    rows, which = np.unique(held["row"], return_inverse=True)
    songs = np.stack(
        [
            power_mean(scores[which == i], np.ones((which == i).sum()), EXPONENT)
            for i in range(len(rows))
        ]
    )
    fractions = corpus.mtat_fractions()[rows]
    listened = ~np.isnan(fractions[:, 0])
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    found = evaluate(
        fractions[listened][:, top] > 0,
        songs[listened][:, top],
        np.arange(listened.sum()),
        least=LEAST,
        draws=1,
    )
    others = measure_recordings(corpus, rows[~listened], songs[~listened])
    pairs = zip(scores[:, top].T, raw.T, strict=True)
    agreement = float(np.mean([np.corrcoef(own, said)[0, 1] for own, said in pairs]))
    return [found["roc_auc"], found["pr_auc"], others["roc_auc"], agreement]


def main() -> None:
    """Train and measure every row."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"))
    parser.add_argument("--shards", type=int, default=40, help="of 256 drawn windows")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="*", help="rows, by name [all]")
    options = parser.parse_args()
    corpus = load_corpus(options.corpus, options.cache, 1)
    networks = Teachers(options.teachers)
    tracks = load_tracks(options.tracks)
    kept = {name: array[::2] for name, array in tracks.items()}  # every second window
    own = (corpus.column("split") == "valid")[tracks["row"]]
    held = {"mel": tracks["mel"][own], "row": tracks["row"][own]}
    raw = labelled.raw_scores({name: tracks[name][own] for name in labelled.NETWORKS})
    said = (raw["MTT_musicnn"] + raw["MTT_vgg"]) / 2
    order = [networks.labels("mtt")[tag] for tag in TOP_50]
    print("| change | songs: ROC-AUC | PR-AUC | other recordings: ROC-AUC | agreement |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for change in CHANGES:
            if options.only and change.name not in options.only:
                continue
            with changed(change.constants):
                data = drawn_windows(options.windows, networks, corpus, options.shards)
                if change.tracks:
                    data = joined([data, track_windows(kept, networks, corpus)])
            figures = []
            for seed in range(options.seeds):
                recipe = load_recipe("small").changed(epochs=options.epochs, seed=seed)
                plain = replace(recipe.optimiser, compile=False)  # not worth its minute here
                recipe = replace(recipe, optimiser=plain)
                recipe = change.recipe(recipe)
                torch.manual_seed(seed)
                lesson = replace(
                    lesson_of(recipe, data, networks), shipped=lambda model: model.network
                )
                fit = make_fit(recipe, lesson, Path(folder) / f"{change.name}{seed}")
                figures.append(judged(fit.run().eval(), corpus, held, said[:, order]))
            cells = [f"{mean:.3f}" for mean in np.mean(figures, 0)]
            if options.seeds > 1:
                spread = np.std(figures, 0, ddof=1)
                cells = [f"{a} ± {b:.3f}" for a, b in zip(cells, spread, strict=True)]
            print(f"| {change.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
