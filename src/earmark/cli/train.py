"""``earmark train``: a recipe and labelled sound to a trained network in a run folder."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    recipe: Annotated[
        str,
        typer.Argument(help="tags, tune, original, or a TOML file."),
    ],
    data: Annotated[
        str | None, typer.Option("--data", help="A manifest, with tags of any words.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Run folder. [runs/RECIPE]")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run there.")] = False,
    architecture: Annotated[
        str | None,
        typer.Option(help="Another network with its default options, such as crnn or musicnn."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Instead of the recipe's.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes that decode. [one a core]")
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Store of log-mel frames. [in the run folder]")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="A model or run folder whose weights to begin with.")
    ] = None,
) -> None:
    """Train a network; a run that was stopped or killed goes on with --resume.

    Examples:

      earmark train tags --data songs.csv -o runs/mine

      earmark train tags --data songs.csv -o runs/mine --resume

      earmark train tags --data songs.csv --architecture musicnn

      earmark train tune --data songs.csv --start default -o runs/tuned

      torchrun --nproc-per-node 2 -m -- earmark train tags --data songs.csv -o runs/mine
    """
    from earmark.training.require import require_training

    require_training()
    from functools import partial

    from earmark.cores import available_cores
    from earmark.training.loop.run import train as run
    from earmark.training.recipes.recipe import load_recipe
    from earmark.training.songs.lesson import Manifest, song_lesson

    chosen = load_recipe(recipe).changed(epochs=epochs, seed=seed, architecture=architecture)
    sources = Manifest(data=data, store=store, jobs=jobs or available_cores())
    make = partial(song_lesson, sources=sources)
    run(chosen, make, output or Path("runs") / chosen.name, resume=resume, start=start)
