"""Choices about the last layer and the pooling, by five folds over all songs with listeners' tags.

Run ``python benchmarks/last_layer.py --corpus CORPUS --teachers TEACHERS`` after windows and tracks
are made (docs/training.md). The songs of a fold's artists are left out, in mixtures too, and
the last layer is learned anew from the embeddings of all other windows; then it scores the fold. So
131 songs judge instead of the 28 of the valid split. But the layers below have heard the other 103
and may know them by heart, so the 28 stand beside them. Differences are to the first row, their
intervals paired bootstraps over artists.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from inputs import corpus_parser

from earmark.evaluation.bootstrap import (
    METRICS,
    difference,
    draw_weights,
    macro_draws,
    tag_draws,
)
from earmark.evaluation.metrics import countable
from earmark.tagging import Network
from earmark.tagging.pooling import power_mean
from earmark.training.autoregressive.context import fit_logistic
from earmark.training.calibrate import parted
from earmark.training.corpus import Corpus, load_corpus
from earmark.training.labelled import Arrays, raw_scores
from earmark.training.measure import LEAST, measure_recordings
from earmark.training.targets import blend, track_targets
from earmark.training.teachers import Teachers
from earmark.training.tracks import load_tracks
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from earmark.zoo import find_model

AT_ONCE, FOLDS, DRAWS = 256, 5, 1000
STEPS = 40  # of L-BFGS
TOP = [official_vocabulary().index(tag) for tag in TOP_50]


@dataclass(frozen=True)
class Choice:
    """One row.

    Attributes
    ----------
    name : str
    people : float >= 0, weight of what people said of a track beside the teachers' guess
    share : float in [0, 1], of a layer that learned from teachers alone, in log-odds
    penalty : float > 0, of squared coefficients
    drawn : bool, whether drawn windows teach too
    exponent : float > 0, of the power mean over windows
    """

    name: str
    people: float = 1.0
    share: float = 0.5
    penalty: float = 1e-4
    drawn: bool = True
    exponent: float = 2.0


BASE = Choice("baseline")
CHOICES = (
    BASE,
    replace(BASE, name="teachers alone", share=1.0),
    replace(BASE, name="people and teachers in one layer", share=0.0),
    replace(BASE, name="people count three times", people=3.0),
    replace(BASE, name="a tenth of the penalty", penalty=1e-5),
    replace(BASE, name="ten times the penalty", penalty=1e-3),
    replace(BASE, name="own windows alone", drawn=False),
    replace(BASE, name="mean over windows", exponent=1.0),
    replace(BASE, name="power mean, exponent 4", exponent=4.0),
)


@dataclass(frozen=True)
class Windows:
    """Windows as the last layer sees them.

    Attributes
    ----------
    inputs : np.ndarray [shape=(n, d), float32], standardised embeddings
    guess : np.ndarray [shape=(n, 188)], the teachers'
    tracks : np.ndarray [shape=(n, 2)], rows of the corpus that they hold, -1 for none
    own : np.ndarray [shape=(n,), bool], cut from one track and not changed
    """

    inputs: np.ndarray
    guess: np.ndarray
    tracks: np.ndarray
    own: np.ndarray


def embeddings(network: Network, mels: np.ndarray) -> np.ndarray:
    """Embeddings of windows [shape=(n, d), float32]."""
    starts = range(0, len(mels), AT_ONCE)
    return np.concatenate([network(mels[i : i + AT_ONCE].astype(np.float32))[1] for i in starts])


def load_windows(
    model: str, tracks: Arrays, folder: Path, teachers: Teachers, shards: int
) -> Windows:
    """The corpus' own windows and some drawn ones, through a model's network."""
    network = Network(find_model(model))
    inputs, guess = [embeddings(network, tracks["mel"])], [teachers.merge(raw_scores(tracks))]
    held = [np.stack([tracks["row"], np.full(len(tracks["row"]), -1)], 1)]
    for path in sorted(folder.glob("windows-*.npz"))[:shards]:
        with np.load(path) as shard:
            heard = shard["track"] >= 0  # no empty rooms
            inputs.append(embeddings(network, shard["mel"][heard]))
            guess.append(teachers.merge({k: v[heard] for k, v in raw_scores(shard).items()}))
            held.append(np.stack([shard["track"], shard["second"]], 1)[heard])
    together = np.concatenate(inputs)
    together = (together - together.mean(0)) / (together.std(0) + 1e-6)
    own = np.arange(len(together)) < len(tracks["row"])
    return Windows(together, np.concatenate(guess), np.concatenate(held), own)


@dataclass
class Layers:
    """Last layers, each learned once.

    Attributes
    ----------
    windows : Windows
    corpus : Corpus
    confidence : np.ndarray [shape=(188,)], of the teachers
    known : dict, what was learned so far
    """

    windows: Windows
    corpus: Corpus
    confidence: np.ndarray
    known: dict = field(default_factory=dict)

    def __call__(self, choice: Choice, fold: int, some: np.ndarray) -> tuple[np.ndarray, ...]:
        """Coefficients and intercepts learned from some windows, those outside a fold."""
        parts = [(choice.share, 0.0), (1 - choice.share, choice.people)]
        found = [
            (part, self._learned(replace(choice, people=people), fold, some))
            for part, people in parts
            if part
        ]
        return tuple(sum(part * fitted[i] for part, fitted in found) for i in (0, 1))

    def _learned(self, choice: Choice, fold: int, some: np.ndarray) -> tuple[np.ndarray, ...]:
        key = (choice.people, choice.penalty, choice.drawn, fold)
        if key not in self.known:
            target, weight = self._taught(choice.people, some)
            self.known[key] = fit_logistic(
                self.windows.inputs[some], target, weight, STEPS, choice.penalty
            )
        return self.known[key]

    def _taught(self, trust: float, some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Targets and weights; without trust in people what the teachers say."""
        soft, tracks = self.windows.guess[some], self.windows.tracks[some]
        if not trust:
            return soft, np.broadcast_to(self.confidence, soft.shape)
        people = track_targets(self.corpus)[tracks[:, 0]]
        people[tracks[:, 1] >= 0] = np.nan  # of a mixture only the teachers know
        target, weight = blend(soft, self.confidence / trust, people)
        return target, weight * trust


