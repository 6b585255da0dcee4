"""``earmark batch``: hear any number of sounds on a cluster, into Parquet."""

from typing import Annotated

import typer

from earmark.cli.listing import comma_separated


def batch(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT", help="A folder, list, table (CSV, Parquet), manifest or bucket."
        ),
    ],
    output: Annotated[str, typer.Option("-o", "--output", help="Folder or bucket for Parquet.")],
    ray: Annotated[
        str | None, typer.Option(help="Address of a Ray cluster. [this machine's cores]")
    ] = None,
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
    columns: Annotated[
        str, typer.Option(help="What to keep, of tags,scores,timeline,embedding.")
    ] = "tags,scores",
    partitions: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Files. [one a thousand sounds]")
    ] = None,
    actors: Annotated[int | None, typer.Option(min=1, help="Workers. [one a core]")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Hear failed sounds again.")] = False,
) -> None:
    """Hear many sounds with Ray; a stopped run goes on where it was.

    Examples:

      earmark batch Music/ -o heard/

      earmark batch s3://bucket/music -o s3://bucket/heard --ray auto

      earmark batch songs.parquet -o heard/ --columns tags,embedding --partitions 500
    """
    from earmark.cluster.batch import batch as run
    from earmark.messages import say

    total = run(
        source,
        output,
        address=ray,
        model=model,
        columns=comma_separated(columns),
        partitions=partitions,
        actors=actors,
        retry=retry,
    )
    say(f"{output}: {total.sentence()}")
    if total.failures:
        raise typer.Exit(1)
