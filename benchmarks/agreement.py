"""How well models hear as their teachers do, in windows that they learned and in others.

Run ``python benchmarks/agreement.py MODEL ... --corpus CORPUS --teachers TEACHERS``. Agreement is
the correlation, over windows of the corpus' tracks, between a model's score of a tag and what the
two MagnaTagATune teachers say of it on average, and the mean of that over the top 50 tags. No other
measure that chooses between networks has less noise; how far train windows are above valid ones
says how much of a network's knowledge is learned by heart.
"""

import numpy as np
from inputs import corpus_parser

from earmark.tagging.network import Network
from earmark.training.corpus import Corpus, load_corpus
from earmark.training.labelled import Arrays
from earmark.training.teachers import Teachers
from earmark.training.tracks import load_tracks
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from earmark.zoo import find_model

AT_ONCE = 256
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
    mel = tracks["mel"][some].astype(np.float32)
    parts = [network(mel[first : first + AT_ONCE])[0] for first in range(0, len(mel), AT_ONCE)]
    scores = np.concatenate(parts)[:, [official_vocabulary().index(tag) for tag in TOP_50]]
    raw = tracks["MTT_musicnn"][some].astype(np.float32) + tracks["MTT_vgg"][some]
    said = raw[:, [teachers.labels("mtt")[tag] for tag in TOP_50]]
    listened = ~np.isnan(corpus.mtat_fractions()[tracks["row"]][:, 0])
    chosen = (train, valid, valid & listened, valid & ~listened)
    return [agreement(scores[rows[some]], said[rows[some]]) for rows in chosen]


def main() -> None:
    """Print a row for each model."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("models", nargs="+", help="names or folders, of windows of 3 s")
    options = parser.parse_args()
    corpus, teachers = load_corpus(options.corpus, options.cache, 1), Teachers(options.teachers)
    tracks = load_tracks(options.tracks)
    print("| model | train windows | valid windows | of songs | of other recordings |")
    print("|---|---|---|---|---|")
    for model in options.models:
        found = agreements(Network(find_model(model)), corpus, tracks, teachers)
        print(f"| {model} | {' | '.join(f'{value:.3f}' for value in found)} |", flush=True)


if __name__ == "__main__":
    main()
