"""Find a model by name or path: the shipped ones lie in this folder, one folder each."""

import os
from pathlib import Path

from earmark.errors import UnknownModelError
from earmark.zoo.card import CARD, Card, load_card

HERE = Path(__file__).parent


def model_names() -> list[str]:
    """Names of the shipped models, 'default' first."""
    names = [path.parent.name for path in HERE.glob(f"*/{CARD}")]
    return sorted(names, key=lambda name: (name != "default", name))


def find_model(model: str | os.PathLike) -> Card:
    """The card of a shipped model by name, in any case, or of a model folder by path.

    Raises
    ------
    UnknownModelError
        No such name and no such folder.
    ModelError
        The card is missing or makes no sense.
    """
    names = model_names()
    if isinstance(model, str) and model in names:
        return load_card(HERE / model)
    folder = Path(model)
    if folder.is_dir():
        return load_card(folder)
    if isinstance(model, str) and model.lower() in names:
        return load_card(HERE / model.lower())
    shipped = ", ".join(names)
    raise UnknownModelError(f"no model {os.fspath(model)!r}: not a folder and not one of {shipped}")
