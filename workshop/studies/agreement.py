"""How well models hear as their teachers do, in windows that they learned and in others.

Run ``python -m workshop.studies.agreement MODEL ... --corpus CORPUS --teachers TEACHERS``.
Agreement is the correlation, over windows of the corpus' tracks, between a model's score of a tag
and what the two MagnaTagATune teachers say of it on average, and the mean of that over the top 50
tags. No other measure that chooses between networks has less noise; how far train windows are above
valid ones says how much of a network's knowledge is learned by heart.
"""

import numpy as np

from earmark.tagging.network import Network
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from earmark.zoo import find_model
from workshop.corpus import Corpus
from workshop.inputs import corpus_parser, loaded, scores_of
from workshop.labelled import Arrays
from workshop.teachers import Teachers, said_alone

TRAIN_SHARE = 0.15  # of the train split's windows


def agreement(scores: np.ndarray, said: np.ndarray) -> float:
    """Mean correlation over columns of two arrays [shape=(windows, tags)]."""
    pairs = zip(scores.T, said.T, strict=True)
    return float(np.mean([np.corrcoef(own, other)[0, 1] for own, other in pairs]))


def agreements(network: Network, corpus: Corpus, tracks: Arrays, teachers: Teachers) -> list[float]:
    """Of train windows, all valid windows, those of songs with listeners' tags, and the others."""
    split = corpus.column("split")[tracks["row"]]
    drawn = np.random.default_rng(0).random(len(split)) < TRAIN_SHARE
    train, valid = (split == "train") & drawn, split == "valid"
    some = train | valid
    scores = scores_of(network, tracks["mel"][some])
    scores = scores[:, [official_vocabulary().index(tag) for tag in TOP_50]]
    said = said_alone(tracks)[some][:, [teachers.labels("mtt")[tag] for tag in TOP_50]]
    listened = ~np.isnan(corpus.mtat_fractions()[tracks["row"]][:, 0])
    chosen = (train, valid, valid & listened, valid & ~listened)
    return [agreement(scores[rows[some]], said[rows[some]]) for rows in chosen]


def main() -> None:
    """Print a row for each model."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("models", nargs="+", help="names or folders, of windows of 3 s")
    options = parser.parse_args()
    corpus, teachers, tracks = loaded(options)
    print("| model | train windows | valid windows | of songs | of other recordings |")
    print("|---|---|---|---|---|")
    for model in options.models:
        found = agreements(Network(find_model(model)), corpus, tracks, teachers)
        print(f"| {model} | {' | '.join(f'{value:.3f}' for value in found)} |", flush=True)


if __name__ == "__main__":
    main()
