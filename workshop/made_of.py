"""What a folder of cached files was made of, noted beside them, so that they serve nothing else."""

import json
from pathlib import Path
from typing import Any

from earmark.atomic import atomic_file
from earmark.errors import TrainingError

NOTE = "made_of.json"


def made_of(folder: Path) -> dict[str, Any] | None:
    """What is noted in a folder; None if nothing is, or nothing that can be read."""
    try:
        noted = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, dict) else None


def note(folder: Path, facts: dict[str, Any]) -> None:
    """Note what the files of a folder are made of."""
    with atomic_file(folder / NOTE) as file:
        json.dump(facts, file, indent=1)


def begin(folder: Path, facts: dict[str, Any], files: str) -> None:
    """Note it before the first file is made; later see that the others are made of the same.

    Parameters
    ----------
    folder : Path
    facts : dict of plain values
    files : str, a pattern of the files that it is about

    Raises
    ------
    TrainingError
        The files that lie there are made of something else, or nobody knows of what.
    """
    if made_of(folder) is None and not any(folder.glob(files)):
        note(folder, facts)
    require(folder, facts)


def require(folder: Path, facts: dict[str, Any]) -> None:
    """Refuse files that were made of something else.

    A fact that is '' is not known here, as the sound of a corpus that lies only in memory.

    Raises
    ------
    TrainingError
        One sentence with what is not the same.
    """
    facts = {name: value for name, value in facts.items() if value != ""}
    noted = made_of(folder) if facts else {}
    if noted is None:
        raise TrainingError(
            f"{folder}: no {NOTE} tells what its files were made of; remove them to make them anew"
        )
    if other := [name for name in facts if noted.get(name) != facts[name]]:
        raise TrainingError(
            f"{folder}: its files were made of another {other[0]}; remove them or name another "
            "folder"
        )
