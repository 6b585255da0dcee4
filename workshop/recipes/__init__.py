"""The recipes of the shipped models; those for users are in ``earmark/training/recipes``."""

import os
from pathlib import Path

from earmark.training.recipes.recipe import Recipe, load_recipe

HERE = Path(__file__).parent


def workshop_recipes() -> list[str]:
    """Names of the recipes of the workshop."""
    return sorted(path.stem for path in HERE.glob("*.toml"))


def workshop_recipe(recipe: str | os.PathLike) -> Recipe:
    """A recipe of the workshop by its name, or any other by its name or path.

    Raises
    ------
    TrainingError
        No such recipe, or one that makes no sense.
    """
    own = HERE / f"{os.fspath(recipe)}.toml"
    return load_recipe(own if os.fspath(recipe) in workshop_recipes() else recipe)
