"""Random crops of songs as batches: the frames come from the store, new places each epoch."""

import numpy as np
import torch

from earmark.training.loop.augment import draw_masks
from earmark.training.loop.batches import Batch, Order, generator
from earmark.training.loop.mixup import blended
from earmark.training.recipes.recipe import Recipe
from earmark.training.songs.songs import Songs


class Crops:
    """Batches (mel, target, weight) of random crops.

    Parameters
    ----------
    songs : Songs
    recipe : Recipe
        Says how many crops of a song an epoch has, and batches at least, how long they are, and
        how they are masked.

    Attributes
    ----------
    steps : int > 0, batches an epoch
    """

    def __init__(self, songs: Songs, recipe: Recipe) -> None:
        self.songs, self.recipe = songs, recipe
        crops = max(recipe.data.crops, -(-recipe.data.steps * recipe.data.batch // len(songs)))
        self._order = Order(len(songs) * crops, recipe.data.batch, recipe.seed)
        self.steps = self._order.steps
        known = ~np.isnan(songs.targets)
        self._targets = np.where(known, songs.targets, 0).astype(np.float32)
        extra = (recipe.loss.positive_weight - 1) * self._targets
        self._weights = (known * (1 + extra)).astype(np.float32)

    def __call__(self, epoch: int, step: int, share: slice) -> Batch:
        """Some rows of a batch: mel (n, frames, bands), target and weight (n, tags)."""
        recipe = self.recipe
        rows = self._order.rows(epoch, step) % len(self.songs)
        rng = generator(recipe.seed, epoch, step)
        places = rng.random(len(rows))
        shape = (len(rows), recipe.data.frames, recipe.front_end.bands)
        masks = draw_masks(recipe.augmentation, shape, rng)

        def arrays(own: np.ndarray) -> list[np.ndarray]:
            cuts = zip(rows[own], places[own], strict=True)
            mel = [self.songs.cut(song, place, recipe.data.frames) for song, place in cuts]
            return [np.stack(mel), self._targets[rows[own]], self._weights[rows[own]]]

        mel, *rest = blended(recipe.augmentation.mixup, len(rows), share, rng, arrays)
        masks.share(share).apply(mel)
        return tuple(torch.from_numpy(array) for array in (mel, *rest))

    def base_rate(self) -> np.ndarray:
        """How common each tag is among the songs of which it is known [shape=(tags,)]."""
        totals = np.maximum(self._weights.sum(0), 1e-6)
        return (self._targets * self._weights).sum(0) / totals
