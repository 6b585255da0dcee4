"""``earmark page``: a copy of the page that tags in the browser, for any static host."""

from pathlib import Path
from typing import Annotated

import typer


def page(
    static: Annotated[
        Path, typer.Option("--static", metavar="FOLDER", help="Folder to write the page to.")
    ],
    model: Annotated[
        str, typer.Option("-m", "--model", help="Name or folder of a model; see earmark models.")
    ] = "small",
    runtime: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="An unpacked npm package onnxruntime-web. [node_modules/onnxruntime-web]",
        ),
    ] = None,
) -> None:
    """Write a page that tags in the browser: no server, and no sound leaves the machine.

    Any static host will do, in any sub-folder. The page runs the model by onnxruntime-web, which
    is fetched once from npm.

    Examples:

      npm pack onnxruntime-web && tar xzf onnxruntime-web-*.tgz

      earmark page --static site --runtime package

      python -m http.server --directory site
    """
    from earmark.static_page.export import export

    typer.echo(export(static, model, runtime).sentence)
