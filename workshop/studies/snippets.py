"""Several snippets a song at training, averaged windows at test: what each brings, measured.

The original system proposes both. Here the default network learns from a manifest's songs by way of
the store: each song gives a fixed number of random snippets, drawn once, and the number of steps is
the same whatever that number is. At test a song's score is the mean over evenly spaced windows.

Run ``python -m workshop.studies.snippets --help``; it prints a table. The store is built first if
need be.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from earmark.cores import available_cores
from earmark.datasets.build import build
from earmark.datasets.store import Entry, Store
from earmark.evaluation.metrics import average_precision, countable, macro, roc_auc
from earmark.training.loop.losses import weighted_binary_crossentropy
from earmark.training.networks import resnet
from earmark.vocabulary import official_vocabulary
from earmark.vocabulary.top50 import TOP_50
from workshop.corpus import load_corpus
from workshop.labelled import track_guess
from workshop.targets import blend, track_targets
from workshop.teachers import Teachers
from workshop.tracks import load_tracks
from workshop.windows import FRAMES, FRONT_END

BATCH = 128
LEARNING_RATE = 3e-3
LEAST_SONGS = 4  # positives and negatives that a tag needs, of few songs
LEAST_FILES = 10  # and of many files


def draw_starts(lengths: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """First frames of each song's snippets.

    Parameters
    ----------
    lengths : np.ndarray [shape=(songs,), int], in frames
    count : int > 0, snippets a song

    Returns
    -------
    np.ndarray [shape=(songs, count), int64], 0 for a song shorter than a snippet
    """
    room = np.maximum(lengths - FRAMES, 0)[:, None]
    return (rng.random((len(lengths), count)) * (room + 1)).astype(np.int64)


def cut(store: Store, entry: Entry, start: int) -> np.ndarray:
    """One snippet [shape=(FRAMES, n_mels), float32]; a short song is repeated to fill it."""
    piece = store.read(entry, start, min(FRAMES, entry.length - start))
    return np.resize(piece, (FRAMES, piece.shape[1])).astype(np.float32)


def batches(
    store: Store, entries: list[Entry], starts: np.ndarray, steps: int, seed: int
) -> Iterator[tuple[np.ndarray, torch.Tensor]]:
    """For each step the songs of a batch, and their snippets [shape=(BATCH, FRAMES, n_mels)]."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        songs = rng.integers(len(entries), size=BATCH)
        which = rng.integers(starts.shape[1], size=BATCH)
        pairs = zip(songs, starts[songs, which], strict=True)
        yield songs, torch.from_numpy(np.stack([cut(store, entries[s], at) for s, at in pairs]))


def learn(
    store: Store,
    entries: list[Entry],
    targets: np.ndarray,
    weights: np.ndarray,
    *,
    snippets: int,
    steps: int,
    seed: int,
) -> nn.Module:
    """Train the default network on that many snippets a song."""
    torch.manual_seed(seed)
    starts = draw_starts(
        np.array([entry.length for entry in entries]), snippets, np.random.default_rng(seed)
    )
    network = resnet.create().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    for songs, mel in batches(store, entries, starts, steps, seed):
        logits, _ = network(mel)
        target, weight = torch.from_numpy(targets[songs]), torch.from_numpy(weights[songs])
        loss = weighted_binary_crossentropy(logits, target, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.eval()


@torch.no_grad()
def song_scores(network: nn.Module, store: Store, entries: list[Entry], windows: int) -> np.ndarray:
    """Mean score of evenly spaced windows of each song [shape=(songs, tags), float32]."""
    scores = []
    for entry in entries:
        last = max(0, entry.length - FRAMES)
        places = np.linspace(0, last, windows + 2)[1:-1].astype(int)
        mel = np.stack([cut(store, entry, place) for place in places])
        scores.append(network(torch.from_numpy(mel))[0].sigmoid().mean(0).numpy())
    return np.stack(scores)


def main() -> None:
    """Measure snippets a song at training against windows a song at test."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"), help="own windows")
    parser.add_argument("--store", type=Path, default=Path("runs/store"))
    parser.add_argument("--snippets", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--windows", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    corpus = load_corpus(options.corpus, options.cache, available_cores())
    files = [str(options.corpus / row["file"]) for row in corpus.rows]
    build(files, options.store, FRONT_END, available_cores())
    store = Store(options.store, FRONT_END)
    entries = store.find_all(files)
    teachers = Teachers(options.teachers)
    guess = track_guess(load_tracks(options.tracks, corpus), teachers, len(files))
    targets, weights = blend(guess, teachers.confidence(), track_targets(corpus))
    split = corpus.column("split")
    train, valid = np.flatnonzero(split == "train"), np.flatnonzero(split == "valid")
    fractions, labels = corpus.mtat_fractions()[valid], corpus.human_labels()[valid]
    songs = ~np.isnan(fractions[:, 0])
    top = [official_vocabulary().index(tag) for tag in TOP_50]
    truth = fractions[songs][:, top] > 0
    print("| snippets a song at training | windows at test | ROC-AUC | PR-AUC | other recordings |")
    print("|---|---|---|---|---|")
    for snippets in options.snippets:
        network = learn(
            store,
            [entries[row] for row in train],
            targets[train],
            weights[train],
            snippets=snippets,
            steps=options.steps,
            seed=options.seed,
        )
        for windows in options.windows:
            scores = song_scores(network, store, [entries[row] for row in valid], windows)
            tags = countable(truth, LEAST_SONGS)
            own = scores[songs][:, top]
            figures = [macro(metric, truth, own, tags) for metric in (roc_auc, average_precision)]
            figures.append(certain_roc_auc(labels[~songs], scores[~songs]))
            cells = " | ".join(f"{figure:.3f}" for figure in figures)
            print(f"| {snippets} | {windows} | {cells} |", flush=True)


def certain_roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Mean ROC-AUC of the tags with enough certain labels of both kinds; NaN is unknown."""
    values = []
    for label, score in zip(labels.T, scores.T, strict=True):
        known = ~np.isnan(label)
        there = label[known] == 1
        if min(there.sum(), (~there).sum()) >= LEAST_FILES:
            values.append(roc_auc(there, score[known]))
    return float(np.mean(values))


if __name__ == "__main__":
    main()
