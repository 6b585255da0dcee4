"""What is compared: the rows of three tables, each a recipe with a budget.

All rows learn random clips of the corpus' tracks with the same labels, by the same loss and
optimiser unless the row is about that. A batch holds about as many seconds of sound in each.
"""

from dataclasses import dataclass, replace
from typing import Any

from earmark.sound import FrontEnd
from earmark.training.recipes.recipe import Architecture, Data, Loss, Optimiser, Recipe, Schedule

SOUND_A_BATCH = 192.0  # seconds
LEAST_BATCH = 8  # clips; fewer are too few for batch normalisation
EAR = FrontEnd(sample_rate=16000, n_fft=1024, hop_length=512, n_mels=96)
CLASSIC = FrontEnd(sample_rate=12000, n_fft=1024, hop_length=512, n_mels=96)
PLAIN = {"dropout": 0.0}  # no row learns for long enough to need it
SMALL = Architecture("resnet", {"widths": (16, 32, 64, 128), "embedding": 128, **PLAIN})
SECONDS = 3.008  # 94 frames of EAR
NETWORK_MINUTES, SWEEP_MINUTES = 3.0, 1.0  # of one core
FEATURE_CLIPS = 20_000
MIXTURE_CLIPS = 120_000  # take mixtures, which have no steps to count, about as long
SEEDS = 3


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes
    ----------
    table : 'networks', 'features' or 'sweep'
    name : str
    recipe : Recipe, of one epoch
    minutes : float or None, of one core, see ``budget.py``
    clips : int or None, learned in all, where there are no minutes
    seeds : int > 0
    """

    table: str
    name: str
    recipe: Recipe
    minutes: float | None = None
    clips: int | None = None
    seeds: int = 1


def recipe_of(
    architecture: Architecture = SMALL, front_end: FrontEnd = EAR, seconds: float = SECONDS
) -> Recipe:
    """The recipe that all rows share, for a network and what it hears."""
    frames = round(seconds * front_end.sample_rate / front_end.hop_length)
    batch = max(LEAST_BATCH, round(SOUND_A_BATCH / seconds))
    return Recipe(
        name="comparison",
        data=Data(kind="clips", frames=frames, batch=batch),
        front_end=front_end,
        architecture=architecture,
        loss=Loss("weighted_binary_crossentropy"),
        optimiser=Optimiser("adamw", learning_rate=2e-3, weight_decay=0.02, average=0.999),
        schedule=Schedule("one-cycle", epochs=1, warm_up=0.1, watch="last"),
    )


def _network(name: str, recipe: Recipe, seeds: int = SEEDS) -> Row:
    return Row("networks", name, recipe, minutes=NETWORK_MINUTES, seeds=seeds)


def _networks() -> list[Row]:
    clip = 682 * 512 / 12000  # 29.1 s
    few_bands = replace(CLASSIC, n_mels=48)
    cnn3 = recipe_of(Architecture("cnn3", PLAIN), few_bands, clip)
    original = replace(
        cnn3,
        data=replace(cnn3.data, batch=5),
        loss=Loss("normalised_crossentropy"),
        optimiser=Optimiser("adadelta", learning_rate=1.0, weight_decay=0.0),
        schedule=Schedule("constant", epochs=1, watch="last"),
    )
    return [
        _network("small", recipe_of()),  # and voicenet without its branch, which is the same
        _network("default", recipe_of(Architecture("resnet", {"blocks": 3, **PLAIN}))),
        _network("voicenet", recipe_of(Architecture("voicenet", PLAIN))),
        _network("musicnn", recipe_of(Architecture("musicnn", PLAIN))),
        _network("shortchunk", recipe_of(Architecture("shortchunk", PLAIN))),
        _network("harmonic", recipe_of(Architecture("harmonic", PLAIN))),
        _network("cnn", recipe_of(Architecture("cnn", PLAIN), CLASSIC, clip)),
        _network("cnn2", recipe_of(Architecture("cnn2", PLAIN), CLASSIC, 234 * 512 / 12000)),
        _network("cnn3", cnn3),
        _network("cnn3, the original's loss and optimiser", original),
        _network("crnn", recipe_of(Architecture("crnn", PLAIN), CLASSIC, clip)),
        Row("networks", "ar", recipe_of(Architecture("ar", {})), clips=MIXTURE_CLIPS, seeds=SEEDS),
    ]


def _features() -> list[Row]:
    # No tempogram: its 384 bands would make the network five times as dear.
    beside = ("mfcc", "chroma", "chroma_cqt", "onset", "beat_histogram", "contrast")
    sets: dict[str, tuple[str, ...]] = {"log-mel": ("melspectrogram",)}
    sets |= {f"log-mel and {name}": ("melspectrogram", name) for name in beside}
    sets |= {f"{name} alone": (name,) for name in ("hpss", "mfcc", "chroma_cqt", "beat_histogram")}
    return [
        Row(
            "features",
            name,
            recipe_of(front_end=replace(EAR, features=features)),
            clips=FEATURE_CLIPS,
            seeds=1 if name.endswith("alone") else SEEDS,
        )
        for name, features in sets.items()
    ]


def _sweep() -> list[Row]:
    rows: list[tuple[str, dict[str, Any], float]] = [("baseline", {}, SECONDS)]
    for rate in (8000, 12000):  # frames and hops keep their milliseconds
        sizes = {"n_fft": 1024 * rate // 16000, "hop_length": 512 * rate // 16000}
        rows.append((f"sample rate {rate // 1000} kHz", {"sample_rate": rate, **sizes}, SECONDS))
    rows += [(f"{bands} mel bands", {"n_mels": bands}, SECONDS) for bands in (32, 64, 128)]
    rows += [(f"hop of {hop // 16} ms", {"hop_length": hop}, SECONDS) for hop in (256, 1024)]
    rows += [(f"FFT window of {n // 16} ms", {"n_fft": n}, SECONDS) for n in (512, 2048)]
    rows += [(f"clips of {seconds} s", {}, seconds) for seconds in (1.5, 6.0, 12.0)]
    return [
        Row(
            "sweep",
            name,
            recipe_of(front_end=replace(EAR, **sizes), seconds=seconds),
            minutes=SWEEP_MINUTES,
        )
        for name, sizes, seconds in rows
    ]


def all_rows() -> list[Row]:
    """Every row of the three tables, in their order."""
    return [*_networks(), *_features(), *_sweep()]
