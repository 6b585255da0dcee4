"""``earmark data``: get MagnaTagATune, check and count data sets, make manifests and stores."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import ListFormat

data = typer.Typer(
    name="data",
    help="Data sets: MagnaTagATune, and manifests of your own music.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Data = Annotated[str, typer.Argument(help="A manifest, a MagnaTagATune folder, or magnatagatune.")]
Tags = Annotated[
    Path | None,
    typer.Option("--tags", help="Your own tags: TOML, or text with a tag a line."),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes. [one a core]")]


class Name(StrEnum):
    """Data sets that can be fetched."""

    magnatagatune = "magnatagatune"


class By(StrEnum):
    """Where a manifest's tags come from."""

    folders = "folders"
    fields = "fields"
    both = "both"


class Others(StrEnum):
    """What a manifest says of the tags that no word names."""

    absent = "absent"
    unknown = "unknown"


@data.command()
def get(
    name: Annotated[Name, typer.Argument(help="What to fetch.")],
    folder: Annotated[Path, typer.Argument(help="Where to; 6 GB with the parts of the zip.")],
    given: Annotated[
        Path | None, typer.Option("--from", help="A folder with files that you fetched yourself.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Another address than the official one.")] = None,
    jobs: Jobs = None,
) -> None:
    """Download, check and unpack a data set; the same command goes on after any stop.

    Examples:

      earmark data get magnatagatune mtat/

      earmark data get magnatagatune mtat/ --from Downloads/
    """
    from earmark.verbs.data import get as run

    if run(folder, given, url, jobs):
        raise typer.Exit(1)


@data.command()
def check(
    data: Data,
    tags: Tags = None,
    sound: Annotated[bool, typer.Option(help="Decode every sound as well.")] = False,
    jobs: Jobs = None,
) -> None:
    """Tell what is missing or wrong, with the number of the row; exit code 1 if anything is.

    Examples:

      earmark data check songs.csv

      earmark data check songs.csv --tags my-tags.txt

      earmark data check mtat/ --sound
    """
    from earmark.verbs.data import check as run
    from earmark.vocabulary.load import load_vocabulary

    if run(data, load_vocabulary(tags) if tags else None, sound=sound, jobs=jobs):
        raise typer.Exit(1)


@data.command()
def stats(
    data: Data,
    tags: Tags = None,
    form: Annotated[ListFormat, typer.Option("--format", help="How to write them.")] = (
        ListFormat.table
    ),
) -> None:
    """Count clips, labels and tags, by split, and which tags go together.

    Examples:

      earmark data stats magnatagatune

      earmark data stats songs.csv --format json
    """
    from earmark.verbs.data import stats as run
    from earmark.vocabulary.load import load_vocabulary
    from earmark.writers.screen import show

    vocabulary = load_vocabulary(tags) if tags else None
    as_json = form is ListFormat.json
    show(run(data, vocabulary, as_json=as_json), table=not as_json)


@data.command()
def manifest(
    folder: Annotated[Path, typer.Argument(help="A folder of music.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV, TSV or Parquet to write.")],
    by: Annotated[
        By, typer.Option(help="Names of folders, genre and mood fields of the files, or both.")
    ] = By.both,
    others: Annotated[
        Others, typer.Option(help="What the tags are that no word names; training needs absent.")
    ] = Others.absent,
    tags: Tags = None,
) -> None:
    """Make a manifest of your own music and tell which words became which tags.

    Examples:

      earmark data manifest Music/ -o music.csv

      earmark data manifest Music/ -o music.csv --by fields --tags my-tags.txt

      earmark data manifest Music/ -o music.csv --others unknown
    """
    from earmark.verbs.data import manifest as run
    from earmark.vocabulary.load import load_vocabulary
    from earmark.writers.screen import show

    vocabulary = load_vocabulary(tags) if tags else None
    show(run(folder, output, by.value, vocabulary, others.value))


@data.command()
def store(
    data: Data,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the store.")],
    model: Annotated[
        str, typer.Option("-m", "--model", help="Model whose log-mel frames are kept.")
    ] = "default",
    waveforms: Annotated[
        int | None, typer.Option(min=1, help="Keep waveforms at this sample rate instead.")
    ] = None,
    jobs: Jobs = None,
) -> None:
    """Compute features once and keep them on disk; the same command goes on after any stop.

    Examples:

      earmark data store songs.csv -o store/

      earmark data store magnatagatune -o store/ --waveforms 16000
    """
    from earmark.verbs.data import store as run

    if run(data, output, model=model, waveforms=waveforms, jobs=jobs).failed:
        raise typer.Exit(1)
