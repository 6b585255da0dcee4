"""Train ``cnn3`` as the original system was trained: 29 s clips, softmax, Adadelta, batches of 5.

In: the corpus and the teachers' fixed guess for each of its 3 s windows (``soft_targets.npz``). A
clip is a random 29.12 s of a track; its label is the mean guess over the clip, blended with what
people said of the track, normalised to sum 1.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr
import torch
from torch import nn

from earmark.sound.melspectrogram import FrontEnd, melspectrogram
from earmark.training.architectures import cnn3
from earmark.training.corpus import SAMPLE_RATE, Corpus
from earmark.training.fit import Fit
from earmark.training.losses import normalised_crossentropy
from earmark.training.targets import blend, track_targets
from earmark.training.windows import track_weights

FRONT_END = FrontEnd(sample_rate=12000, n_fft=1024, hop_length=512, n_mels=48)
FRAMES = 682  # 29.1 s
BATCH = 5
CLIPS_PER_EPOCH = 2400
LEARNING_RATE = 1.0  # Adadelta's own
AVERAGE = 0.998


def load_mels(corpus: Corpus, cache: Path) -> list[np.ndarray]:
    """Log-mel of every track for cnn3 [shape=(t, 48), float16], made once and kept in `cache`."""
    path, offsets = cache / "mel-12k-48.f16", cache / "mel-12k-48.npy"
    if not offsets.exists():
        ends = [0]
        with open(path, "wb") as out:
            for row in range(len(corpus.rows)):
                samples = corpus.samples(row).astype(np.float32) / 32768
                samples = soxr.resample(samples, SAMPLE_RATE, FRONT_END.sample_rate)
                mel = melspectrogram(samples, FRONT_END).astype(np.float16)
                out.write(mel.tobytes())
                ends.append(ends[-1] + len(mel))
        np.save(cache / "mel.part.npy", np.array(ends))
        os.replace(cache / "mel.part.npy", offsets)
    mels = np.fromfile(path, np.float16).reshape(-1, FRONT_END.n_mels)
    return np.split(mels, np.load(offsets)[1:-1])


class Clips:
    """Random clips of the training tracks with their blended labels."""

    def __init__(self, corpus: Corpus, soft_targets: Path, cache: Path, seed: int) -> None:
        self.mels = load_mels(corpus, cache)
        self.draw = track_weights(corpus)
        self.seed = seed
        with np.load(soft_targets) as soft:
            self.confidence = soft["confidence"]
            order = np.searchsorted(soft["file_id"], np.arange(len(corpus.rows) + 1))
            self.soft = np.split(soft["target"].astype(np.float32), order[1:-1])
            self.start = np.split(soft["start"], order[1:-1])
        self.people = track_targets(corpus)

    def clip(self, row: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """One clip of a track: mel [shape=(682, 48)] and label [shape=(188,)]."""
        mel, soft = self.mels[row], self.soft[row]
        if len(mel) > FRAMES:
            first = rng.integers(len(mel) - FRAMES + 1)
            mel = mel[first : first + FRAMES]
            begin = FRONT_END.seconds(first)
            inside = (self.start[row] >= begin - 1.5) & (
                self.start[row] < begin + FRONT_END.seconds(FRAMES) - 1.5
            )
            soft = soft[inside] if inside.any() else soft
        else:
            mel = np.resize(mel, (FRAMES, FRONT_END.n_mels))
        label, _ = blend(soft.mean(0), self.confidence, self.people[row])
        return mel, label

    def batches(self, epoch: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """One epoch of (mel, label) batches of 5."""
        rng = np.random.default_rng([self.seed, epoch])
        for _ in range(CLIPS_PER_EPOCH // BATCH):
            rows = rng.choice(len(self.draw), BATCH, p=self.draw)
            mels, labels = zip(*(self.clip(row, rng) for row in rows), strict=True)
            yield (
                torch.from_numpy(np.stack(mels).astype(np.float32)),
                torch.from_numpy(np.stack(labels)),
            )


def train_cnn3(
    corpus: Corpus, soft_targets: Path, cache: Path, folder: Path, epochs: int, seed: int
) -> nn.Module:
    """Train cnn3 with the original recipe."""
    torch.manual_seed(seed)
    clips = Clips(corpus, soft_targets, cache, seed)
    network = cnn3.create()
    fit = Fit(
        network=network,
        batches=clips.batches,
        loss=lambda net, batch: normalised_crossentropy(net(batch[0])[0], batch[1]),
        optimiser=torch.optim.Adadelta(network.parameters(), LEARNING_RATE),
        schedule=None,
        epochs=epochs,
        average=AVERAGE,
        folder=folder,
    )
    return fit.run()
