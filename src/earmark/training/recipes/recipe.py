"""A recipe: a TOML file that says everything of a training run except where the data lies.

In: the name of a shipped recipe (a TOML file beside this one) or a path. Out: frozen dataclasses
whose every value was checked. A key that is not there has its default; a key that nobody knows, a
wrong type or an impossible value is one sentence with file, section and key.
"""

import os
import tomllib
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from earmark.errors import TrainingError
from earmark.near_name import near_or_all
from earmark.sound.melspectrogram import FrontEnd
from earmark.training.loop.losses import ACTIVATIONS
from earmark.training.networks import ARCHITECTURES, options_of
from earmark.training.recipes.check_table import (
    checked_options,
    checked_values,
    choice,
    number,
)

SHIPPED = Path(__file__).parent
COPY = "recipe.toml"  # in the run folder


@dataclass(frozen=True)
class Data:
    """What is learned from, and in what portions.

    Attributes
    ----------
    kind : 'songs' (a manifest), 'windows' (cached windows that teachers labelled) or 'clips' (long
        clips of the same corpus)
    frames : int > 0, log-mel frames that the network hears at once
    batch : int > 1, windows a step, over all processes; batch normalisation needs two
    crops : int > 0, of 'songs': random crops of each song in an epoch
    steps : int > 0, of 'songs': batches of an epoch at least; of few songs there are more crops
    clips : int > 0, of 'clips': random clips in an epoch
    held_out : float in (0, .5], of 'songs': share held out where the manifest has no valid split
    valid_windows : int > 0, evenly spaced windows of a held-out song whose scores are averaged
    """

    kind: str = choice("songs", "windows", "clips")
    frames: int = number(94, 1)
    batch: int = number(64, 2)
    crops: int = number(4, 1)
    steps: int = number(1, 1)
    clips: int = number(2400, 1)
    held_out: float = number(0.15, 0.01, 0.5)
    valid_windows: int = number(5, 1)


@dataclass(frozen=True)
class Architecture:
    """Which network.

    Attributes
    ----------
    name : str, a file of :mod:`earmark.training.networks`
    options : dict, further keys of the section, arguments of its ``create``
    """

    name: str = choice(*ARCHITECTURES)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Loss:
    """What is minimised.

    Attributes
    ----------
    name : str, a function of :mod:`earmark.training.loop.losses`; the network's activation follows
    positive_weight : float > 0, of 'songs': weight of a tag that is there, against an absent one
    balance : float in [0, 1], of 'windows': how much more rare tags weigh than common ones
    raw_weight : float >= 0, of 'windows': weight of the teachers' raw scores
    raw_share : float in [0, 1], of 'windows': part of the second head in the shipped last layer
    probe_share : float in [0, 1], of 'windows': part of probes in that; with 0 they teach nothing
    """

    name: str = choice(*ACTIVATIONS)
    positive_weight: float = number(1.0, 0.01, 1000)
    balance: float = number(0.0, 0, 1)
    raw_weight: float = number(0.5, 0)
    raw_share: float = number(0.5, 0, 1)
    probe_share: float = number(0.0, 0, 1)


@dataclass(frozen=True)
class Optimiser:
    """How a step is taken.

    Attributes
    ----------
    name : 'adamw', 'adam', 'adadelta', 'sgd' (Nesterov momentum .9) or 'em' (of 'ar': no gradients)
    learning_rate : float > 0, the highest
    weight_decay : float >= 0
    average : float in [0, 1), decay a step of the averaged weights, which are the ones to ship; 0
        for the last ones
    precision : 'float32' or 'bfloat16' (automatic mixed precision)
    compile : bool, whether torch compiles the network: a minute's wait, then faster
    """

    name: str = choice("adamw", "adam", "adadelta", "sgd", "em")
    learning_rate: float = number(1e-3, 1e-9, 100)
    weight_decay: float = number(0.01, 0, 10)
    average: float = number(0.999, 0, 0.99999)
    precision: str = choice("float32", "bfloat16")
    compile: bool = False


@dataclass(frozen=True)
class Schedule:
    """How long, and how fast when.

    Attributes
    ----------
    name : 'constant', or 'one-cycle' (up to the learning rate, then down to nothing)
    epochs : int > 0, at most
    warm_up : float in (0, .9], of 'one-cycle': share of all steps in which the learning rate rises
    patience : int >= 0, epochs without a better measure after which training ends; 0 for never
    watch : 'pr_auc', 'roc_auc' or 'valid_loss', the measure that says which weights are best;
        'last' for the last ones, whatever is measured
    checkpoint_minutes : float > 0, between two checkpoints inside an epoch
    """

    name: str = choice("constant", "one-cycle")
    epochs: int = number(30, 1)
    warm_up: float = number(0.15, 0.01, 0.9)
    patience: int = number(0, 0)
    watch: str = choice("pr_auc", "roc_auc", "valid_loss", "last")
    checkpoint_minutes: float = number(10.0, 0)


