"""``earmark export``: a trained run to a model folder that ``earmark tag -m`` takes."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder of earmark train.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Model folder to write.")],
    name: Annotated[str | None, typer.Option(help="The model's name. [its folder's]")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes that tag held-out songs. [one a core]")
    ] = None,
    int8: Annotated[
        bool,
        typer.Option("--int8", help="8-bit convolutions, if that costs under .003 ROC-AUC."),
    ] = False,
) -> None:
    """Write a run as a model folder: ONNX and a card, calibrated on held-out songs.

    Examples:

      earmark export runs/mine -o mine/

      earmark export runs/mine -o quick/ --int8

      earmark tag -m mine/ song.mp3
    """
    from earmark.training.require import require_training

    require_training()
    from earmark.training.export.run import export_run

    export_run(run, output, name=name, jobs=jobs, int8=int8)
