"""A model folder appears whole or not at all, and takes the place of nothing but a model."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from earmark.errors import ModelError, OutputError
from earmark.tagging.voices import VOICES
from earmark.training.export.model_folder import WEIGHTS
from earmark.zoo.card import CARD, NETWORK, load_card

FILES = frozenset({CARD, NETWORK, WEIGHTS, VOICES})


@contextmanager
def new_model(out: Path) -> Iterator[Path]:
    """A folder beside `out` to make a model in; in the end it takes the name `out`.

    Until then, and if anything fails or the process is killed, `out` is as it was.

    Parameters
    ----------
    out : Path, a folder that is not there, is empty, or holds an earlier model and nothing else

    Raises
    ------
    OutputError
        Something else lies there, or the folder cannot be written.
    """
    out = out.resolve()
    require_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        yield part
        require_free(out)
        _take_place(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def require_free(out: Path) -> None:
    """Refuse to write where anything but an earlier model lies.

    Raises
    ------
    OutputError
        One sentence that names what lies there.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out}: is a file, not a folder for a model")
    there = sorted(os.listdir(out))
    if foreign := [name for name in there if name not in FILES]:
        raise OutputError(
            f"{out}: holds {foreign[0]!r}, which is no part of a model; name another folder"
        )
    if there:
        try:
            load_card(out)
        except ModelError as error:
            raise OutputError(
                f"{out}: holds {there[0]!r}, but no whole model; remove it or name another folder"
            ) from error


def _take_place(part: Path, out: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    old = part.with_suffix(".old")
    try:
        part.chmod(0o777 & ~mask)  # temporary folders are their owner's alone
        if out.exists():
            out.rename(old)
        part.rename(out)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    shutil.rmtree(old, ignore_errors=True)
