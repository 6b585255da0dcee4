"""Models beside each other on the valid split, and how far they are from the first one.

Run ``python benchmarks/beside.py MODEL MODEL ... --corpus CORPUS --teachers TEACHERS``; models are
names or folders, and each hears the sounds by way of the tagger, as users' sounds are heard. Songs
are those with listeners' tags; differences to the first model have 95 % intervals, paired, over
artists. Calibration does not change an order, so models without one may be judged.
"""

import numpy as np
from song_judge import SongJudge

from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import load_corpus
from workshop.export import song_scores
from workshop.inputs import corpus_parser
from workshop.measure import measure_recordings
from workshop.studies.agreement import agreement


def main() -> None:
    """Print a row for each model."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("models", nargs="+", help="names or folders; differences are to the first")
    options = parser.parse_args()
    corpus = load_corpus(options.corpus, options.cache, 1)
    valid = np.flatnonzero(corpus.column("split") == "valid")
    fractions = corpus.mtat_fractions()[valid]
    songs = ~np.isnan(fractions[:, 0])
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    truth, artists = fractions[songs] > 0, corpus.column("artist")[valid][songs]
    judges = [(SongJudge(truth[:, top], artists), top), (SongJudge(truth, artists), slice(None))]
    head = ["model", "songs, top 50: ROC-AUC", "PR-AUC", "all 188: ROC-AUC", "PR-AUC"]
    head += ["other recordings: ROC-AUC", "tags over .85", "as the first hears, top 50", "all"]
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    first = None
    for model in options.models:
        scores = song_scores(model, corpus, valid)
        first = scores if first is None else first
        cells = [cell for judge, tags in judges for cell in judge(scores[songs][:, tags])]
        others = measure_recordings(corpus, valid[~songs], scores[~songs])
        cells += [f"{others['roc_auc']:.3f}", f"{others['share_over_85']:.0%}"]
        cells += [f"{agreement(scores[:, tags], first[:, tags]):.3f}" for _, tags in judges]
        print(f"| {model} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
