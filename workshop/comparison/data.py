"""What all rows learn from and are judged by: a corpus, its tracks, and what the teachers said."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.training.recipes.recipe import Recipe
from workshop.clips import Clips
from workshop.comparison.judge import Judge
from workshop.corpus import Corpus, load_corpus
from workshop.labelled import Arrays, raw_scores, track_guess
from workshop.teachers import Teachers
from workshop.tracks import load_tracks


@dataclass(frozen=True)
class Ears:
    """The data, loaded once for all rows.

    Attributes
    ----------
    corpus : Corpus
    tracks : dict as from :func:`workshop.tracks.load_tracks`, without log-mel
    guess : np.ndarray [shape=(windows, 188)], the teachers' guess for each of these windows
    confidence : np.ndarray [shape=(188,)], its weight
    cache : Path, of decoded sound and frames
    judge : Judge
    """

    corpus: Corpus
    tracks: Arrays
    guess: np.ndarray
    confidence: np.ndarray
    cache: Path
    judge: Judge

    def clips(self, recipe: Recipe) -> Clips:
        """Batches of clips for a recipe, with its front end."""
        return Clips(self.corpus, self.tracks, self.guess, self.confidence, self.cache, recipe)


def open_ears(parser: argparse.ArgumentParser) -> Ears:
    """The data that the command line names."""
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"))
    options = parser.parse_args()
    corpus, teachers = load_corpus(options.corpus, options.cache, 1), Teachers(options.teachers)
    tracks = load_tracks(options.tracks, corpus)
    tracks.pop("mel")
    judge = Judge(corpus, track_guess(tracks, teachers, len(corpus.rows)))
    guess = teachers.merge(raw_scores(tracks))
    return Ears(corpus, tracks, guess, teachers.confidence(), options.cache, judge)
