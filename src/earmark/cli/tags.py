"""``earmark tags``: the words that a model knows."""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """Forms of the list."""

    table = "table"
    json = "json"
    csv = "csv"


def tags(
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "default",
    form: Annotated[Format, typer.Option("--format", help="How to write them.")] = Format.table,
) -> None:
    """List the tags that a model knows, by category; with their thresholds in JSON and CSV.

    Examples:

      earmark tags

      earmark tags -m mine/ --format csv
    """
    from earmark.errors import UnknownModelError
    from earmark.verbs.tags import tags_csv, tags_json, tags_table
    from earmark.zoo import find_model

    try:
        card = find_model(model)
    except UnknownModelError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    write = {Format.table: tags_table, Format.json: tags_json, Format.csv: tags_csv}[form]
    typer.echo(write(card))