@dataclass(frozen=True)
class Augmentation:
    """SpecAugment (Park et al. 2019), random spans that are blanked, and mixup (Zhang et al. 2018).

    Attributes
    ----------
    mixup : float >= 0, windows are blended with others in shares that are drawn from a Beta
        distribution with this parameter; 0 for no mixup
    time_masks, mel_masks : int >= 0, how many spans of frames and of bands
    time_mask, mel_mask : int >= 0, their greatest width
    """

    mixup: float = number(0.0, 0)
    time_masks: int = number(0, 0)
    time_mask: int = number(12, 0)
    mel_masks: int = number(0, 0)
    mel_mask: int = number(10, 0)


@dataclass(frozen=True)
class Recipe:
    """Everything of a run except where the data lies; the sections are attributes.

    Attributes
    ----------
    name : str
    summary : str, a line for people and for the model's card
    seed : int >= 0; the same seed on the same machine gives the same weights
    """

    name: str
    summary: str = ""
    seed: int = number(0, 0, 2**31)
    data: Data = field(default_factory=Data)
    front_end: FrontEnd = field(default_factory=lambda: FrontEnd(16000, 1024, 512, 96))
    architecture: Architecture = field(default_factory=Architecture)
    loss: Loss = field(default_factory=Loss)
    optimiser: Optimiser = field(default_factory=Optimiser)
    schedule: Schedule = field(default_factory=Schedule)
    augmentation: Augmentation = field(default_factory=Augmentation)

    def changed(
        self,
        *,
        epochs: int | None = None,
        seed: int | None = None,
        architecture: str | None = None,
    ) -> "Recipe":
        """The same with another number of epochs, seed or network, where one is given.

        Another network has its default options, and the recipe its name: ``tags-crnn``.

        Raises
        ------
        TrainingError
            There is no such network.
        """
        schedule = self.schedule if epochs is None else replace(self.schedule, epochs=epochs)
        other = replace(self, schedule=schedule, seed=self.seed if seed is None else seed)
        if architecture is None:
            return other
        if architecture not in ARCHITECTURES:
            hint = near_or_all(architecture, list(ARCHITECTURES))
            raise TrainingError(f"no architecture {architecture!r}; {hint}")
        name = f"{self.name}-{architecture}"
        return replace(other, name=name, summary="", architecture=Architecture(architecture))

    def text(self) -> str:
        """The whole recipe as TOML, defaults included; reading it gives an equal recipe."""
        import tomli_w

        table = asdict(self)
        table["architecture"] |= table["architecture"].pop("options")
        return tomli_w.dumps(table)


SECTIONS = {
    "data": Data,
    "front_end": FrontEnd,
    "architecture": Architecture,
    "loss": Loss,
    "optimiser": Optimiser,
    "schedule": Schedule,
    "augmentation": Augmentation,
}


def recipe_names() -> list[str]:
    """Names of the shipped recipes."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_recipe(recipe: str | os.PathLike) -> Recipe:
    """Read and check a recipe.

    Parameters
    ----------
    recipe : str or path
        Name of a shipped recipe, or a TOML file.

    Raises
    ------
    TrainingError
        No such recipe, or one that makes no sense; the text names file, section and key.

    Examples
    --------
    >>> load_recipe("original").data.batch
    5
    """
    shipped = SHIPPED / f"{os.fspath(recipe)}.toml"
    path = shipped if os.fspath(recipe) in recipe_names() else Path(recipe)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        names = ", ".join(recipe_names())
        raise TrainingError(f"no recipe {os.fspath(recipe)!r}: no file, nor one of {names}") from (
            error
        )
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise TrainingError(f"{path}: not a TOML file ({error})") from error
    top = {key: value for key, value in table.items() if key not in SECTIONS}
    known = {key: table[key] for key in SECTIONS if key in table}
    sections = {key: _section(path, key, value) for key, value in known.items()}
    names = [own.name for own in fields(Recipe)]
    own = [one for one in fields(Recipe) if one.name not in SECTIONS]
    values = checked_values(f"{path}:", own, {"name": path.stem, **top}, names)
    return Recipe(**values, **sections)


def _section(path: Path, section: str, table: Any) -> Any:
    """A section's dataclass."""
    place = f"{path}: [{section}]"
    if not isinstance(table, dict):
        raise TrainingError(f"{place} must be a section with keys, not {table!r}")
    kind = SECTIONS[section]
    if kind is Architecture:
        options = {key: value for key, value in table.items() if key != "name"}
        named = {key: value for key, value in table.items() if key == "name"}
        name = Architecture(**checked_values(place, fields(kind)[:1], named)).name
        known = options_of(name) if options else {}
        return Architecture(name, checked_options(place, name, known, options))
    values = checked_values(place, list(fields(kind)), table)
    if kind is not FrontEnd:
        return kind(**values)
    try:
        return FrontEnd(**values)
    except (TypeError, ValueError) as error:
        needed = [own.name for own in fields(FrontEnd) if own.default is MISSING]
        missing = [name for name in needed if name not in values]
        reason = f"lacks {missing[0]!r}" if missing else f"makes no sense: {error}"
        raise TrainingError(f"{place} {reason}") from error
