"""``earmark train``: a recipe and labelled sound to a trained network in a run folder."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    recipe: Annotated[
        str,
        typer.Argument(
            help="tags, tune, original, default, small, voicenet, cnn, cnn2, cnn3, crnn, ar, or a "
            "TOML file."
        ),
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
    corpus: Annotated[
        Path | None, typer.Option(help="Folder with corpus.csv, of all but tags, tune, original.")
    ] = None,
    teachers: Annotated[
        Path | None,
        typer.Option(help="Folder of the networks that label the corpus."),
    ] = None,
    cache: Annotated[Path, typer.Option(help="Decoded sound of the corpus.")] = Path("runs/corpus"),
    windows: Annotated[Path, typer.Option(help="Labelled windows of the corpus.")] = Path(
        "runs/windows"
    ),
    tracks: Annotated[Path, typer.Option(help="The corpus' own windows, labelled.")] = Path(
        "runs/tracks"
    ),
    worn: Annotated[
        Path | None, typer.Option(help="The same as rooms, loudspeakers and codecs leave them.")
    ] = None,
    more: Annotated[
        Path | None, typer.Option(help="A corpus without labels, with windows drawn from it.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="A model or run folder whose weights to begin with.")
    ] = None,
    imitate: Annotated[
        str | None,
        typer.Option(help="A model whose scores of the labelled windows are learned, too."),
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

    from earmark.cores import available_cores
    from earmark.training.lesson import Sources
    from earmark.training.recipe import load_recipe
    from earmark.training.run import train as run

    chosen = load_recipe(recipe).changed(epochs=epochs, seed=seed, architecture=architecture)
    sources = Sources(
        data=data,
        store=store,
        corpus=corpus,
        teachers=teachers,
        cache=cache,
        windows=windows,
        tracks=tracks,
        worn=worn,
        more=more,
        start=start,
        imitate=imitate,
        jobs=jobs or available_cores(),
    )
    run(chosen, sources, output or Path("runs") / chosen.name, resume=resume)
