"""What 8-bit convolutions are worth: speed and quality of the shipped models, int8 against float32.

Run ``python benchmarks/int8.py --corpus CORPUS`` after the tracks' sound is decoded
(docs/training.md); it prints Markdown and changes no shipped file. Ranges are taken from a window
each of 256 training tracks. Speed is that of the network alone, in one thread and by the
processor's own clock, in rounds of both networks, on as many windows as the tagger gives it.
Quality is that of the valid split, before calibration, which changes no order.
"""

import argparse
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from earmark.evaluation.metrics import evaluate
from earmark.tagging import Network
from earmark.tagging.pooling import power_mean
from earmark.tagging.tagger import BATCH_SECONDS
from earmark.training.export.model_folder import digest
from earmark.training.export.network_file import write_onnx
from earmark.training.export.quantise import quantise
from earmark.training.loop.start import trained_weights
from earmark.training.networks.make import make_network
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from earmark.zoo import find_model, model_names
from earmark.zoo.card import NETWORK, Card
from workshop.corpus import Corpus, load_corpus
from workshop.measure import LEAST, measure_recordings
from workshop.ranges import Windows, range_windows, sound_windows
from workshop.recipes import workshop_recipe

ROUNDS = 40


def heard(network: Network, sounds: Iterable[Windows], card: Card) -> np.ndarray:
    """Scores of sounds [shape=(sounds, tags)]."""
    size = batch_size(card)
    scores = []
    for mels, new in sounds:
        parts = [network(mels[first : first + size])[0] for first in range(0, len(mels), size)]
        scores.append(power_mean(np.concatenate(parts), new, card.pooling_exponent))
    return np.stack(scores)


def batch_size(card: Card) -> int:
    """Windows that the tagger's network gets at once."""
    return max(1, round(BATCH_SECONDS / card.window_seconds))


def judged(corpus: Corpus, rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """ROC-AUC and PR-AUC of songs over the top 50, and ROC-AUC of other recordings."""
    truth = corpus.mtat_fractions()[rows]
    songs = ~np.isnan(truth[:, 0])
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    there, said = truth[songs][:, top] > 0, scores[songs][:, top]
    found = evaluate(there, said, np.arange(songs.sum()), least=LEAST, draws=1)
    others = measure_recordings(corpus, rows[~songs], scores[~songs])
    return np.array([found["roc_auc"], found["pr_auc"], others["roc_auc"]])


def both(card: Card, mels: np.ndarray, folder: Path) -> list[Card]:
    """A model with its network in float32 and in 8 bits."""
    network = make_network(workshop_recipe(card.name), len(card.vocabulary))
    network.load_state_dict(trained_weights(card.name))
    paths = [folder / kind / NETWORK for kind in ("float32", "int8")]
    for path in paths:
        path.parent.mkdir()
    write_onnx(network.eval(), card.front_end, card.window_frames, paths[0])
    quantise(paths[0], mels, paths[1])
    return [replace(card, folder=path.parent, sha256={NETWORK: digest(path)}) for path in paths]


def speeds(networks: list[Network], mels: np.ndarray) -> list[float]:
    """Windows a second of each network."""
    times = np.empty((ROUNDS, len(networks)))
    for spent in times:
        for i, network in enumerate(networks):
            started = time.thread_time()
            network(mels)
            spent[i] = time.thread_time() - started
    return list(len(mels) / np.median(times, 0))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--models", nargs="+", default=model_names())
    options = parser.parse_args()
    corpus = load_corpus(options.corpus, options.cache, 1)
    valid = np.flatnonzero(corpus.column("split") == "valid")
    print("| model | windows a s: float32 | int8 | ratio | MB: float32 | int8 ", end="")
    print("| songs: ROC-AUC | PR-AUC | other recordings: ROC-AUC |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in options.models:
        card = find_model(name)
        hears = card.front_end, card.window_frames
        mels = range_windows(corpus, *hears, seed=0)
        with TemporaryDirectory() as folder:
            cards = both(card, mels, Path(folder))
            sizes = [(one.folder / NETWORK).stat().st_size / 1e6 for one in cards]
            networks = [Network(one) for one in cards]
        sounds = [sound_windows(corpus, row, *hears) for row in valid]
        figures = [judged(corpus, valid, heard(one, sounds, card)) for one in networks]
        plain, quick = speeds(networks, mels[: batch_size(card)])
        cells = [name, f"{plain:.0f}", f"{quick:.0f}", f"{quick / plain:.2f}"]
        cells += [f"{size:.2f}" for size in sizes]
        cells += [f"{difference:+.4f}" for difference in figures[1] - figures[0]]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
