"""A written network with 8-bit weights and activations: ONNX and example windows in, ONNX out.

Static quantisation (Jacob et al. 2018, *Quantization and training of neural networks for efficient
integer-arithmetic-only inference*): a value is a whole number times a scale. Scales of weights are
one an output channel; those of activations are one a tensor and span what example windows bring
forth (MinMax). The normalisation of log-mel and the last layers stay float32: scores in steps of
1/255 would tie rare tags. Weights use 7 of their 8 bits, for processors without VNNI add products
in 16 bits, which would overflow: so what is measured on one machine holds on others.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from safetensors.torch import save

from earmark.atomic import atomic_file
from earmark.errors import TrainingError
from earmark.evaluation.metrics import per_tag
from earmark.session import forbid_telemetry
from earmark.training.export.model_folder import WEIGHTS, digest, write_card
from earmark.training.export.network_file import halved, read_weights
from earmark.training.loop.batches import generator
from earmark.training.songs.songs import Songs
from earmark.zoo.card import NETWORK

PRECISION = "int8"
LARGEST_LOSS = 0.003  # of macro ROC-AUC
WINDOWS = 256  # that ranges are taken from
AT_ONCE = 8
KEPT = ("Unsqueeze", "BatchNormalization", "Gemm", "MatMul", "Sigmoid", "Softmax")


def quantise(network: Path, windows: np.ndarray, out: Path) -> None:
    """Write a network with 8-bit convolutions.

    Parameters
    ----------
    network : Path, ONNX in float32, ``mel`` in
    windows : np.ndarray [shape=(n, frames, bands), float32], n > 0, like those it will hear
    out : Path, of the new ONNX file

    Raises
    ------
    TrainingError
        ONNX Runtime cannot quantise it.
    """
    forbid_telemetry()
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with TemporaryDirectory() as folder, _quiet():
        prepared = Path(folder) / network.name
        try:
            quant_pre_process(str(network), str(prepared), skip_symbolic_shape=True)
            nodes = onnx.load(prepared).graph.node
            quantize_static(
                prepared,
                out,
                _reader(windows),
                quant_format=QuantFormat.QDQ,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                nodes_to_exclude=[node.name for node in nodes if node.op_type in KEPT],
            )
        except Exception as error:
            raise TrainingError(f"{network}: cannot be quantised ({error})") from error


def example_windows(songs: Songs, frames: int, seed: int) -> np.ndarray:
    """Random windows to take ranges from, as many of each song.

    Parameters
    ----------
    songs : Songs, at least one
    frames : int > 0, of a window
    seed : int

    Returns
    -------
    np.ndarray [shape=(256, frames, bands), float32]
    """
    rng = generator(seed, 0, 0)
    which = np.resize(rng.permutation(len(songs)), WINDOWS)
    pairs = zip(which, rng.random(WINDOWS), strict=True)
    return np.stack([songs.cut(int(song), place, frames) for song, place in pairs])


def in_8_bits(
    out: Path,
    card: dict[str, Any],
    windows: np.ndarray,
    labels: np.ndarray,
    scores: np.ndarray,
    hear: Callable[[Path], np.ndarray],
) -> tuple[dict[str, Any], np.ndarray, float]:
    """Quantise the network in a model folder, unless that costs too much on held-out songs.

    The weights that training goes on from then lie beside it, in ``model.safetensors``.

    Parameters
    ----------
    out : Path, with ``model.onnx`` in float32
    card : dict, as it lies there
    windows : np.ndarray [shape=(n, frames, bands), float32], to take ranges from
    labels : np.ndarray [shape=(songs, tags)], 1 there, 0 absent, NaN unknown
    scores : np.ndarray [same shape], what the float32 network says
    hear : callable, model folder -> scores of the same songs

    Returns
    -------
    card : dict, with the new network's precision and sha-256
    scores : np.ndarray [shape=(songs, tags)], what the 8-bit network says
    gain : float, in macro ROC-AUC against float32; mostly below 0

    Raises
    ------
    TrainingError
        It costs too much, or nothing can say what it costs; the folder is as it was.
    """
    unknown = f"{out}: no held-out songs can say what int8 costs"
    if not len(labels):
        raise TrainingError(unknown)
    with TemporaryDirectory() as folder:
        trial = Path(folder)
        quantise(out / NETWORK, windows, trial / NETWORK)
        weights = save(halved(read_weights((out / NETWORK).read_bytes())))
        digests = {NETWORK: digest(trial / NETWORK), WEIGHTS: sha256(weights).hexdigest()}
        card = {**card, "precision": PRECISION, "sha256": digests}
        write_card(trial, card)
        after = hear(trial)
        lost = loss(labels, scores, after) if len(after) == len(labels) else np.nan
        if np.isnan(lost):
            raise TrainingError(unknown)
        if lost >= LARGEST_LOSS:
            raise TrainingError(
                f"{out}: int8 costs {lost:.4f} ROC-AUC on the held-out songs, "
                f"not under {LARGEST_LOSS}"
            )
        with atomic_file(out / NETWORK, "wb") as file:
            file.write((trial / NETWORK).read_bytes())
        with atomic_file(out / WEIGHTS, "wb") as file:
            file.write(weights)
    write_card(out, card)
    return card, after, -lost


def loss(labels: np.ndarray, scores: np.ndarray, quantised: np.ndarray) -> float:
    """By how much macro ROC-AUC falls; below 0 where it rises.

    Parameters
    ----------
    labels : np.ndarray [shape=(songs, tags)], 1 there, 0 absent, NaN unknown
    scores, quantised : np.ndarray [same shape], of the float32 network and of the other

    Returns
    -------
    float in [-1, 1], NaN where no tag has songs with it and without
    """
    before, after = (per_tag(labels, one)[0] for one in (scores, quantised))
    there = ~np.isnan(before)
    return float((before - after)[there].mean()) if there.any() else float("nan")


def _reader(windows: np.ndarray):
    """Batches of windows as ONNX Runtime's quantiser wants them."""
    forbid_telemetry()
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self.rest = (
                {"mel": windows[first : first + AT_ONCE]}
                for first in range(0, len(windows), AT_ONCE)
            )

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.rest, None)

    return Reader()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that the quantiser logs."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
