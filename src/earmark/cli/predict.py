"""``earmark predict``: a model's scores beside the truth of a data set, as one Parquet file."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import comma_separated


def predict(
    data: Annotated[
        str, typer.Option("--data", help="A manifest, a MagnaTagATune folder, or magnatagatune.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Parquet file to write.")],
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
    split: Annotated[str | None, typer.Option(help="Only this split: train, valid, test.")] = None,
    folders: Annotated[
        str | None, typer.Option(help="Only these MagnaTagATune folders, as in f,e,0.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes. [one a core]")] = None,
) -> None:
    """Run a model over a data set once; a stopped run goes on where it was.

    Examples:

      earmark predict --data magnatagatune --split test -o test.parquet

      earmark predict -m cnn3 --data songs.csv -o songs.parquet
    """
    from earmark.datasets import open_dataset
    from earmark.messages import say
    from earmark.tagging import Tagger
    from earmark.verbs.predict import predict as run

    tagger = Tagger(model)
    dataset = open_dataset(data, tagger.card.vocabulary)
    counts = run(tagger, dataset, output, split=split, folders=comma_separated(folders), jobs=jobs)
    say(f"{output}: {counts.sentence()}")
    if counts.failed:
        raise typer.Exit(1)
