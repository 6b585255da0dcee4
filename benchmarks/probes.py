"""How well probes know songs that no probe has heard, and what makes them better.

Run ``python benchmarks/probes.py --corpus CORPUS --teachers TEACHERS`` after tracks are made
(docs/training.md). For each of five folds of the 131 songs with listeners' tags a probe
(:mod:`workshop.probe`) learns from the own windows of all other tracks, but for the other
recordings of the valid split. The teachers' own scores of these songs stand beside: they were
trained on them. Differences are to the probe of both embeddings, their intervals paired bootstraps
over artists.
"""

from dataclasses import dataclass

import numpy as np
from crossfit import FOLDS, folds_of
from song_judge import SongJudge

from earmark.tagging.pooling import power_mean
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import Corpus, load_corpus
from workshop.inputs import corpus_parser
from workshop.labelled import Arrays
from workshop.measure import measure_recordings
from workshop.probe import HEARD, chances, embedded, learn_probe, standardised
from workshop.teachers import Teachers, said_alone
from workshop.tracks import load_tracks

EXPONENT = 2.0
TOP = [official_vocabulary().index(tag) for tag in TOP_50]


@dataclass
class Bench:
    """The corpus' own windows, parted into folds.

    Attributes
    ----------
    corpus : Corpus
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    said : list of int, places of the top 50 tags among what a MagnaTagATune network says
    """

    corpus: Corpus
    tracks: Arrays
    said: list[int]

    def __post_init__(self) -> None:
        fractions = self.corpus.mtat_fractions()
        held_out = self.corpus.column("split") == "valid"
        self.songs = np.flatnonzero(~np.isnan(fractions[:, 0]))
        self.others = np.flatnonzero(held_out & np.isnan(fractions[:, 0]))
        self.fractions = fractions[:, TOP]
        self.fold = self._folds()
        self.alone = said_alone(self.tracks)[:, self.said]

    def _folds(self) -> np.ndarray:
        """Fold of each window; tracks without listeners' tags by group, others of valid never."""
        fold = folds_of(self.corpus)
        _, group = np.unique(self.corpus.column("group"), return_inverse=True)
        anywhere = np.random.default_rng(0).integers(0, FOLDS, group.max() + 1)[group]
        fold = np.where(fold < 0, anywhere, fold)
        fold[self.others] = -1
        return fold[self.tracks["row"]]

    def probed(self, names: tuple[str, ...], wanted: np.ndarray, seed: int = 0) -> np.ndarray:
        """What probes over some embeddings say of the windows that they did not learn."""
        values = embedded(self.tracks, names)
        inputs = standardised(values, values.mean(0), values.std(0) + 1e-3)
        found = np.zeros_like(wanted)
        for number in range(FOLDS):
            some, own = (self.fold >= 0) & (self.fold != number), self.fold == number
            network = learn_probe(inputs[some], wanted[some], seed)
            found[own] = chances(network, inputs[own])
            if not number:
                found[self.fold < 0] = chances(network, inputs[self.fold < 0])
        return found

    def listened(self) -> np.ndarray:
        """The teachers' scores, halfway to listeners' shares where a song has some."""
        people = self.fractions[self.tracks["row"]]
        return np.where(np.isnan(people), self.alone, (self.alone + people) / 2)

    def pooled(self, scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Scores of whole tracks."""
        windows = [np.flatnonzero(self.tracks["row"] == row) for row in rows]
        return np.stack([power_mean(scores[w], np.ones(len(w)), EXPONENT) for w in windows])


def measure_top(corpus: Corpus, rows: np.ndarray, scores: np.ndarray) -> float:
    """Mean ROC-AUC over those of the top 50 tags that recordings can tell."""
    tags = measure_recordings(corpus, rows, scores)["per_tag"]
    areas = [tag["roc_auc"] for tag in tags if tag["tag"] in TOP_50]
    return float(np.mean(areas))


def main() -> None:
    """Print a row for each probe."""
    options = corpus_parser(main.__doc__).parse_args()
    corpus = load_corpus(options.corpus, options.cache, 1)
    labels = Teachers(options.teachers).labels("mtt")
    bench = Bench(corpus, load_tracks(options.tracks, corpus), [labels[tag] for tag in TOP_50])
    truth = bench.fractions[bench.songs] > 0
    judge = SongJudge(truth, corpus.column("artist")[bench.songs])
    print("| scores | ROC-AUC | PR-AUC | other recordings: ROC-AUC |")
    print("|---|---|---|---|")

    def say(name: str, scores: np.ndarray) -> None:
        whole = np.full((len(bench.others), len(official_vocabulary())), 0.5, np.float32)
        whole[:, TOP] = bench.pooled(scores, bench.others)
        area = measure_top(corpus, bench.others, whole)
        cells = judge(bench.pooled(scores, bench.songs))
        print(f"| {name} | {' | '.join(cells)} | {area:.3f} |", flush=True)

    both = bench.probed(HEARD, bench.alone)
    say("probe of both embeddings", both)
    for name in HEARD:
        say(f"probe of {name}", bench.probed((name,), bench.alone))
    say("of both, listeners' shares beside", bench.probed(HEARD, bench.listened()))
    mean = (bench.alone + both) / 2
    say("of both, second round", bench.probed(HEARD, mean, 1))
    say(f"of {HEARD[1]}, second round", bench.probed(HEARD[1:], mean, 1))
    say("MagnaTagATune's networks, trained on these songs", bench.alone)


if __name__ == "__main__":
    main()
