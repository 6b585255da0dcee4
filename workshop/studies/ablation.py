"""What each part of the default model's training is worth: one change at a time, as a table.

Run ``python -m workshop.studies.ablation --corpus CORPUS --teachers TEACHERS`` after the windows
and the tracks are made (docs/training.md). Every row trains the network of the recipe ``slim`` on
the same slice of windows, for the same epochs and seeds, and is measured on the valid split: songs
with listeners' tags, other recordings, and agreement with the teachers on windows that nobody has
learned, clean and worn (what the teachers say is of the clean ones), which has the least noise.

Rows of voices and of wear need windows that are made for them: ``python -m
workshop.windows --voices 1 --seed 7 -o runs/voices``, the same with ``--wear 1`` and the
seed 0 into ``runs/worn-heard``, and ``python -m workshop.worn``. Shards of the first two
replace the drawn ones of the same number.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from earmark.training.export.network_file import Shipped
from earmark.training.loop.run import make_fit
from earmark.training.recipes.recipe import Augmentation, Recipe
from workshop import targets, teachers
from workshop.distillation import lesson_of
from workshop.inputs import corpus_parser, loaded
from workshop.labelled import Arrays, drawn_windows, joined, track_windows
from workshop.recipes import workshop_recipe
from workshop.studies.window_judge import WindowJudge
from workshop.tracks import load_tracks

MEASURES = ("songs: ROC-AUC", "PR-AUC", "other recordings: ROC-AUC", "agreement", "worn")
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
    instead : str, the option of a folder whose shards replace the drawn ones of the same name
    worn : bool, whether every second own window is worn
    """

    name: str
    recipe: Callable[[Recipe], Recipe] = lambda recipe: recipe
    constants: tuple[tuple[object, str, float], ...] = ()
    tracks: bool = True
    instead: str = ""
    worn: bool = False


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
    Change(
        "without people's labels of the top 50",
        constants=((targets, "TOP_50_WEIGHT", 0.0),),
    ),
    Change("without the tracks' own windows", tracks=False),
    Change("mixtures: tags of the louder track", constants=((targets, "AUDIBLE_DB", 0.0),)),
    Change(
        "rare tags weigh more (balance .5)",
        lambda recipe: replace(recipe, loss=replace(recipe.loss, balance=0.5)),
    ),
    Change("mixup .2", lambda recipe: replace(recipe, augmentation=Augmentation(mixup=0.2))),
    Change("drawn: voices over music", instead="voices"),
    Change("drawn: worn, as teachers hear it", instead="worn_heard"),
    Change("own windows: half of them worn", worn=True),
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


def laid_over(drawn: Path, other: Path | None, count: int, folder: Path) -> Path:
    """A folder with links to the first drawn shards, or to another folder's of the same name."""
    folder.mkdir()
    for path in sorted(drawn.glob("windows-*.npz"))[:count]:
        instead = other / path.name if other else path
        (folder / path.name).symlink_to((instead if instead.exists() else path).resolve())
    return folder


@torch.no_grad()
def scores_of(network: torch.nn.Module, mel: np.ndarray) -> np.ndarray:
    """Scores of all windows [shape=(n, 188)]."""
    parts = torch.from_numpy(mel).split(256)
    return np.concatenate([Shipped(network)(part.float())[0].numpy() for part in parts])


