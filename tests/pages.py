"""Run the code of a page of docs, block by block, so that what people copy works."""

import re
import shlex
from collections.abc import Iterator

from click.testing import Result
from command import ROOT
from typer.testing import CliRunner

from earmark.cli.main import app

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = ("", "text")  # blocks of output, which nobody runs


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Language and code of each block of ``docs/<page>``."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    yield from FENCE.findall(text)


def run_page(page: str) -> list[tuple[str, Result | None]]:
    """Run all blocks of a page in the current folder, in their order.

    Every line of a ``sh`` block must be an ``earmark`` command; it runs in this process and must
    end well. ``python`` blocks run in one namespace. Blocks without a language, or of text, are
    output. Any other language is a mistake, so that no block goes unrun by accident.

    Returns
    -------
    list of (command or code, its Result or None), in their order
    """
    done: list[tuple[str, Result | None]] = []
    names: dict[str, object] = {"__name__": "__page__"}
    for language, code in blocks(page):
        if language == "sh":
            for command in _commands(code):
                words = shlex.split(command, comments=True)
                assert words[0] == "earmark", f"not a command of ours: {command}"
                result = CliRunner().invoke(app, words[1:])
                assert result.exit_code == 0, (command, result.output, result.exception)
                done.append((command, result))
        elif language == "python":
            exec(compile(code, f"docs/{page}", "exec"), names)
            done.append((code, None))
        else:
            assert language in SHOWN, f"a block of {language}, which nobody runs"
    return done


def _commands(code: str) -> list[str]:
    lines = code.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
