"""How training went: run folders in, curves over epochs out, one panel a measure.

A run's ``log.jsonl`` has a JSON object a line with ``epoch`` and numbers by name: ``loss`` (see
:mod:`earmark.training.loop.fit`), and whatever else a trainer notes.
"""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from earmark.errors import DataError
from earmark.plots.style import (
    CYCLE,
    LINE,
    add_legend,
    new_figure,
    plain_log,
    require_matplotlib,
    shortened,
    style_axes,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOG = "log.jsonl"
EPOCH = "epoch"
MEANINGS = {
    "loss": "training loss",
    "valid_loss": "validation loss",
    "roc_auc": "validation ROC-AUC",
    "pr_auc": "validation PR-AUC",
    "windows_per_second": "speed, windows a second",
}
COLUMNS = 2

Curves = dict[str, tuple[list[int], list[float]]]


def learning_curves(folders: Sequence[str | os.PathLike]) -> "Figure":
    """Everything that the logs of some runs hold, against epochs.

    Parameters
    ----------
    folders : sequence of paths, of run folders

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        A folder has no log, or a line of it makes no sense; the text names file and line.
    OutputError
        matplotlib is not installed.
    """
    require_matplotlib()
    if not folders:
        raise DataError("no training run is named, so there is nothing to draw")
    runs = {os.fspath(folder): read_log(folder) for folder in folders}
    measures = sorted(
        {name for curves in runs.values() for name in curves},
        key=lambda name: (list(MEANINGS).index(name) if name in MEANINGS else 99, name),
    )
    columns = min(COLUMNS, len(measures))
    rows = -(-len(measures) // columns)
    title = shortened(Path(next(iter(runs))).resolve().name) if len(runs) == 1 else ""
    figure = new_figure(0.6 + 4.2 * columns, 3.2 * rows, title)
    panels = figure.subplots(rows, columns, squeeze=False).flat
    for axes, measure in zip(panels, measures, strict=False):
        for place, (run, curves) in enumerate(runs.items()):
            epochs, values = curves.get(measure, ([], []))
            colour = CYCLE[place % len(CYCLE)]
            dashes = ("-", "--", ":")[place // len(CYCLE) % 3]
            name = shortened(Path(run).resolve().name)
            mark = "o" if len(epochs) == 1 else ""
            axes.plot(epochs, values, color=colour, ls=dashes, marker=mark, lw=LINE, label=name)
        meaning = MEANINGS.get(measure, measure.replace("_", " "))
        style_axes(axes, shortened(meaning), EPOCH, "", "y")
        if _needs_log([curves[measure][1] for curves in runs.values() if measure in curves]):
            axes.set_yscale("log")
            plain_log(axes.yaxis)
        axes.xaxis.get_major_locator().set_params(integer=True)
    for axes in list(panels):
        axes.set_visible(False)
    if len(runs) > 1:
        add_legend(figure.axes[0])
    return figure


def _needs_log(values: list[list[float]]) -> bool:
    """Whether runs are so far apart that the lower ones would look flat."""
    middles = [sorted(run)[len(run) // 2] for run in values]
    return min(map(min, values)) > 0 and max(middles) > 5 * min(middles)


def read_log(folder: str | os.PathLike) -> Curves:
    """Epochs and values of each number in a run's log.

    An epoch that is there twice, as after a stopped run, counts as it was last. A last line without
    an end, which a run may be writing just now, does not count.

    Raises
    ------
    DataError
        The log is missing or empty, or a line makes no sense.
    """
    path = Path(folder) / LOG
    try:
        lines = path.read_text("utf-8").splitlines(keepends=True)
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such log of a training run") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as a log of a training run") from error
    found: dict[str, dict[int, float]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or (number == len(lines) and not line.endswith("\n")):
            continue
        epoch, values = _parse(path, number, line)
        for name, value in values.items():
            found.setdefault(name, {})[epoch] = value
    if not found:
        raise DataError(f"{path}: the log has no finished epoch")
    return {
        name: (sorted(values), [values[epoch] for epoch in sorted(values)])
        for name, values in found.items()
    }


def _parse(path: Path, number: int, line: str) -> tuple[int, dict[str, float]]:
    try:
        record = json.loads(line)
        epoch = int(record.pop(EPOCH))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: line {number} is no JSON object with an epoch") from error
    numbers = {
        name: float(value)
        for name, value in record.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
    return epoch, numbers
