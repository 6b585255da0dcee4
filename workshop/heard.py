"""Windows that one model heard, for a student that hears them through a coarser front end.

A model that is good enough can teach alone: it hears hundreds of windows a second, where the four
teachers of :mod:`workshop.windows` hear thirty, so there may be as many as patience asks for. A
window is drawn as there, bent, mixed and worn; the model and the student hear just that sound. A
shard holds the student's log-mel, the model's scores as its network gives them, and its embedding.
Own windows of the corpus' tracks come first, unbent and unmixed, those of the valid split too, by
which a run is judged.

Run ``python -m workshop.heard --help``. Shards are complete or absent, so a stopped run goes on
where it was; the same seed draws the same windows.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from earmark.cores import available_cores
from earmark.errors import TrainingError
from earmark.sound.melspectrogram import FrontEnd
from earmark.tagging.network import Network
from earmark.zoo import find_model
from earmark.zoo.card import NETWORK, Card
from workshop.corpus import Corpus, load_corpus
from workshop.made_of import begin, require
from workshop.processes import done_in_processes
from workshop.recipes import workshop_recipe
from workshop.tracks import FILES_A_SHARD, cut, starts
from workshop.voices import find_voices
from workshop.wear import worn
from workshop.windows import (
    FRAMES,
    FRONT_END,
    SAMPLES,
    WINDOWS_A_SHARD,
    draw_window,
    track_weights,
    whole_frames,
    write_shard,
)

OWN, DRAWN = "own", "drawn"
AT_ONCE = 16


@dataclass(frozen=True)
class HearingPlan:
    """What is heard, by whom, and where it goes.

    Attributes
    ----------
    corpus, cache : Path, the folder and its decoded sound
    out : Path
    model : str, name or folder of the model that teaches
    front_end : FrontEnd, of the student
    frames : int > 0, of the student's windows
    seed : int >= 0
    voices, wear : float in [0, 1], shares of drawn windows, as for :mod:`workshop.windows`
    """

    corpus: Path
    cache: Path
    out: Path
    model: str
    front_end: FrontEnd
    frames: int
    seed: int = 0
    voices: float = 0.0
    wear: float = 0.0


def require_ears(card: Card) -> None:
    """Refuse a model that does not hear what windows are drawn for."""
    if (card.front_end, card.window_frames) != (FRONT_END, FRAMES):
        raise TrainingError(
            f"{card.name}: hears other windows than {FRAMES} frames of {FRONT_END}, which the "
            "windows are drawn for"
        )


def what_it_says(network: Network, windows: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Scores and embedding of windows, float16."""
    mels = np.stack([whole_frames(samples) for samples in windows])
    parts = [network(mels[first : first + AT_ONCE]) for first in range(0, len(mels), AT_ONCE)]
    scores, embedding = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return {"score": scores.astype(np.float16), "embedding": embedding.astype(np.float16)}


def own_windows(corpus: Corpus, number: int) -> Iterator[tuple[int, np.ndarray]]:
    """Row and samples of each window of the `number`-th files."""
    for row in range(len(corpus.rows))[number * FILES_A_SHARD : (number + 1) * FILES_A_SHARD]:
        samples = corpus.samples(row)
        for start in starts(len(samples)):
            yield row, cut(samples, start)


def drawn(corpus: Corpus, plan: HearingPlan, number: int) -> Iterator[tuple[int, np.ndarray]]:
    """Row, negative for an empty room, and samples of each window of a drawn shard."""
    weights, rng = track_weights(corpus), np.random.default_rng([plan.seed, number])
    singing = find_voices(corpus, weights, plan.voices) if plan.voices else None
    use = np.random.default_rng([plan.seed, number, 1])  # apart, so that windows stay the same
    for _ in range(WINDOWS_A_SHARD):
        window = draw_window(corpus, weights, rng, singing)
        wear = use.random() < plan.wear
        yield window.track, worn(window.samples, use) if wear else window.samples