class Bench:
    """Everything that the rows share.

    Parameters
    ----------
    options : argparse.Namespace
    scratch : Path, a folder on the disk for what is taught
    """

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options, self.scratch = options, scratch
        self.corpus, self.teachers, tracks = loaded(options)
        worn = load_tracks(options.worn, self.corpus)["mel"]
        self.own = {name: array[::2] for name, array in tracks.items()}  # every second window
        self.half_worn = self.own | {"mel": self.own["mel"].copy()}
        self.half_worn["mel"][::2] = worn[::4]
        self.judge = WindowJudge(self.corpus, tracks, self.teachers)
        self.held, self.held_worn = tracks["mel"][self.judge.own], worn[self.judge.own]

    def taught(self, change: Change) -> Arrays:
        """The windows of a row with what they are taught."""
        options = self.options
        other = getattr(options, change.instead) if change.instead else None
        drawn = laid_over(options.windows, other, options.shards, self.scratch / change.name)
        with changed(change.constants):
            data = drawn_windows(drawn, self.teachers, self.corpus)
            if not change.tracks:
                return data
            own = self.half_worn if change.worn else self.own
            return joined([data, track_windows(own, self.teachers, self.corpus)], drawn)

    def figures(self, change: Change, data: Arrays, seed: int) -> list[float]:
        """Train one network and judge it."""
        recipe = workshop_recipe("slim").changed(epochs=self.options.epochs, seed=seed)
        recipe = change.recipe(recipe)
        torch.manual_seed(seed)
        lesson = lesson_of(recipe, data, self.teachers)
        lesson = replace(lesson, shipped=lambda model: model.network)
        run = self.scratch / f"{change.name} {seed}"
        network = make_fit(recipe, lesson, run).run().eval()
        clean, worn = (scores_of(network, mel) for mel in (self.held, self.held_worn))
        agreements = [self.judge.agreement(scores) for scores in (clean, worn)]
        return [*self.judge.measures(clean), *agreements]


def table(found: dict[tuple[str, int], list[float]]) -> Iterator[str]:
    """Lines: the baseline's means, and each change's differences to it, paired by seed."""
    yield f"| change | {' | '.join(MEASURES)} |"
    yield "|---" * (len(MEASURES) + 1) + "|"
    for change in CHANGES:
        seeds = [seed for name, seed in found if name == change.name]
        values = np.array([found[change.name, seed] for seed in seeds])
        first = change.name == CHANGES[0].name
        if not first:
            seeds = [seed for seed in seeds if (CHANGES[0].name, seed) in found]
            pairs = [(found[change.name, s], found[CHANGES[0].name, s]) for s in seeds]
            values = np.array([np.subtract(a, b) for a, b in pairs])
        if len(values):
            spread = np.std(values, 0, ddof=1) if len(values) > 1 else np.full(len(MEASURES), 0)
            sign = "" if first else "+"
            cells = [
                f"{m:{sign}.3f} ± {s:.3f}" for m, s in zip(values.mean(0), spread, strict=True)
            ]
            yield f"| {change.name} ({len(values)}) | {' | '.join(cells)} |"


def main() -> None:
    """Train and measure every row; what is in the file of figures already is not trained again."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"))
    parser.add_argument("--voices", type=Path, default=Path("runs/voices"))
    parser.add_argument("--worn-heard", type=Path, default=Path("runs/worn-heard"))
    parser.add_argument("--worn", type=Path, default=Path("runs/worn"))
    parser.add_argument("--shards", type=int, default=30, help="of 256 drawn windows")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="rows, by name [all]")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/ablation.jsonl"))
    options = parser.parse_args()
    settings = {"shards": options.shards, "epochs": options.epochs}
    found = {}
    for line in options.out.read_text().splitlines() if options.out.exists() else ():
        row = json.loads(line)
        if row["settings"] == settings:
            found[row["change"], row["seed"]] = row["figures"]
    with tempfile.TemporaryDirectory(dir=options.out.parent) as scratch:
        bench = Bench(options, Path(scratch))
        for change in CHANGES:
            seeds = [seed for seed in range(options.seeds) if (change.name, seed) not in found]
            if not seeds or (options.only and change.name not in options.only):
                continue
            data = bench.taught(change)
            for seed in seeds:
                figures = [float(figure) for figure in bench.figures(change, data, seed)]
                found[change.name, seed] = figures
                row = {"change": change.name, "seed": seed, "settings": settings}
                with open(options.out, "a") as file:
                    file.write(json.dumps(row | {"figures": figures}) + "\n")
    print(*table(found), sep="\n")


if __name__ == "__main__":
    main()
