"""Windows of log-mel in, scores and embeddings out: one network in ONNX Runtime."""

import numpy as np

from earmark.errors import ModelError
from earmark.session import open_session
from earmark.zoo.card import NETWORK, Card


class Network:
    """First step of the ladder: windows -> scores and embedding.

    Parameters
    ----------
    card : Card
        The model; its network file must have the sha-256 that the card names.
    threads : int > 0
        ONNX Runtime threads. One thread a process, one process a core gives the most.

    Raises
    ------
    ModelError
        The file is missing, damaged, or not a network that fits the card.
    """

    def __init__(self, card: Card, threads: int = 1) -> None:
        content = card.checked_bytes(NETWORK)
        try:
            self._session = open_session(content, threads)
            shapes = {o.name: o.shape for o in self._session.get_outputs()}
            fits = shapes["scores"][1] == len(card.vocabulary) and "embedding" in shapes
        except Exception as error:
            reason = f"not a network that can be run ({error})"
            raise ModelError(f"model {card.name!r}: {reason}") from error
        if not fits:
            raise ModelError(f"model {card.name!r}: its network and its card disagree on the tags")
        self._input = self._session.get_inputs()[0].name

    def __call__(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Run the network.

        Parameters
        ----------
        windows : np.ndarray [shape=(n, frames, bands), float32]

        Returns
        -------
        scores : np.ndarray [shape=(n, tags), float32, in [0, 1]], not yet calibrated
        embedding : np.ndarray [shape=(n, d), float32]
        """
        scores, embedding = self._session.run(["scores", "embedding"], {self._input: windows})
        return scores, embedding