def make_shard(shard: tuple[str, int], plan: HearingPlan) -> Path:
    """Cut or draw the windows of a shard, let the model hear them, write it; skip what is there."""
    kind, number = shard
    path = plan.out / f"{kind}-{number:05d}.npz"
    if path.exists():
        return path
    corpus, card = load_corpus(plan.corpus, plan.cache, jobs=1), find_model(plan.model)
    source = own_windows(corpus, number) if kind == OWN else drawn(corpus, plan, number)
    rows, windows = zip(*source, strict=True)
    arrays = what_it_says(Network(card), list(windows))
    mels = [whole_frames(samples, plan.front_end, plan.frames) for samples in windows]
    arrays |= {"mel": np.stack(mels).astype(np.float16), "track": np.array(rows, np.int32)}
    write_shard(path, arrays)
    return path


def facts(corpus: Corpus, card: Card, plan: HearingPlan) -> dict[str, object]:
    """What shards are made of."""
    drawing = {"seed": plan.seed, "voices": plan.voices, "wear": plan.wear, "samples": SAMPLES}
    front_end = asdict(plan.front_end) | {"features": list(plan.front_end.features)}
    heard = {"front_end": front_end, "frames": plan.frames}
    return {"corpus": corpus.sound, "model": card.sha256[NETWORK], **heard, **drawing}


def heard_shards(
    folder: Path, kind: str, corpus: Corpus, front_end: FrontEnd, frames: int
) -> Iterator[dict[str, np.ndarray]]:
    """The shards of a kind, one after the other.

    Yields
    ------
    dict of arrays, a row a window
        ``mel`` (n, frames, bands), ``score`` (n, 188) and ``embedding`` (n, d) float16, and
        ``track`` (n,) int32, the row of the corpus, negative for an empty room.

    Raises
    ------
    TrainingError
        There are none, or they were made for another front end or of another corpus.
    """
    wanted = {"front_end": asdict(front_end) | {"features": list(front_end.features)}}
    require(folder, {"corpus": corpus.sound, "frames": frames, **wanted})
    paths = sorted(folder.glob(f"{kind}-*.npz"))
    if not paths:
        raise TrainingError(f"{folder}: no {kind} windows lie there; workshop.heard makes them")
    for path in paths:
        with np.load(path) as shard:
            yield dict(shard)


def load_heard(
    folder: Path, kind: str, corpus: Corpus, front_end: FrontEnd, frames: int
) -> dict[str, np.ndarray]:
    """All shards of a kind as one, arrays as from :func:`heard_shards`."""
    parts = list(heard_shards(folder, kind, corpus, front_end, frames))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def main(arguments: list[str] | None = None) -> None:
    """Cut and draw windows and let a model hear them, shard by shard."""
    parser = argparse.ArgumentParser(prog="python -m workshop.heard", description=main.__doc__)
    parser.add_argument("recipe", help="of the student: its front end and frames")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--model", required=True, help="the model that teaches, its folder or name")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/heard"))
    parser.add_argument("--count", type=int, default=129_024, help="windows to draw")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--voices", type=float, default=0.1, help="share of voices over music")
    parser.add_argument("--wear", type=float, default=0.1, help="share of windows that are worn")
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = vars(parser.parse_args(arguments))
    count, jobs = options.pop("count"), options.pop("jobs")
    recipe = workshop_recipe(options.pop("recipe"))
    plan = HearingPlan(front_end=recipe.front_end, frames=recipe.data.frames, **options)
    plan.out.mkdir(parents=True, exist_ok=True)
    corpus, card = load_corpus(plan.corpus, plan.cache, jobs), find_model(plan.model)
    require_ears(card)
    begin(plan.out, facts(corpus, card, plan), "*-*.npz")
    shards = [(OWN, number) for number in range(-(-len(corpus.rows) // FILES_A_SHARD))]
    shards += [(DRAWN, number) for number in range(-(-count // WINDOWS_A_SHARD))]
    work = done_in_processes(partial(make_shard, plan=plan), shards, jobs)
    for done, path in enumerate(work, 1):
        print(f"{done}/{len(shards)} {path.name}", flush=True)


if __name__ == "__main__":
    main()
