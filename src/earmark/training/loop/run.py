"""A whole run: recipe and data in, a run folder out.

The run folder gets a copy of the recipe, ``data.json`` with what was learned from, and what
:mod:`earmark.training.loop.fit` writes. A run goes on only with the same recipe and data.
``torchrun --nproc-per-node 2 -m -- earmark train ...`` runs it in two processes.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from earmark.atomic import atomic_file
from earmark.cores import available_cores
from earmark.errors import TrainingError
from earmark.messages import say
from earmark.training.loop.board import FOLDER, Board
from earmark.training.loop.checkpoint import CHECKPOINT, read_log
from earmark.training.loop.fit import Fit
from earmark.training.loop.lesson import FACTS, Lesson, MakeLesson
from earmark.training.loop.ranks import Ranks, joined_ranks
from earmark.training.loop.start import begin_with
from earmark.training.recipes.recipe import COPY, Recipe, load_recipe

MOMENTUM = 0.9
EXPECTATION_MAXIMISATION = "em"
ALONE, NO_BOARD = Ranks(), Board()


def train(
    recipe: Recipe,
    make_lesson: MakeLesson,
    folder: Path,
    *,
    resume: bool,
    start: str | None = None,
) -> None:
    """Train in this process, or in this one of several.

    Parameters
    ----------
    recipe : Recipe
    make_lesson : callable, see :data:`earmark.training.loop.lesson.MakeLesson`
    folder : Path, of the run
    resume : bool, whether to go on with a run that lies there
    start : str or None, a model or run folder whose weights the network begins with

    Raises
    ------
    EarmarkError
        One sentence: what is missing, or what does not fit the run that lies there.
    """
    use_all_cores()
    if recipe.optimiser.name == EXPECTATION_MAXIMISATION:
        raise TrainingError(
            f"recipe {recipe.name!r}: expectation-maximisation fits mixtures to a labelled corpus; "
            "in a checkout, python -m workshop.train does that"
        )
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    with joined_ranks() as ranks:
        speak = say if ranks.first else lambda sentence: None
        if ranks.first:
            require_right(recipe, folder, resume=resume)
        ranks.wait()
        torch.manual_seed(recipe.seed)
        lesson = make_lesson(recipe, folder, ranks, speak)
        facts = lesson.facts | ({"start": start} if start else {})
        if start:
            taken = begin_with(lesson.beginner(lesson.network), start, facts.get("tags"))
            speak(f"begins with {start}{'' if taken else ', with a last layer of its own'}")
        if ranks.first:
            note(recipe, facts, folder)
        board = Board(folder / FOLDER if ranks.first else None)
        if board.missing:
            speak("no TensorBoard curves: pip install tensorboard")
        _let_libraries_speak()
        before = len(read_log(folder))
        best = make_fit(recipe, lesson, folder, ranks, board).run().eval()
        if ranks.first:
            _finish(lesson, best, board, folder, before)


def _finish(lesson: Lesson, best: torch.nn.Module, board: Board, folder: Path, before: int) -> None:
    """Show what was learned since the first `before` epochs."""
    epochs = read_log(folder)[-1]["epoch"]
    if epochs > before:
        board.filters(best, epochs)
        if lesson.show is not None:
            lesson.show(board, best, epochs)
    board.close()
    say(f"{folder}: trained for {epochs} epochs; {lesson.exporter.format(run=folder)}")


def require_right(recipe: Recipe, folder: Path, *, resume: bool) -> None:
    """See that a run that lies in the folder may go on."""
    there = (folder / COPY).exists() or (folder / CHECKPOINT).exists()
    if there and not resume:
        raise TrainingError(f"{folder}: a run lies there already; --resume goes on with it")
    if (folder / COPY).exists():
        kept = load_recipe(folder / COPY)
        if kept != recipe:
            raise TrainingError(f"{folder}: the run there has {_difference(kept, recipe)}")


def _difference(kept: Recipe, wanted: Recipe) -> str:
    """The first value in which two recipes differ, as the end of a sentence."""
    from tomllib import loads

    old, new = _flat(loads(kept.text())), _flat(loads(wanted.text()))
    key = next(key for key in old | new if old.get(key) != new.get(key))
    return f"{key} = {old.get(key)}, not {new.get(key)}; it can only go on as it began"


def _flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        deeper = isinstance(value, dict)
        flat |= _flat(value, f"{before}{key}.") if deeper else {before + key: value}
    return flat


def note(recipe: Recipe, facts: dict[str, Any], folder: Path) -> None:
    """Keep the recipe and what is learned from, or see that it is still the same."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FACTS
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        changed = [key for key in facts if kept.get(key) != facts[key] and key != "store"]
        if changed:
            raise TrainingError(
                f"{folder}: the data has changed since the run began ({changed[0]}); "
                "begin a new run"
            )
        return
    with atomic_file(path) as file:
        json.dump(facts, file, indent=1, ensure_ascii=False)
    with atomic_file(folder / COPY) as file:
        file.write(recipe.text())


def make_fit(
    recipe: Recipe,
    lesson: Lesson,
    folder: Path,
    ranks: Ranks = ALONE,
    board: Board = NO_BOARD,
) -> Fit:
    """The training loop of a lesson by the recipe's optimiser, schedule and seed."""
    network = lesson.network.to(ranks.device, memory_format=torch.channels_last)
    optimiser = make_optimiser(recipe, network)
    return Fit(
        network=network,
        batches=lesson.batches,
        loss=lesson.loss,
        optimiser=optimiser,
        schedule=make_schedule(recipe, optimiser, lesson.batches.steps),
        folder=folder,
        rules=recipe.schedule,
        settings=recipe.optimiser,
        seed=recipe.seed,
        validate=lesson.validate,
        shipped=lesson.shipped,
        ranks=ranks,
        board=board,
    )


def make_optimiser(recipe: Recipe, network: torch.nn.Module) -> torch.optim.Optimizer:
    """The recipe's optimiser of a network's parameters."""
    rules, parameters = recipe.optimiser, network.parameters()
    if rules.name == "adadelta":
        return torch.optim.Adadelta(
            parameters, rules.learning_rate, weight_decay=rules.weight_decay
        )
    if rules.name == "sgd":
        return torch.optim.SGD(
            parameters,
            rules.learning_rate,
            momentum=MOMENTUM,
            weight_decay=rules.weight_decay,
            nesterov=True,
        )
    kind = torch.optim.Adam if rules.name == "adam" else torch.optim.AdamW
    return kind(parameters, rules.learning_rate, weight_decay=rules.weight_decay)


def make_schedule(
    recipe: Recipe, optimiser: torch.optim.Optimizer, steps: int
) -> torch.optim.lr_scheduler.LRScheduler | None:
    """The recipe's learning rate over epochs of `steps` batches; None for a constant one."""
    rules = recipe.schedule
    if rules.name == "constant":
        return None
    return torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        recipe.optimiser.learning_rate,
        total_steps=steps * rules.epochs,
        pct_start=rules.warm_up,
        cycle_momentum=recipe.optimiser.name != "adadelta",  # which has none
    )


def _let_libraries_speak() -> None:
    """Show again what C libraries print; the command keeps them quiet while sound is decoded."""
    with suppress(OSError, AttributeError):
        os.dup2(sys.stderr.fileno(), 2)


def use_all_cores() -> None:
    """One BLAS thread is right for tagging, not for training; what the user has set is kept."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    torch.set_num_threads(int(wanted) if wanted.isdigit() else available_cores())
