"""The ``earmark`` command: collects the verbs and turns errors into sentences and exit codes.

Exit codes: 0 all went well, perhaps with a reservation; 1 something got no tags or could not be
written; 2 wrong usage; 130 stopped by Ctrl-C.
"""

import os
import sys
from typing import Annotated, NoReturn

import typer

from earmark import EarmarkError, __version__
from earmark.cli.batch import batch
from earmark.cli.censor import censor
from earmark.cli.data import data
from earmark.cli.duplicates import duplicates
from earmark.cli.evaluate import compare, evaluate
from earmark.cli.export import export
from earmark.cli.genres import genres
from earmark.cli.groups import groups
from earmark.cli.library import library
from earmark.cli.live import live
from earmark.cli.models import models
from earmark.cli.page import page
from earmark.cli.playlist import playlist
from earmark.cli.plot import plot
from earmark.cli.predict import predict
from earmark.cli.scan import scan
from earmark.cli.search import search
from earmark.cli.segments import segments
from earmark.cli.serve import serve
from earmark.cli.similar import similar
from earmark.cli.tag import tag
from earmark.cli.tags import tags
from earmark.cli.taste import taste
from earmark.cli.teach import teach
from earmark.cli.train import train
from earmark.cli.undo import undo
from earmark.cli.verbs import Verbs
from earmark.cli.write import write
from earmark.errors import ExpressionError, FormError, UnknownMapError, UnknownModelError
from earmark.messages import say
from earmark.threads import use_one_blas_thread

# What makes no sense whatever the files are.
WRONG_USAGE = (ExpressionError, FormError, UnknownMapError, UnknownModelError)

app = typer.Typer(
    cls=Verbs,
    help="Listen to music and write down what is heard.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"earmark {__version__}")
        raise typer.Exit


@app.callback()
def _earmark(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    pass


app.command()(tag)
app.command()(tags)
app.command()(scan)
app.command()(segments)
app.command()(search)
app.command()(censor)
app.command()(live)
app.command()(models)
app.command()(predict)
app.command()(evaluate)
app.command()(compare)
app.command()(train)
app.command()(export)
app.command()(similar)
app.command()(playlist)
app.command()(serve)
app.command()(page)
app.command()(write)
app.command()(undo)
app.command()(groups)
app.add_typer(library)
app.command()(batch)
app.command()(teach)
app.command()(duplicates)
app.command()(taste)
app.add_typer(data)
app.add_typer(plot)
app.add_typer(genres)


def main() -> None:
    """Run the command in a process of its own."""
    use_one_blas_thread()
    _open_what_is_closed()
    _keep_decoders_quiet()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    _leave(answer(sys.argv[1:]))


def answer(arguments: list[str]) -> int:
    """Run the command with these arguments; its exit code."""
    try:
        app(arguments, prog_name="earmark")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except EarmarkError as error:
        say(str(error))
        return 2 if isinstance(error, WRONG_USAGE) else 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        what = f"{error.filename}: it" if error.filename else "a result"
        say(f"{what} cannot be read or written ({error.strerror or error})")
        return 1
    return 0


def _open_what_is_closed() -> None:
    """Lead standard streams that came closed to nowhere.

    A file that is opened later would get their number, and what is printed would go into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def _keep_decoders_quiet() -> None:
    """Send what C libraries print about a damaged file to nowhere; our own sentences tell of it."""
    sys.stderr.flush()
    own = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(own, "w", buffering=1, encoding=sys.stderr.encoding)


def _leave(code: int) -> NoReturn:
    """Exit; what stdout cannot take is dropped, or Python would complain once more."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            say(f"standard output: cannot be written ({error.strerror})")
            code = code or 1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
