"""The options of benchmarks that need a labelled corpus: where it and what was made of it lie."""

import argparse
from pathlib import Path

import numpy as np

from earmark.tagging.network import Network
from workshop.corpus import Corpus, load_corpus
from workshop.labelled import Arrays
from workshop.teachers import Teachers
from workshop.tracks import load_tracks

AT_ONCE = 256


def corpus_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with ``--corpus``, ``--teachers``, ``--cache`` and ``--tracks``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"))
    return parser


def loaded(options: argparse.Namespace) -> tuple[Corpus, Teachers, Arrays]:
    """The corpus, the networks that label it, and its own windows with what they said."""
    corpus = load_corpus(options.corpus, options.cache, 1)
    return corpus, Teachers(options.teachers), load_tracks(options.tracks, corpus)


def scores_of(network: Network, mel: np.ndarray) -> np.ndarray:
    """A network's scores of windows [shape=(n, tags)]."""
    parts = range(0, len(mel), AT_ONCE)
    return np.concatenate(
        [network(mel[first : first + AT_ONCE].astype(np.float32))[0] for first in parts]
    )
