"""docs/comparison.md holds what the trainings' records say, and nothing else."""

import sys
from pathlib import Path

import pytest
from command import run

ROOT = Path(__file__).parents[2]
pytest.importorskip("torch", reason="the rows are recipes of the train extra")


def test_the_page_is_what_its_records_say() -> None:
    done = run([sys.executable, "-m", "workshop.comparison.page", "--check"], cwd=ROOT)
    assert done.returncode == 0, done.stderr
