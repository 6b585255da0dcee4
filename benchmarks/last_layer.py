"""Choices about the last layer and the pooling, judged by songs that no layer has heard.

Run ``python benchmarks/last_layer.py --corpus CORPUS --teachers TEACHERS`` after
``benchmarks/crossfit.py``. Each fold's songs are scored by the network that never heard them, with
the heads that it learned or with a last layer learned anew from its embeddings of the other folds'
windows. Differences are to the first row, their intervals paired bootstraps over artists. With
``--beside FOLDER`` a row is added for the heads of other networks of the same folds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from crossfit import FOLDS, OUT, folds_of, heard
from learned_pooling import EXPONENTS, learned_exponents
from song_judge import SongJudge

from earmark.tagging.pooling import power_mean
from earmark.training.loop.checkpoint import load_weights
from earmark.training.networks.make import make_network
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.autoregressive.context import fit_logistic
from workshop.corpus import Corpus, load_corpus
from workshop.distillation import TwoHeads
from workshop.inputs import corpus_parser
from workshop.labelled import NETWORKS, RAW_SCORES, Arrays, drawn_windows
from workshop.measure import measure_recordings
from workshop.recipes import workshop_recipe
from workshop.targets import blend
from workshop.teachers import Teachers, said_alone
from workshop.tracks import load_tracks

EXPONENT = 2.0
STEPS, PENALTY = 40, 1e-4  # of L-BFGS, of squared coefficients
TOP = [official_vocabulary().index(tag) for tag in TOP_50]

Layer = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Taught:
    """What a last layer is taught of a window.

    Attributes
    ----------
    merged : bool
        Whether MagnaTagATune's two networks are raised by the other teachers, as training does.
    listeners : bool, whether listeners' shares of a song are blended in
    catalogue : float in [0, 1], what a catalogue's tag counts as; 0 for no catalogues
    """

    merged: bool = False
    listeners: bool = False
    catalogue: float = 0.0


@dataclass(frozen=True)
class Choice:
    """One row: parts of heads and layers, added in log-odds, and the pooling.

    Attributes
    ----------
    name : str
    parts : dict, head ('tags', 'raw', 'probe') or Taught -> share
    exponent : float > 0, of the power mean over windows
    """

    name: str
    parts: dict[str | Taught, float]
    exponent: float = EXPONENT


HALVES = {"tags": 0.5, "raw": 0.5}
ALONE, EVEN = Taught(), Taught(catalogue=0.5)
CHOICES = (
    Choice("half of each head (as shipped)", HALVES),
    Choice("the head that learned from people, too", {"tags": 1.0}),
    Choice("three quarters of the second head", {"tags": 0.25, "raw": 0.75}),
    Choice("the second head alone", {"raw": 1.0}),
    Choice("half of the second head, half of its probes' part", {"raw": 0.5, "probe": 0.5}),
    Choice("a quarter of the first beside", {"tags": 0.25, "raw": 0.375, "probe": 0.375}),
    Choice("the probes' part alone", {"probe": 1.0}),
    Choice("mean over windows", HALVES, 1.0),
    Choice("power mean, exponent 4", HALVES, 4.0),
    Choice("learned anew: MagnaTagATune's networks alone", {ALONE: 1.0}),
    Choice("with what other teachers raise", {Taught(merged=True): 1.0}),
    Choice("with listeners' shares", {Taught(listeners=True): 1.0}),
    Choice("with catalogues' tags as .85", {Taught(catalogue=0.85): 1.0}),
    Choice("with catalogues' tags as .5", {EVEN: 1.0}),
    Choice(
        "half alone, half with catalogues' tags as .85",
        {ALONE: 0.5, Taught(catalogue=0.85): 0.5},
    ),
    Choice("half alone, half with catalogues' tags as .5", {ALONE: 0.5, EVEN: 0.5}),
)


@dataclass
class Fold:
    """A network that never heard some songs, and the windows it may learn a last layer from.

    Attributes
    ----------
    own : dict, what :func:`crossfit.heard` says of the corpus' own windows
    inputs : np.ndarray [shape=(n, d)], standardised embeddings of own and drawn windows
    some : np.ndarray [shape=(n,), bool], windows without this fold's songs and the valid split
    """

    own: Arrays
    inputs: np.ndarray
    some: np.ndarray
    layers: dict[Taught, Layer] = field(default_factory=dict)


@dataclass
class Bench:
    """All folds, and what teachers and people say of all windows.

    Attributes
    ----------
    corpus : Corpus
    teachers : Teachers
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    drawn : dict as from :func:`workshop.labelled.drawn_windows`
    folder : Path, of ``crossfit.py``
    """

    corpus: Corpus
    teachers: Teachers
    tracks: Arrays
    drawn: Arrays
    folder: Path

    @cached_property
    def numbers(self) -> list[int]:
        """Folds that are trained."""
        return [n for n in range(FOLDS) if (self.folder / f"fold-{n}.npz").exists()]

    @cached_property
    def fold(self) -> np.ndarray:
        """Fold of each track."""
        return folds_of(self.corpus)

    @cached_property
    def windows_of(self) -> list[np.ndarray]:
        """Own windows of each track."""
        order = np.argsort(self.tracks["row"], kind="stable")
        counts = np.bincount(self.tracks["row"], minlength=len(self.corpus.rows))
        return np.split(order, np.cumsum(counts)[:-1])

    @cached_property
    def held(self) -> np.ndarray:
        """Tracks in each window [shape=(n, 2)], own ones first."""
        rows = self.tracks["row"]
        own = np.stack([rows, np.full(len(rows), -1)], 1)
        return np.concatenate([own, self.drawn["held"]])

    @cached_property
    def raw(self) -> Arrays:
        """What each teacher said of each window, float32."""
        *drawn, _probe = np.split(self.drawn["raw"], np.cumsum([50, 50, 50, 521]), 1)
        drawn = dict(zip(NETWORKS, drawn, strict=True))
        return {
            name: np.concatenate([self.tracks[name], drawn[name]]).astype(np.float32)
            for name in NETWORKS
        }

    @cached_property
    def merged(self) -> np.ndarray:
        """The teachers' guess of the top 50 tags."""
        return self.teachers.merge(self.raw)[:, TOP]

    @cached_property
    def alone(self) -> np.ndarray:
        """The mean of MagnaTagATune's two networks."""
        return said_alone(self.raw)[:, self.said]

    @cached_property
    def said(self) -> list[int]:
        """Places of the top 50 tags among what a MagnaTagATune network says."""
        labels = self.teachers.labels("mtt")
        return [labels[tag] for tag in TOP_50]

    def __post_init__(self) -> None:
        self.folds = {number: self._opened(number) for number in self.numbers}

    def _opened(self, number: int) -> Fold:
        recipe = workshop_recipe("slim")
        model = TwoHeads(make_network(recipe, len(official_vocabulary())), RAW_SCORES)
        load_weights(self.folder / f"fold-{number}", model)
        with np.load(self.folder / f"fold-{number}.npz") as found:
            own = dict(found)
        drawn = heard(model.eval(), self.drawn["mel"])["embedding"]
        inputs = np.concatenate([own["embedding"], drawn]).astype(np.float32)
        inputs = (inputs - inputs.mean(0)) / (inputs.std(0) + 1e-6)
        held_out = np.append(self.corpus.column("split") == "valid", False)
        fold = np.append(self.fold, -1)
        some = ~held_out[self.held].any(1) & (fold[self.held] != number).all(1)
        return Fold(own, inputs, some)

    def layer(self, number: int, taught: Taught) -> Layer:
        """Coefficients and intercepts of the top 50 tags, learned once."""
        fold = self.folds[number]
        if taught not in fold.layers:
            soft = (self.merged if taught.merged else self.alone)[fold.some]
            people = self._people(taught)[self.held[fold.some, 0]]
            people[self.held[fold.some, 1] >= 0] = np.nan  # of a mixture only the teachers know
            target, weight = blend(soft, np.ones_like(soft), people)
            inputs = fold.inputs[fold.some]
            fold.layers[taught] = fit_logistic(inputs, target, weight, STEPS, PENALTY)
        return fold.layers[taught]

    def _people(self, taught: Taught) -> np.ndarray:
        labels, fractions = self.corpus.human_labels()[:, TOP], self.corpus.mtat_fractions()[:, TOP]
        listened = ~np.isnan(fractions)
        said = labels * taught.catalogue if taught.catalogue else np.full_like(labels, np.nan)
        return np.where(listened, fractions if taught.listeners else np.nan, said)

    def scores(self, choice: Choice, number: int, row: int) -> np.ndarray:
        """Scores of a track by a fold's network [shape=(188,)]."""
        fold, windows = self.folds[number], self.windows_of[row]
        logits = fold.own["tags"][windows].astype(np.float32)
        logits[:, TOP] = sum(
            share * self._part(part, number, windows) for part, share in choice.parts.items()
        )
        chances = 1 / (1 + np.exp(-logits))
        return power_mean(chances, np.ones(len(windows)), choice.exponent)

    def _part(self, part: str | Taught, number: int, windows: np.ndarray) -> np.ndarray:
        fold = self.folds[number]
        if part == "tags":
            return fold.own["tags"][windows][:, TOP].astype(np.float32)
        if part == "raw":
            raw = fold.own["raw"][windows].astype(np.float32)
            return (raw[:, self.said] + raw[:, [50 + place for place in self.said]]) / 2
        if part == "probe":  # without --probe-share the mean of MagnaTagATune's networks
            raw = fold.own["raw"][windows].astype(np.float32)
            return raw[:, [place - len(self.said) for place in self.said]]
        coefficients, intercepts = self.layer(number, part)
        return fold.inputs[windows] @ coefficients + intercepts