def scored(choice: Choice, windows: Windows, fitted: tuple, row: int) -> np.ndarray:
    """Scores of a track [shape=(188,)] from its own windows."""
    own = windows.own & (windows.tracks[:, 0] == row)
    logits = windows.inputs[own] @ fitted[0] + fitted[1]
    return power_mean(1 / (1 + np.exp(-logits)), np.ones(own.sum()), choice.exponent)


def judged(choice: Choice, layers: Layers) -> tuple[np.ndarray, float]:
    """Scores of all songs, each by a layer that did not hear its fold, and other recordings' area.

    The other recordings are those of the valid split, which no fold's layer learns.
    """
    windows, corpus = layers.windows, layers.corpus
    fractions = corpus.mtat_fractions()
    songs = np.flatnonzero(~np.isnan(fractions[:, 0]))
    fold = np.full(len(fractions) + 1, -1)  # the last place is that of "no track"
    fold[songs] = parted(corpus.column("artist")[songs], FOLDS)
    valid = np.append(corpus.column("split") == "valid", False)
    valid[songs] = False
    usable = ~valid[windows.tracks].any(1) & (windows.own | choice.drawn)
    scores, others = np.zeros((len(songs), windows.guess.shape[1]), np.float32), []
    rows = np.flatnonzero(valid[:-1])
    for number in range(FOLDS):
        some = usable & (fold[windows.tracks] != number).all(1)
        fitted = layers(choice, number, some)
        for place in np.flatnonzero(fold[songs] == number):
            scores[place] = scored(choice, windows, fitted, songs[place])
        if not number:
            heard = np.stack([scored(choice, windows, fitted, row) for row in rows])
            others = measure_recordings(corpus, rows, heard)["roc_auc"]
    return scores, others


class SongJudge:
    """Both measures of songs, and their difference to what was judged first.

    Parameters
    ----------
    truth : np.ndarray [shape=(songs, tags), bool]
    artists : np.ndarray [shape=(songs,)], kept together by the bootstrap
    """

    def __init__(self, truth: np.ndarray, artists: np.ndarray) -> None:
        self.truth, self.counted = truth, countable(truth, LEAST)
        drawn, once = draw_weights(artists, DRAWS, 0), np.ones((1, len(truth)), np.uint8)
        self._weights = np.concatenate([once, drawn])  # all songs once, then the draws
        self._first: dict[str, np.ndarray] = {}

    def __call__(self, scores: np.ndarray) -> list[str]:
        """ROC-AUC and PR-AUC as text."""
        draws = tag_draws(self.truth, scores, self.counted, self._weights)
        cells = []
        for name in METRICS:
            mean = float(macro_draws(draws[name])[0])
            text = f"{mean:.3f}"
            if name in self._first:
                less = macro_draws(draws[name] - self._first[name])
                change = difference(float(less[0]), less[1:])
                text += f" ({change.value:+.3f}, {change.low:+.3f} to {change.high:+.3f})"
            self._first.setdefault(name, draws[name])
            cells.append(text)
        return cells


def main() -> None:
    """Print a row for each choice."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"))
    parser.add_argument("--shards", type=int, default=40, help="of 256 drawn windows")
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    corpus, teachers = load_corpus(options.corpus, options.cache, 1), Teachers(options.teachers)
    tracks = load_tracks(options.tracks)
    windows = load_windows(options.model, tracks, options.windows, teachers, options.shards)
    layers = Layers(windows, corpus, teachers.confidence())
    fractions = corpus.mtat_fractions()
    songs = np.flatnonzero(~np.isnan(fractions[:, 0]))
    parts = {"all": np.arange(len(songs))}
    parts["unheard"] = np.flatnonzero(corpus.column("split")[songs] == "valid")
    artists = corpus.column("artist")[songs]
    truth = fractions[songs][:, TOP] > 0
    judges = [SongJudge(truth[some], artists[some]) for some in parts.values()]
    heads = [f"{len(judge.truth)} songs, {judge.counted.sum()} tags" for judge in judges]
    columns = [f"{head}: {name}" for head in heads for name in ("ROC-AUC", "PR-AUC")]
    print(f"| choice | {' | '.join(columns)} | other recordings: ROC-AUC |")
    print("|---|---|---|---|---|---|")
    for choice in CHOICES:
        scores, others = judged(choice, layers)
        pairs = zip(judges, parts.values(), strict=True)
        cells = [cell for judge, some in pairs for cell in judge(scores[some][:, TOP])]
        print(f"| {choice.name} | {' | '.join(cells)} | {others:.3f} |", flush=True)


if __name__ == "__main__":
    main()
