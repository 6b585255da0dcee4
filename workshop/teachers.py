"""Networks that label any sound: raw scores of a 2.992 s window, and their merge to 188 tags.

A teacher folder holds four ONNX networks (two trained on MagnaTagATune, one on the Million Song
Dataset, YAMNet on AudioSet), their label lists, and the numbers of the merge: a linear extension
from the top 50 tags to all 188, and which words of other teachers mean the same as a tag.
"""

import json
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from earmark.fingerprint import fingerprint
from earmark.session import open_session
from earmark.sound.melspectrogram import FrontEnd, melspectrogram

TEACHER_FRONT_END = FrontEnd(sample_rate=16000, n_fft=512, hop_length=256, n_mels=96)
FRAMES = 187
WINDOW = FRAMES * TEACHER_FRONT_END.hop_length  # samples
YAMNET_PATCH = 15600  # samples
YAMNET_STARTS = (0, 16000, 32000)
# Share of the MagnaTagATune networks alone in a guess; the rest is what other teachers raise it to.
# On 131 songs that people tagged, raising costs the top 50 tags .009 ROC-AUC, and a quarter of it
# .001, while other recordings gain as much from a quarter as from all; other tags need half of it.
OWN_TOP, OWN_OTHERS = 0.75, 0.5
MTT_TEACHERS = ("MTT_musicnn", "MTT_vgg")
MEL_TEACHERS = (*MTT_TEACHERS, "MSD_musicnn")
TEACHERS = (*MEL_TEACHERS, "YAMNet")
PROBE = "MTT_probe"  # a fifth opinion, see workshop.probe
EMBEDDING = "embedding_"
LAST_LAYERS = ("MatMul", "Gemm")


def _with_embedding(path: Path) -> bytes:
    """A network that also gives what its last layer is given."""
    model = onnx.load(path)
    last = [node for node in model.graph.node if node.op_type in LAST_LAYERS][-1]
    model.graph.output.append(onnx.ValueInfoProto(name=last.input[0]))
    return model.SerializeToString()


def _mean_of_patches(
    run: Callable[[str, np.ndarray], tuple[np.ndarray, np.ndarray]], windows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores and embeddings of YAMNet, which hears a second at a time."""
    found: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for window in windows:
        patches = [run("YAMNet", window[start:][:YAMNET_PATCH]) for start in YAMNET_STARTS]
        for arrays, of_patches in zip(found, zip(*patches, strict=True), strict=True):
            arrays.append(np.mean([values.reshape(-1) for values in of_patches], 0))
    return np.stack(found[0]), np.stack(found[1])


def said_alone(raw: dict[str, np.ndarray]) -> np.ndarray:
    """Mean of the two MagnaTagATune networks [shape=(n, 50), float32]."""
    return np.mean([raw[name].astype(np.float32) for name in MTT_TEACHERS], 0)


class Teachers:
    """The four networks of a folder, each on one thread.

    Parameters
    ----------
    folder : Path
        Holds ``MTT_musicnn.onnx``, ``MTT_vgg.onnx``, ``MSD_musicnn.onnx``, ``YAMNet.onnx``,
        ``*_labels.json``, ``merge.npz`` and ``same_meaning.json``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    @cached_property
    def _networks(self) -> dict[str, Any]:
        return {
            name: open_session(_with_embedding(self.folder / f"{name}.onnx")) for name in TEACHERS
        }

    def _run(self, name: str, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores and embedding."""
        network = self._networks[name]
        scores, embedding = network.run(
            None, {network.get_inputs()[0].name: batch.astype(np.float32)}
        )
        return scores, embedding

    def digest(self) -> str:
        """What the networks are: a digest of their files."""
        files = [self.folder / f"{name}.onnx" for name in TEACHERS]
        return fingerprint([sha256(file.read_bytes()).hexdigest() for file in files])

    def raw(self, windows: np.ndarray) -> dict[str, np.ndarray]:
        """Scores as the networks give them, and the embeddings below their last layers.

        Parameters
        ----------
        windows : np.ndarray [shape=(n, 47872), float32]
            Mono samples at 16 kHz in [-1, 1].

        Returns
        -------
        dict
            ``MTT_musicnn``, ``MTT_vgg``, ``MSD_musicnn`` [shape=(n, 50)] and ``YAMNet``
            [shape=(n, 521), the mean of three patches a second apart], all in [0, 1]; and under
            each of these names with ``embedding_`` before it, what that network's last layer is
            given [shape=(n, 200), (n, 256), (n, 200) and (n, 1024)].
        """
        mels = np.stack([melspectrogram(window, TEACHER_FRONT_END)[:FRAMES] for window in windows])
        heard = {name: self._run(name, mels) for name in MEL_TEACHERS}
        heard["YAMNet"] = _mean_of_patches(self._run, windows)
        scores = {name: both[0] for name, both in heard.items()}
        return scores | {EMBEDDING + name: both[1] for name, both in heard.items()}

    @cached_property
    def _merge(self) -> dict[str, np.ndarray]:
        with np.load(self.folder / "merge.npz") as numbers:
            return dict(numbers)

    def labels(self, teacher: str) -> dict[str, int]:
        """Place of each word of 'mtt', 'msd' or 'yamnet' among its scores."""
        names = json.loads((self.folder / f"{teacher}_labels.json").read_text())
        return {name: i for i, name in enumerate(names)}

    def merge(self, raw: dict[str, np.ndarray]) -> np.ndarray:
        """One guess for each of the 188 tags.

        The top 50 are the mean of the two MagnaTagATune networks, or lie halfway to what a probe
        says (:mod:`workshop.probe`) where there is one; the others are their linear
        extension. A word of another teacher that means the same raises a tag: the guess lies
        between both, ``OWN_TOP`` or ``OWN_OTHERS`` of the way to the networks alone.

        Returns
        -------
        np.ndarray [shape=(n, 188), float32, in [0, 1]]
        """
        numbers = self._merge
        top = said_alone(raw)
        if PROBE in raw:
            top = (top + raw[PROBE]) / 2
        own = np.clip(top @ numbers["extension"][:, :-1].T + numbers["extension"][:, -1], 0, 1)
        scaled = {
            "msd": np.clip(raw["MSD_musicnn"] / numbers["msd_scale"], 0, 1),
            "yam": np.clip(raw["YAMNet"] / numbers["yamnet_scale"], 0, 1),
        }
        index = {"msd": self.labels("msd"), "yam": self.labels("yamnet")}
        meanings = json.loads((self.folder / "same_meaning.json").read_text())
        raised = own.copy()
        for column, tag in enumerate(numbers["tags"]):
            for teacher, word, weight in meanings.get(str(tag), ()):
                guess = weight * scaled[teacher][:, index[teacher][word]]
                raised[:, column] = np.maximum(raised[:, column], guess)
        top_50 = self.labels("mtt")
        share = np.array([OWN_TOP if str(t) in top_50 else OWN_OTHERS for t in numbers["tags"]])
        return (share * own + (1 - share) * raised).astype(np.float32)

    def confidence(self) -> np.ndarray:
        """Weight of each tag's guess: 1 for the top 50, .5 with a teacher's own word, else .3.

        Returns
        -------
        np.ndarray [shape=(188,), float32]
        """
        top = self.labels("mtt")
        meanings = json.loads((self.folder / "same_meaning.json").read_text())
        weights = [
            1.0 if str(tag) in top else 0.5 if str(tag) in meanings else 0.3
            for tag in self._merge["tags"]
        ]
        return np.array(weights, dtype=np.float32)
