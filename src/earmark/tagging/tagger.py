"""From a sound to its Tagging: decode, log-mel, windows, network, pooling, calibration."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from earmark.errors import EarmarkError
from earmark.pool import work_in_processes
from earmark.sound import SoundStream, decode
from earmark.sound.features import features_stream
from earmark.tagging.calibration import Calibration
from earmark.tagging.given import sound_given
from earmark.tagging.hop import HopTimeline, RowScorer, require_hop
from earmark.tagging.network import Network
from earmark.tagging.pauses import counting_frames, long_pauses, pauses_sentence
from earmark.tagging.pooling import power_mean
from earmark.tagging.result import Tagging, Timeline
from earmark.tagging.voices import find_voices
from earmark.tagging.windows import batched, cut_windows
from earmark.worker import attempt
from earmark.zoo import find_model

BATCH_SECONDS = 30  # of sound that the network gets at once


class Tagger:
    """A loaded model; call it with a sound.

    Parameters
    ----------
    model : str or path
        Name of a shipped model (see :func:`earmark.zoo.model_names`) or a model folder.
    threads : int > 0
        ONNX Runtime threads.
    hop : float or None
        Seconds from one row of the timeline to the next, at most half a window; None for windows
        side by side. A song's scores and embedding are the same with any hop.

    Raises
    ------
    ModelError
        No such model, a damaged one, or a hop that it cannot have.

    Examples
    --------
    >>> tagger = Tagger()
    >>> tagging = tagger("song.mp3")  # doctest: +SKIP
    >>> tagging.tags()  # doctest: +SKIP
    {'rock': 0.61, 'guitar': 0.55, 'drums': 0.41}
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = "default",
        threads: int = 1,
        hop: float | None = None,
    ) -> None:
        self.card = find_model(model)
        if hop is not None:
            require_hop(self.card, hop)
        self.hop = hop
        self._threads = threads
        self._network = Network(self.card, threads)
        self._calibration = Calibration(self.card.slopes, self.card.offsets)
        self._voices = find_voices(self.card)

    def __call__(
        self,
        sound: Any,
        sample_rate: int | None = None,
        *,
        hop: float | None = None,
    ) -> Tagging:
        """Tag one sound.

        Parameters
        ----------
        sound : path, bytes, binary file object, Samples, or samples
            Samples are an array, list or tensor [shape=(n,), (n, channels) or (channels, n)] and
            need their `sample_rate`.
        sample_rate : int > 0, in Hz
            Only for samples.
        hop : float or None
            Another hop for this sound than the tagger's own.

        Returns
        -------
        Tagging

        Raises
        ------
        SoundError
            One sentence naming the sound and why no tags came out.
        """
        stream = decode(sound_given(sound, sample_rate), self.card.front_end.sample_rate)
        return self.tag_stream(stream, self.hop if hop is None else hop)

    def score_rows(self, windows: np.ndarray) -> np.ndarray:
        """Calibrated scores of the rows of a timeline with a hop.

        Parameters
        ----------
        windows : np.ndarray [shape=(n, frames, bands), float32]

        Returns
        -------
        np.ndarray [shape=(n, tags), float32, in [0, 1]]
            Those of voices are the head's where the model has one (:mod:`earmark.tagging.voices`).
        """
        scores, embeddings = self._network(windows)
        scores = self._calibration(scores)
        return scores if self._voices is None else self._voices(scores, embeddings)

    def files(
        self, paths: Iterable[str | os.PathLike[str]], jobs: int = 1
    ) -> Iterator[tuple[str | os.PathLike[str], Tagging | EarmarkError]]:
        """Tag many files, in order, in bounded memory.

        Parameters
        ----------
        paths : iterable of paths, of any length
        jobs : int > 0
            Processes. With more than one, a script must start its work under
            ``if __name__ == "__main__":``, as multiprocessing demands.

        Yields
        ------
        path, Tagging or EarmarkError
            A file that cannot be tagged yields its error, and the rest goes on.
        """
        if jobs <= 1:
            return ((path, attempt(self, path)) for path in paths)
        make_tagger = partial(Tagger, self.card.folder, self._threads, self.hop)
        return work_in_processes(make_tagger, paths, jobs)

    def tag_stream(self, stream: SoundStream, hop: float | None = None) -> Tagging:
        """Tag a stream of blocks at the model's sample rate, of which each block is heard once.

        Parameters
        ----------
        stream : SoundStream, or anything that iterates over blocks [shape=(n,), float32] and has
            its ``name``, ``seconds`` and ``warnings``, and may have ``silences``
        hop : float or None, seconds from one row of the timeline to the next
        """
        card = self.card
        frames = features_stream(stream, card.front_end)
        fine = HopTimeline(RowScorer(card, self.score_rows, hop)) if hop is not None else None
        if fine is not None:
            frames = fine.watch(frames)
        size = max(1, round(BATCH_SECONDS / card.window_seconds))
        scores, embeddings, new, ends = [], [], [], []
        for stack, counts in batched(cut_windows(frames, card.window_frames), size):
            batch_scores, batch_embeddings = self._network(stack)
            scores.append(batch_scores)
            embeddings.append(batch_embeddings)
            new += counts
            ends.append(len(new))
        windows = np.concatenate(scores)
        # Where a sound is silent for long is known to the end only, so all is weighted here.
        pauses = long_pauses(getattr(stream, "silences", ()), stream.seconds)
        counting = counting_frames(new, card.front_end.seconds(1), pauses, stream.seconds)
        pooled = power_mean(windows, counting, card.pooling_exponent)
        parts = np.split(counting.astype(np.float32), ends[:-1])
        embedding = sum(part @ batch for part, batch in zip(parts, embeddings, strict=True))
        return Tagging(
            vocabulary=card.vocabulary,
            thresholds=card.thresholds,
            scores=self._calibration(pooled),
            timeline=fine.timeline(stream.seconds)
            if fine is not None
            else self._timeline(windows, new, stream.seconds),
            embedding=embedding / np.float32(counting.sum()),
            model=card.name,
            seconds=stream.seconds,
            warning=self._warning(stream, pauses),
        )

    def _timeline(self, windows: np.ndarray, new: list[int], seconds: float) -> Timeline:
        hop = self.card.front_end.seconds(1)
        ends = np.cumsum(new) * hop
        ends[-1] = seconds
        starts = np.concatenate([[0.0], ends[:-1]])
        return Timeline(starts, ends, self._calibration(windows))

    def _warning(self, stream: SoundStream, pauses: list[tuple[float, float]]) -> str | None:
        reasons = list(stream.warnings)
        if pauses:
            reasons.append(pauses_sentence(pauses, stream.seconds))
        window = self.card.window_seconds
        if stream.seconds < window:
            length = f"only {stream.seconds:.2g} seconds long"
            reasons.append(f"{length}, padded to {window:.2g} by repeating it")
        return f"{stream.name}: {'; '.join(reasons)}" if reasons else None
