"""``earmark serve``: tags over HTTP, and the page."""

from pathlib import Path
from typing import Annotated

import typer

from earmark.cli.listing import comma_separated


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8188,
    library: Annotated[Path | None, typer.Option(help="A library that may be asked.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write into the library's files, when asked to.")
    ] = False,
    models: Annotated[
        str | None, typer.Option(help="Models that may be asked for, as in default,small. [all]")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="EARMARK_TOKEN", help="What every request must bring.")
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open", help="Serve other machines without a token.")
    ] = False,
    allow_urls: Annotated[
        bool, typer.Option("--allow-urls", help="Fetch sounds from public addresses.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. [one a core]")] = None,
    max_mb: Annotated[int, typer.Option(min=1, help="Largest upload in MiB.")] = 1024,
    queue: Annotated[int, typer.Option(min=0, help="Sounds that may wait.")] = 16,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate for https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key.")] = None,
) -> None:
    """Serve tags over HTTP: a page at /, the description of all that may be asked at /docs.

    Examples:

      earmark serve

      earmark serve --library music.db --models default,small

      earmark serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"

      curl -F file=@song.mp3 http://127.0.0.1:8188/tag
    """
    from earmark.cores import available_cores
    from earmark.serve.run import serve as run
    from earmark.serve.settings import Limits, Settings
    from earmark.zoo import model_names

    settings = Settings(
        host=host,
        port=port,
        library=library,
        models=comma_separated(models) or tuple(model_names()),
        token=token,
        open=open_to_all,
        write=write,
        allow_urls=allow_urls,
        workers=workers or available_cores(),
        limits=Limits(upload_bytes=max_mb << 20, waiting=queue),
    )
    run(settings, tls_cert, tls_key)
