"""What TensorBoard shows of a run: curves, first filters, embeddings, examples.

Without a folder, or where TensorBoard is not installed, a board takes everything and shows nothing.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

FOLDER = "board"  # in the run folder
SHOWN = 20  # examples
POINTS = 2000  # songs in the projector, at most


class Board:
    """A run's board.

    Parameters
    ----------
    folder : Path or None
        Where TensorBoard looks; None for a board that shows nothing.

    Attributes
    ----------
    missing : bool, whether there is nothing to show it with, as TensorBoard is not installed
    points : int >= 0, songs that are worth listening to for the projector; 0 if nothing is shown
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.missing, self.points, self._writer = False, 0, None
        if folder is None:
            return
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            self.missing = True
            return
        self._writer = SummaryWriter(str(folder))
        self.points = POINTS

    def step(self, step: int, loss: torch.Tensor, rate: float) -> None:
        """Loss and learning rate of a step."""
        if self._writer is not None:
            self._writer.add_scalar("step/loss", float(loss.detach()), step)
            self._writer.add_scalar("step/learning_rate", rate, step)

    def epoch(self, epoch: int, measures: dict[str, float]) -> None:
        """Loss, ROC-AUC, PR-AUC and whatever else was measured after an epoch."""
        if self._writer is not None:
            for name, value in measures.items():
                if name != "epoch":
                    self._writer.add_scalar(f"epoch/{name}", value, epoch)
            self._writer.flush()

    def filters(self, network: nn.Module, epoch: int) -> None:
        """The filters of the first convolution as one picture, each with its own range of grey."""
        if self._writer is None:
            return
        first = next((part for part in network.modules() if isinstance(part, nn.Conv2d)), None)
        if first is not None:
            self._writer.add_image("first filters", filter_picture(first.weight), epoch)

    def embeddings(self, embedding: np.ndarray, labels: list[str], epoch: int) -> None:
        """Songs in the embedding's space, with their tags.

        Parameters
        ----------
        embedding : np.ndarray [shape=(songs, d), float32]
        labels : list of str, one a song
        epoch : int
        """
        if self._writer is not None and len(embedding) > 1:
            self._writer.add_embedding(
                torch.from_numpy(embedding),
                metadata=[" ".join(label.split()) for label in labels],
                tag="songs",
                global_step=epoch,
            )

    def examples(
        self,
        names: list[str],
        truth: list[str],
        scores: np.ndarray,
        tags: tuple[str, ...],
        epoch: int,
    ) -> None:
        """A table of some songs: what people say, and the five highest scores.

        Parameters
        ----------
        names, truth : list of str, one a song
        scores : np.ndarray [shape=(songs, tags), in [0, 1]]
        tags : tuple of str
        epoch : int
        """
        if self._writer is None:
            return
        lines = ["| song | tags | heard |", "|---|---|---|"]
        for name, said, row in zip(names[:SHOWN], truth, scores, strict=False):
            heard = ", ".join(f"{tags[j]} {row[j]:.2f}" for j in np.argsort(-row)[:5])
            cells = (cell.replace("|", "/") for cell in (name, said, heard))
            lines.append(f"| {' | '.join(cells)} |")
        self._writer.add_text("examples", "\n".join(lines), epoch)

    def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            self._writer.close()


def filter_picture(weight: torch.Tensor, scale: int = 8) -> np.ndarray:
    """Filters side by side, enlarged.

    Parameters
    ----------
    weight : torch.Tensor [shape=(filters, channels, height, width)]
        Only the first channel is shown.
    scale : int > 0, pixels a number

    Returns
    -------
    np.ndarray [shape=(1, height, width), float32, in [0, 1]]
    """
    filters = weight.detach().float().cpu().numpy()[:, 0]
    low = filters.min((1, 2), keepdims=True)
    filters = (filters - low) / np.maximum(filters.max((1, 2), keepdims=True) - low, 1e-9)
    framed = np.pad(filters, ((0, 0), (0, 1), (0, 1)), constant_values=1.0)
    columns = int(np.ceil(np.sqrt(len(framed))))
    blank = -len(framed) % columns
    framed = np.concatenate([framed, np.ones((blank, *framed.shape[1:]), np.float32)])
    rows = framed.reshape(-1, columns, *framed.shape[1:]).transpose(0, 2, 1, 3)
    picture = rows.reshape(rows.shape[0] * rows.shape[1], -1)
    return np.kron(picture, np.ones((scale, scale), np.float32))[None]
