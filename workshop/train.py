"""Train a network of the zoo: a recipe of the workshop, a labelled corpus, a run folder.

Run ``python -m workshop.train RECIPE --corpus CORPUS --teachers TEACHERS``; with ``torchrun
--nproc-per-node 2 -m workshop.train ...`` two processes share it. A run that was stopped or killed
goes on with ``--resume``. What ``earmark train`` learns, songs of a manifest, is not learned here.
"""

import argparse
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from earmark.cores import available_cores
from earmark.errors import EarmarkError, TrainingError
from earmark.messages import say
from earmark.training.loop.checkpoint import read_log
from earmark.training.loop.ranks import Ranks
from earmark.training.loop.run import (
    EXPECTATION_MAXIMISATION,
    note,
    require_right,
    train,
    use_all_cores,
)
from earmark.training.recipes.recipe import Recipe
from workshop.autoregressive.run import train_mixtures
from workshop.clips import clip_lesson
from workshop.distillation import window_lesson
from workshop.follower import follower_lesson
from workshop.recipes import workshop_recipe
from workshop.sources import Sources

EXPORT = (
    "python -m workshop.export {name} --run {{run}} --corpus {corpus} --teachers {teachers} "
    "makes the model"
)


def train_model(recipe: Recipe, sources: Sources, folder: Path, *, resume: bool) -> None:
    """Train by a recipe of the workshop, in this process or in this one of several.

    Parameters
    ----------
    recipe : Recipe, of 'windows' or 'clips'
    sources : Sources
    folder : Path, of the run
    resume : bool, whether to go on with a run that lies there

    Raises
    ------
    EarmarkError
        One sentence: what is missing, or what does not fit the run that lies there.
    """
    if recipe.optimiser.name == EXPECTATION_MAXIMISATION:
        _fit_mixtures(recipe, sources, folder, resume=resume)
        return
    make = partial(_lesson, sources=sources)
    train(recipe, make, folder, resume=resume, start=sources.start)


def _lesson(recipe: Recipe, folder: Path, ranks: Ranks, say, *, sources: Sources):
    """What the recipe's kind of data brings."""
    if sources.heard is not None:
        _refuse_worn(recipe, sources)
        lesson = follower_lesson(recipe, sources, ranks)
    elif recipe.data.kind == "windows":
        lesson = window_lesson(recipe, sources, ranks)
    else:
        _refuse_worn(recipe, sources)
        if recipe.data.kind != "clips":
            raise TrainingError(f"recipe {recipe.name!r}: learns songs; earmark train does that")
        lesson = clip_lesson(recipe, sources, ranks)
    return replace(lesson, exporter=_exporter(recipe, sources))


def _exporter(recipe: Recipe, sources: Sources) -> str:
    """The command that makes a model of the run, ready to be typed."""
    name = "MODEL" if sources.heard else recipe.name
    return EXPORT.format(name=name, corpus=sources.corpus, teachers=sources.teachers or "TEACHERS")


def _fit_mixtures(recipe: Recipe, sources: Sources, folder: Path, *, resume: bool) -> None:
    """Train what takes no gradients, in one process."""
    use_all_cores()
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 or sources.start:
        raise TrainingError(
            f"recipe {recipe.name!r}: expectation-maximisation runs in one process, from nothing; "
            "it takes neither torchrun nor --start"
        )
    _refuse_worn(recipe, sources)
    require_right(recipe, folder, resume=resume)
    if read_log(folder):
        say(f"{folder}: is fitted")
        return
    note(recipe, {}, folder)
    train_mixtures(recipe, sources, folder)
    say(f"{folder}: fitted; {_exporter(recipe, sources).format(run=folder)}")


def _refuse_worn(recipe: Recipe, sources: Sources) -> None:
    if sources.worn is not None:
        raise TrainingError(
            f"recipe {recipe.name!r}: --worn is for networks of windows that teachers labelled, "
            "such as elder and voicenet"
        )


def main(arguments: list[str] | None = None) -> int:
    """Train a network of the zoo."""
    parser = argparse.ArgumentParser(prog="python -m workshop.train", description=main.__doc__)
    parser.add_argument("recipe", help="a name of workshop/recipes, or a TOML file")
    parser.add_argument("-o", "--output", type=Path, help="run folder [runs/RECIPE]")
    parser.add_argument("--resume", action="store_true", help="go on with the run there")
    parser.add_argument("--architecture", help="another network with its default options")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--seed", type=int, help="instead of the recipe's")
    parser.add_argument("--jobs", type=int, default=available_cores(), help="processes")
    parser.add_argument("--corpus", type=Path, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, help="folder of the networks that label it")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"), help="drawn windows")
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"), help="own windows")
    parser.add_argument("--worn", type=Path, help="the same as rooms and codecs leave them")
    parser.add_argument("--more", type=Path, help="a corpus without labels, with windows of it")
    parser.add_argument("--heard", type=Path, help="windows that one model heard; it teaches alone")
    parser.add_argument("--start", help="a model or run folder whose weights to begin with")
    options = vars(parser.parse_args(arguments))
    name, output, resume = (options.pop(key) for key in ("recipe", "output", "resume"))
    changes = {key: options.pop(key) for key in ("epochs", "seed", "architecture")}
    try:
        recipe = workshop_recipe(name).changed(**changes)
        folder = output or Path("runs") / recipe.name
        train_model(recipe, Sources(**options), folder, resume=resume)
    except EarmarkError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
