"""How much of what a model hears survives a room, a small loudspeaker, noise and low bitrates.

Run ``python benchmarks/robustness.py MODEL ... --corpus CORPUS --teachers TEACHERS``. The valid
split's own windows are worn in each way of :mod:`workshop.wear` (one draw a window, the
same for all models). Agreement is the correlation with what the MagnaTagATune teachers say of the
clean window, mean of the top 50 tags. Songs and other recordings are measured by the networks'
plain scores.
"""

import numpy as np

from earmark.tagging.network import Network
from earmark.zoo import find_model
from earmark.zoo.card import Card
from workshop.corpus import Corpus
from workshop.inputs import corpus_parser, loaded, scores_of
from workshop.studies.window_judge import WindowJudge
from workshop.tracks import cut
from workshop.wear import KINDS, Wear, worn
from workshop.windows import whole_frames

WAYS: dict[str, Wear] = {"clean": lambda samples, rng: samples, **KINDS, "some of all": worn}


def mels(
    corpus: Corpus, rows: np.ndarray, starts: np.ndarray, wear: Wear, card: Card
) -> np.ndarray:
    """Log-mel of worn windows [shape=(n, frames, bands), float16]; each has a draw of its own."""

    def window(row: int, start: int) -> np.ndarray:
        heard = wear(cut(corpus.samples(row), start), np.random.default_rng([row, start]))
        return whole_frames(heard, card.front_end, card.window_frames).astype(np.float16)

    return np.stack([window(*place) for place in zip(rows, starts, strict=True)])


def main() -> None:
    """Print a row for each way and model."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("models", nargs="+", help="names or folders, of windows of 3 s")
    options = parser.parse_args()
    corpus, teachers, tracks = loaded(options)
    judge = WindowJudge(corpus, tracks, teachers)
    rows, starts = tracks["row"][judge.own], tracks["start"][judge.own]
    print("| model | sound | agreement | songs: ROC-AUC | PR-AUC | other recordings: ROC-AUC |")
    print("|---|---|---|---|---|---|")
    for model in options.models:
        card = find_model(model)
        network = Network(card)
        for way, wear in WAYS.items():
            scores = scores_of(network, mels(corpus, rows, starts, wear, card))
            figures = [judge.agreement(scores), *judge.measures(scores)]
            print(f"| {model} | {way} | {' | '.join(f'{x:.3f}' for x in figures)} |", flush=True)


if __name__ == "__main__":
    main()
