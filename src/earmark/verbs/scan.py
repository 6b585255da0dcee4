"""Scans as people see them: what is going to be done, a bar, what went wrong, the numbers."""

import json
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from earmark.atomic import standard_output
from earmark.library.scan import Scan, scan
from earmark.messages import progress, say


def scan_and_tell(
    folders: Sequence[str | os.PathLike],
    library: Path,
    *,
    as_json: bool,
    watch: bool = False,
    **options: object,
) -> Scan:
    """Scan, and write the numbers to standard output; sentences go to stderr.

    Parameters
    ----------
    folders : sequence of paths
    library : Path
    as_json : bool, whether the numbers are a line of JSON instead of a sentence
    watch : bool, whether to go on until Ctrl-C
    options : of :func:`earmark.library.scan.scan`

    Returns
    -------
    Scan, the last one
    """

    def once(where: Sequence[str | os.PathLike], **more: object) -> Scan:
        bar = partial(progress, "hearing", rate="songs")
        outcome = scan(where, library, say=say, progress=bar, **{**options, **more})
        tell(outcome, library, as_json=as_json)
        return outcome

    outcome = once(folders)
    if watch and not outcome.interrupted:
        from earmark.library.watch import changed_folders

        for some in changed_folders(folders, say):
            outcome = once(some, retry=False, again=False)
            if outcome.interrupted:
                break
    return outcome


def tell(outcome: Scan, library: Path, *, as_json: bool) -> None:
    """What went wrong, on stderr, and the numbers, on standard output."""
    for sentence in outcome.problems:
        say(sentence)
    if outcome.untold:
        say(f"and {outcome.untold} more; earmark library errors lists them")
    if outcome.interrupted:
        say("stopped; the next scan goes on from here")
    with standard_output() as out:
        if as_json:
            out.write(json.dumps(outcome.to_dict()) + "\n")
        else:
            out.write(f"{library}: {outcome.sentence()}\n")