def rows_of(bench: Bench, beside: Bench | None, say: Callable[[str], None]) -> None:
    """Judge every choice and say its row."""
    fractions = bench.corpus.mtat_fractions()
    songs = np.flatnonzero(~np.isnan(fractions[:, 0]) & np.isin(bench.fold, bench.numbers))
    others = np.flatnonzero((bench.corpus.column("split") == "valid") & np.isnan(fractions[:, 0]))
    truth = fractions[songs][:, TOP] > 0
    judge = SongJudge(truth, bench.corpus.column("artist")[songs])
    heads = ("ROC-AUC", "PR-AUC", "other recordings: ROC-AUC")
    say(f"| {len(songs)} songs, {judge.counted.sum()} tags | {' | '.join(heads)} |")
    say("|---|---|---|---|")
    rows = [(choice.name, bench, choice) for choice in CHOICES]
    if beside is not None:
        rows += [(f"{c.name}, networks beside", beside, c) for c in CHOICES[:4]]
    for name, networks, choice in rows:
        scores = np.stack([networks.scores(choice, bench.fold[row], row) for row in songs])
        heard_others = np.stack([networks.scores(choice, bench.numbers[0], row) for row in others])
        area = measure_recordings(bench.corpus, others, heard_others)["roc_auc"]
        say(f"| {name} | {' | '.join(judge(scores[:, TOP]))} | {area:.3f} |")
    choices = [Choice("", HALVES, exponent) for exponent in EXPONENTS]
    pooled = np.stack(
        [[bench.scores(c, bench.fold[row], row)[TOP] for row in songs] for c in choices]
    )
    pooled = learned_exponents(pooled, truth, bench.fold[songs])
    say(f"| exponents learned for each category | {' | '.join(judge(pooled))} | |")


def main() -> None:
    """Print a row for each choice."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"))
    parser.add_argument("--shards", type=int, default=30, help="of 256 drawn windows")
    parser.add_argument("--folds", type=Path, default=OUT, help="of crossfit.py")
    parser.add_argument("--beside", type=Path, help="other networks of crossfit.py")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus, teachers = load_corpus(options.corpus, options.cache, 1), Teachers(options.teachers)
    drawn = drawn_windows(options.windows, teachers, corpus, options.shards)
    tracks = load_tracks(options.tracks, corpus)
    bench, *beside = (
        Bench(corpus, teachers, tracks, drawn, folder)
        for folder in (options.folds, options.beside)
        if folder is not None
    )
    rows_of(bench, beside[0] if beside else None, lambda row: print(row, flush=True))


if __name__ == "__main__":
    main()
