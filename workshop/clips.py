"""The lesson of long random clips of a corpus; the recipe ``cnn3`` uses it.

In: the corpus, and what the teachers said of its tracks' own 3 s windows
(:mod:`workshop.tracks`). A clip is a random stretch of a track; its label is the mean of
the teachers' guesses over the clip, blended with what people said of the track. With
``normalised_crossentropy`` labels are normalised to sum 1, as the original system did.
"""

import json
import os
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import soxr
import torch
from torch import nn

from earmark.datasets.store import room
from earmark.sound.features import features
from earmark.sound.melspectrogram import FrontEnd
from earmark.training.loop import losses
from earmark.training.loop.augment import draw_masks
from earmark.training.loop.batches import Batch, generator
from earmark.training.loop.lesson import Lesson, start_at
from earmark.training.loop.mixup import blended
from earmark.training.loop.ranks import Ranks
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import Recipe
from earmark.vocabulary import official_vocabulary
from workshop.corpus import SAMPLE_RATE, Corpus, load_corpus
from workshop.labelled import Arrays, raw_scores
from workshop.made_of import made_of, note
from workshop.sources import Sources, require_labelled
from workshop.targets import blend, track_targets
from workshop.teachers import Teachers
from workshop.tracks import load_tracks
from workshop.windows import track_weights


def load_mels(corpus: Corpus, cache: Path, front_end: FrontEnd) -> list[np.ndarray]:
    """Log-mel of every track [shape=(t, bands), float16], made once and kept in `cache`.

    Frames of another corpus or front end that lie there are made anew.
    """
    kind = room(front_end)
    path, offsets = cache / f"{kind}.f16", cache / f"{kind}.npy"
    key = {"sound": corpus.sound, "front end": asdict(front_end)}
    beside = cache / f"{kind}.made"
    if not offsets.exists() or made_of(beside) != json.loads(json.dumps(key)):
        offsets.unlink(missing_ok=True)
        part = cache / "mel.part.npy"
        ends = [0]
        with open(path, "wb") as out:
            for row in range(len(corpus.rows)):
                samples = corpus.samples(row).astype(np.float32) / 32768
                samples = soxr.resample(samples, SAMPLE_RATE, front_end.sample_rate)
                mel = features(samples, front_end).astype(np.float16)
                out.write(mel.tobytes())
                ends.append(ends[-1] + len(mel))
        np.save(part, np.array(ends))
        beside.mkdir(exist_ok=True)
        note(beside, key)
        os.replace(part, offsets)
    mels = np.fromfile(path, np.float16).reshape(-1, front_end.bands)
    return np.split(mels, np.load(offsets)[1:-1])


class Clips:
    """Batches (mel, label, weight) of random clips of the training tracks.

    Parameters
    ----------
    corpus : Corpus
    tracks : dict as from :func:`workshop.tracks.load_tracks`
    guess : np.ndarray [shape=(windows, 188)], the teachers' guess for each of these windows
    confidence : np.ndarray [shape=(188,)], its weight
    cache : Path, gets the log-mel frames
    recipe : Recipe

    Attributes
    ----------
    steps : int > 0, batches an epoch
    """

    def __init__(
        self,
        corpus: Corpus,
        tracks: Arrays,
        guess: np.ndarray,
        confidence: np.ndarray,
        cache: Path,
        recipe: Recipe,
    ) -> None:
        self.recipe, self.front_end = recipe, recipe.front_end
        self.mels = load_mels(corpus, cache, recipe.front_end)
        self.draw = track_weights(corpus)
        self.steps = max(1, recipe.data.clips // recipe.data.batch)
        self.confidence = confidence
        ends = np.searchsorted(tracks["row"], np.arange(1, len(corpus.rows)))
        self.soft = np.split(guess, ends)
        self.start = np.split(tracks["start"] / SAMPLE_RATE, ends)
        self.people = track_targets(corpus)

    def base_rate(self) -> np.ndarray:
        """How common each tag is among the teachers' guesses, [shape=(188,)]."""
        return np.concatenate(self.soft).mean(0)

    def clip(self, row: int, place: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One clip of a track.

        Parameters
        ----------
        row : int, of the corpus
        place : float in [0, 1), 0 for the beginning

        Returns
        -------
        mel : np.ndarray [shape=(frames, bands), float16]
        label, weight : np.ndarray [shape=(188,), float32]
        """
        mel, soft, frames = self.mels[row], self.soft[row], self.recipe.data.frames
        if len(mel) > frames:
            first = int(place * (len(mel) - frames + 1))
            mel = mel[first : first + frames]
            begin = self.front_end.seconds(first)
            end = begin + self.front_end.seconds(frames)
            inside = (self.start[row] >= begin - 1.5) & (self.start[row] < end - 1.5)
            soft = soft[inside] if inside.any() else soft
        else:
            mel = np.resize(mel, (frames, self.front_end.bands))
        return mel, *blend(soft.mean(0), self.confidence, self.people[row])

    def __call__(self, epoch: int, step: int, share: slice) -> Batch:
        """Some rows of a batch: mel (n, frames, bands), label and weight (n, 188)."""
        rng = generator(self.recipe.seed, epoch, step)
        rows = rng.choice(len(self.draw), self.recipe.data.batch, p=self.draw)
        places = rng.random(len(rows))
        rules = self.recipe.augmentation
        masks = draw_masks(rules, (len(rows), self.recipe.data.frames, self.front_end.bands), rng)

        def arrays(own: np.ndarray) -> list[np.ndarray]:
            clips = [self.clip(rows[place], places[place]) for place in own]
            return [np.stack(column).astype(np.float32) for column in zip(*clips, strict=True)]

        mel, *rest = blended(rules.mixup, len(rows), share, rng, arrays)
        masks.share(share).apply(mel)
        return tuple(torch.from_numpy(array) for array in (mel, *rest))


def clip_lesson(recipe: Recipe, sources: Sources, ranks: Ranks) -> Lesson:
    """Load the corpus and make the network.

    Parameters
    ----------
    recipe : Recipe
    sources : Sources, with ``corpus``, ``teachers`` and ``tracks``
    ranks : Ranks; the first process decodes, the others wait

    Raises
    ------
    TrainingError
        A folder is not named, or the tracks' windows are not there.
    """
    require_labelled(recipe, sources, "tracks")
    open_clips = partial(_open_clips, recipe, sources)
    first = open_clips() if ranks.first else None
    ranks.wait()
    return lesson_of(recipe, first or open_clips())


def lesson_of(recipe: Recipe, clips: Clips) -> Lesson:
    """The recipe's network, fresh, and its loss over clips.

    Parameters
    ----------
    recipe : Recipe
    clips : Clips, of that recipe
    """
    network = make_network(recipe, len(official_vocabulary()))
    function = getattr(losses, recipe.loss.name)
    softmax = network.activation == "softmax"
    if not softmax:
        start_at(network.head, clips.base_rate())

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        mel, label, weight = batch
        alike = torch.ones_like(label)  # the original system weighs no tag
        return function(model(mel)[0], label, alike if softmax else weight)

    return Lesson(network, clips, loss, facts={"tracks": len(clips.mels)})


def _open_clips(recipe: Recipe, sources: Sources) -> Clips:
    corpus = load_corpus(sources.corpus, sources.cache, sources.jobs)
    tracks, teachers = load_tracks(sources.tracks, corpus), Teachers(sources.teachers)
    guess = teachers.merge(raw_scores(tracks))
    return Clips(corpus, tracks, guess, teachers.confidence(), sources.cache, recipe)
