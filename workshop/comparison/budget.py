"""How many clips each row may learn in its minutes: a trial of some steps, written down.

Run ``OMP_NUM_THREADS=1 python -m workshop.comparison.budget --corpus CORPUS --teachers TEACHERS``
once; it writes ``budget.json``. With it a training can be repeated exactly, on any machine.
"""

import argparse
import json
import time
from itertools import count
from pathlib import Path

import torch

from earmark.training.loop.run import make_optimiser
from earmark.training.recipes.recipe import Recipe
from workshop.clips import lesson_of
from workshop.comparison.data import Ears, open_ears
from workshop.comparison.rows import Row, all_rows

BUDGET = Path(__file__).with_name("budget.json")
WARM_UP, STEPS, ROUNDS = 3, 8, 3


def step_seconds(recipe: Recipe, ears: Ears) -> float:
    """Seconds of one core for a step, its batch included; the best of some rounds."""
    clips = ears.clips(recipe)
    torch.manual_seed(recipe.seed)
    lesson = lesson_of(recipe, clips)
    network = lesson.network.to(memory_format=torch.channels_last)
    optimiser, numbers = make_optimiser(recipe, network), count()

    def steps(some: int) -> float:
        started = time.process_time()
        for _ in range(some):
            loss = lesson.loss(network, clips(0, next(numbers), slice(None)))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
        return (time.process_time() - started) / some

    steps(WARM_UP)
    return min(steps(STEPS) for _ in range(ROUNDS))


def clips_of(row: Row) -> int:
    """How many clips a row learns: its own number, or what fits into its minutes."""
    if row.clips is not None:
        return row.clips
    return json.loads(BUDGET.read_text())[f"{row.table}/{row.name}"]


def main() -> None:
    """Try every row that has minutes and was not tried before."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    ears = open_ears(parser)
    torch.set_num_threads(1)
    found = json.loads(BUDGET.read_text()) if BUDGET.exists() else {}
    for row in all_rows():
        key = f"{row.table}/{row.name}"
        if row.minutes is not None and key not in found:
            steps = round(row.minutes * 60 / step_seconds(row.recipe, ears))
            found[key] = steps * row.recipe.data.batch
            BUDGET.write_text(json.dumps(found, indent=1) + "\n")
            print(key, found[key], flush=True)


if __name__ == "__main__":
    main()
