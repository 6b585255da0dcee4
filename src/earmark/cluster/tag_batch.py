"""A piece for pipelines of one's own: batches of paths or bytes in, with tags out."""

import os
from typing import Any

import numpy as np

from earmark.cluster.places import local_copy
from earmark.cluster.table import written
from earmark.errors import ClusterError, EarmarkError
from earmark.sound import decode
from earmark.tagging import Tagger, Tagging

OUT = ("tags", "scores", "seconds", "warning", "error", "embedding")


class TagBatch:
    """A callable class for ``ray.data.Dataset.map_batches``; an actor holds one with its model.

    Parameters
    ----------
    model : str, name or folder of a model
    column : str or None
        The column with paths, addresses or bytes; None takes ``bytes`` where it is there, else
        ``path``, ``file`` or ``item``.
    embedding : bool, whether the embedding is added too

    Raises
    ------
    ModelError
        No such model.

    Examples
    --------
    >>> import ray  # doctest: +SKIP
    >>> paths = ray.data.from_items([{"path": p} for p in files])  # doctest: +SKIP
    >>> tagged = paths.map_batches(TagBatch, batch_size=32, concurrency=4)  # doctest: +SKIP
    """

    def __init__(
        self, model: str = "default", column: str | None = None, embedding: bool = False
    ) -> None:
        self._tagger = Tagger(model)
        self._column, self._embedding = column, embedding

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, Any]:
        """Add what was heard to a batch.

        Parameters
        ----------
        batch : dict of column -> np.ndarray [shape=(n,)]

        Returns
        -------
        dict
            The same columns but for bytes, and ``tags`` (names over their thresholds joined by
            ``"; "``, best first), ``scores`` [shape=(n, tags), float32], NaN where nothing was
            heard, ``seconds``, ``warning``, ``error`` ('' for none), and if asked ``embedding``.
            A sound that fails is a row with its sentence, never a failed batch.
        """
        column = self._column or self._found(batch)
        names = next((key for key in ("path", "file", "name") if key in batch), None)
        heard = [
            self._hear(sound, str(batch[names][i]) if names else f"sound {i}")
            for i, sound in enumerate(batch[column])
        ]
        size = len(self._tagger.card.vocabulary)
        good = [result for result in heard if isinstance(result, Tagging)]
        width = len(good[0].embedding) if good else 0
        out: dict[str, Any] = {
            key: values for key, values in batch.items() if key != column or column != "bytes"
        }
        out["tags"] = np.array([_tags(result) for result in heard], dtype=object)
        out["scores"] = _stack([_part(result, "scores") for result in heard], size)
        out["seconds"] = np.array([getattr(result, "seconds", 0.0) for result in heard])
        out["warning"] = np.array([_sentence(result, "warning") for result in heard], object)
        out["error"] = np.array([_sentence(result, "error") for result in heard], object)
        if self._embedding:
            out["embedding"] = _stack([_part(result, "embedding") for result in heard], width)
        return out

    def _hear(self, sound: Any, name: str) -> Tagging | EarmarkError:
        rate = self._tagger.card.front_end.sample_rate
        try:
            if isinstance(sound, bytes | bytearray | memoryview):
                stream = decode(bytes(sound), rate)
                stream.name = name
                return self._tagger.tag_stream(stream)
            path = os.fspath(sound)
            with local_copy(path) as local:
                stream = decode(local, rate)
                stream.name = path
                return self._tagger.tag_stream(stream)
        except EarmarkError as error:
            return error
        except Exception as error:
            return ClusterError(f"{name}: failed unexpectedly ({type(error).__name__}: {error})")

    @staticmethod
    def _found(batch: dict[str, np.ndarray]) -> str:
        for column in ("bytes", "path", "file", "item"):
            if column in batch:
                return column
        raise ClusterError(f"no column bytes, path, file or item, only {', '.join(batch)}")


def _tags(result: Tagging | EarmarkError) -> str:
    return "; ".join(result.tags()) if isinstance(result, Tagging) else ""


def _part(result: Tagging | EarmarkError, name: str) -> np.ndarray | None:
    return getattr(result, name) if isinstance(result, Tagging) else None


def _stack(parts: list[np.ndarray | None], width: int) -> np.ndarray:
    empty = np.full(width, np.nan, np.float32)
    return np.stack([empty if part is None else part for part in parts]).astype(np.float32)


def _sentence(result: Tagging | EarmarkError, which: str) -> str:
    if isinstance(result, Tagging):
        return written(result.warning or "") if which == "warning" else ""
    return written(str(result)) if which == "error" else ""
