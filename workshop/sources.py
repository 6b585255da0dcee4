"""Where what a network of the workshop learns lies, and refusals where it does not."""

from dataclasses import dataclass
from pathlib import Path

from earmark.errors import TrainingError
from earmark.training.recipes.recipe import Recipe

SHARDS = {"windows": "windows", "tracks": "tracks", "worn": "tracks"}  # how their files begin


@dataclass(frozen=True)
class Sources:
    """Where the data of a run lies; each kind of data needs some of it.

    Attributes
    ----------
    corpus, teachers : Path or None, folders
    cache : Path, of decoded sound
    windows, tracks : Path, of labelled windows, drawn ones and the corpus' own
    worn : Path or None, the corpus' own windows as rooms and codecs leave them, of 'windows'
    more : Path or None, a corpus without labels, with windows of it, of 'windows'
    heard : Path or None, windows that one model heard, which teaches alone, of 'windows'
    start : str or None, a model or run folder whose weights the network begins with
    jobs : int > 0, processes that decode
    """

    corpus: Path | None = None
    teachers: Path | None = None
    cache: Path = Path("runs/corpus")
    windows: Path = Path("runs/windows")
    tracks: Path = Path("runs/tracks")
    worn: Path | None = None
    more: Path | None = None
    heard: Path | None = None
    start: str | None = None
    jobs: int = 1


def require_labelled(recipe: Recipe, sources: Sources, *kinds: str) -> None:
    """Refuse to go on without a corpus, teachers, and what they said.

    Parameters
    ----------
    recipe : Recipe
    sources : Sources
    kinds : str, of ``SHARDS``, both the attribute of `sources` and the module that makes it

    Raises
    ------
    TrainingError
        One sentence: what is not named or not there, and how to get it.
    """
    if sources.corpus is None or sources.teachers is None:
        raise TrainingError(
            f"recipe {recipe.name!r}: learns from a labelled corpus; name its folder with --corpus "
            "and that of the networks that label it with --teachers"
        )
    for kind in kinds:
        folder = getattr(sources, kind)
        if not any(folder.glob(f"{SHARDS[kind]}-*.npz")):
            raise TrainingError(
                f"{folder}: no labelled windows lie there; python -m workshop.{kind} makes them"
            )
