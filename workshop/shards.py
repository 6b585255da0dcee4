"""Shards of several folders of drawn windows as one folder, numbered anew.

Run ``python -m workshop.shards runs/windows:30 runs/voices -o runs/mixed``: the first 30 shards
of the one and all of the other. They must be of one corpus and one set of teachers.
"""

import argparse
import os
import shutil
from contextlib import suppress
from pathlib import Path

from earmark.errors import TrainingError
from workshop.made_of import made_of, note

KEYS = ("corpus", "teachers")


def join_shards(folders: list[tuple[Path, int | None]], out: Path) -> int:
    """Link or copy shards into a folder.

    Parameters
    ----------
    folders : list of a folder and how many of its shards, None for all
    out : Path, made anew

    Returns
    -------
    int, shards

    Raises
    ------
    TrainingError
        A folder has too few shards, or they are not made of the same.
    """
    noted = [made_of(folder) or {} for folder, _ in folders]
    facts = {key: noted[0].get(key) for key in KEYS}
    if None in facts.values() or any(n.get(key) != facts[key] for n in noted for key in KEYS):
        raise TrainingError(f"{out}: shards of different corpora or teachers do not go together")
    paths = []
    for folder, count in folders:
        there = sorted(folder.glob("windows-*.npz"))
        if len(there) < (count or 1):
            raise TrainingError(f"{folder}: has {len(there)} shards of windows, not {count or 1}")
        paths += there[:count]
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("windows-*.npz"):
        old.unlink()
    for number, path in enumerate(paths):
        new = out / f"windows-{number:05d}.npz"
        with suppress(OSError):
            os.link(path, new)
        if not new.exists():
            shutil.copyfile(path, new)
    note(out, facts)
    return len(paths)


def main() -> None:
    """Join folders of drawn windows."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folders", nargs="+", help="FOLDER, or FOLDER:COUNT for its first shards")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    chosen = []
    for text in options.folders:
        folder, _, count = text.rpartition(":") if ":" in text else (text, "", "")
        chosen.append((Path(folder), int(count) if count else None))
    print(f"{options.out}: {join_shards(chosen, options.out)} shards")


if __name__ == "__main__":
    main()
