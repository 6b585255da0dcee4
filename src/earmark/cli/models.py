"""``earmark models``: what is shipped, how large, how fast, how good."""

from typing import Annotated

import typer

from earmark.cli.listing import ListFormat


def models(
    form: Annotated[ListFormat, typer.Option("--format", help="How to write them.")] = (
        ListFormat.table
    ),
) -> None:
    """List the shipped models with size, speed and measured quality from their cards.

    Examples:

      earmark models

      earmark models --format json
    """
    from earmark.verbs.models import models_json, models_table
    from earmark.writers.screen import show

    table = form is ListFormat.table
    show(models_table() if table else models_json(), table=table)
