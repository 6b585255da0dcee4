"""Make a model folder of trained weights: ONNX, safetensors, calibration, measurements, card.

Run ``python -m earmark.training.export default|cnn3 --corpus ... --run runs/default -o FOLDER``.
Calibration and thresholds are fitted on the corpus' valid split, whose tracks no weights were
trained on; quality is measured on those of its songs that carry MagnaTagATune tags.
"""

import argparse
import json
import os
import time
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import tomli_w
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from earmark.evaluation.metrics import average_precision, countable, evaluate, roc_auc
from earmark.sound import FrontEnd, Samples
from earmark.tagging import Tagger
from earmark.tagging.calibration import Calibration
from earmark.training import clips, windows
from earmark.training.architectures import cnn3, resnet
from earmark.training.calibrate import fit_platt, fit_thresholds
from earmark.training.corpus import SAMPLE_RATE, Corpus, load_corpus
from earmark.training.targets import blend, track_targets
from earmark.vocabulary import official_vocabulary
from earmark.zoo.card import CARD, NETWORK

WEIGHTS = "model.safetensors"
OPSET = 18
ARCHITECTURES = {"default": resnet.create, "cnn3": cnn3.create}
FRONT_ENDS = {
    "default": (windows.FRONT_END, windows.FRAMES),
    "cnn3": (clips.FRONT_END, clips.FRAMES),
}
LEAST = 4  # positives and negatives that a tag needs to be measured


class Shipped(nn.Module):
    """The network with its activation: scores in [0, 1] and the embedding."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, mel: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores (n, tags) in [0, 1] and embedding (n, d) of log-mel windows."""
        logits, embedding = self.network(mel)
        softmax = self.network.activation == "softmax"
        return logits.softmax(1) if softmax else logits.sigmoid(), embedding


def write_onnx(network: nn.Module, front_end: FrontEnd, frames: int, path: Path) -> None:
    """Write ONNX: ``mel`` (n, frames, n_mels) in, ``scores`` and ``embedding`` out."""
    example = torch.rand(2, frames, front_end.n_mels)
    torch.onnx.export(
        Shipped(network).eval(),
        (example,),
        str(path),
        input_names=["mel"],
        output_names=["scores", "embedding"],
        opset_version=OPSET,
        dynamic_shapes={"mel": {0: torch.export.Dim("n")}},
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def digest(path: Path) -> str:
    """sha-256 of a file as hex."""
    return sha256(path.read_bytes()).hexdigest()


def plain_card(name: str, folder: Path, texts: dict[str, Any]) -> dict[str, Any]:
    """A card without calibration: slopes 1, offsets 0, thresholds .5."""
    front_end, frames = FRONT_ENDS[name]
    return {
        "name": name,
        "summary": texts["summary"],
        "licence": "MIT",
        "front_end": {
            "sample_rate": front_end.sample_rate,
            "n_fft": front_end.n_fft,
            "hop_length": front_end.hop_length,
            "n_mels": front_end.n_mels,
        },
        "window": {"frames": frames},
        "sha256": {file: digest(folder / file) for file in (NETWORK, WEIGHTS)},
        "tag": [
            {"name": tag, "slope": 1.0, "offset": 0.0, "threshold": 0.5}
            for tag in official_vocabulary()
        ],
    }


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Write ``card.toml`` whole or not at all."""
    part = folder / f"{CARD}.part"
    part.write_text(tomli_w.dumps(card), encoding="utf-8")
    os.replace(part, folder / CARD)


def song_scores(folder: Path, corpus: Corpus, rows: np.ndarray) -> np.ndarray:
    """Scores of some files by the model in `folder`, by way of the tagger that users have."""
    tagger = Tagger(folder)
    return np.stack([tagger(Samples(corpus.samples(row), SAMPLE_RATE)).scores for row in rows])


def track_soft(soft_targets: Path, files: int) -> tuple[np.ndarray, np.ndarray]:
    """The teachers' mean guess for each file, and the confidence of each tag."""
    with np.load(soft_targets) as soft:
        which, target = soft["file_id"], soft["target"].astype(np.float32)
        sums = np.zeros((files, target.shape[1]), np.float32)
        np.add.at(sums, which, target)
        counts = np.bincount(which, minlength=files)
        return sums / np.maximum(counts, 1)[:, None], soft["confidence"]


def calibrated(
    card: dict[str, Any], scores: np.ndarray, targets: np.ndarray, weights: np.ndarray
) -> dict[str, Any]:
    """The card with fitted slopes, offsets and thresholds."""
    slopes, offsets = fit_platt(scores, targets, weights)
    thresholds = fit_thresholds(Calibration(slopes, offsets)(scores), targets, weights)
    for j, tag in enumerate(card["tag"]):
        tag["slope"] = round(float(slopes[j]), 4)
        tag["offset"] = round(float(offsets[j]), 4)
        tag["threshold"] = round(float(thresholds[j]), 4)
    return card


def rounded(numbers: dict[str, Any]) -> dict[str, Any]:
    """Measurements with four digits."""

    def short(value: Any) -> Any:
        if isinstance(value, list):
            return [short(item) for item in value]
        return round(value, 4) if isinstance(value, float) else value

    return {name: short(value) for name, value in numbers.items()}


def measure(corpus: Corpus, rows: np.ndarray, scores: np.ndarray, musicnn: Path) -> dict[str, Any]:
    """Quality on the given MagnaTagATune songs, over the peer's 50 tags and over all 188."""
    truth = corpus.mtat_fractions()[rows] > 0
    artists = corpus.column("artist")[rows]
    with np.load(musicnn) as peer:
        labels, peer_scores = [str(label) for label in peer["labels"]], peer["score"][rows]
    peer_scores = peer_scores.astype(np.float32)
    top = [official_vocabulary().index(label) for label in labels]
    counted = countable(truth, LEAST)
    return {
        "top50": rounded(evaluate(truth[:, top], scores[:, top], artists, least=LEAST)),
        "all188": rounded(evaluate(truth, scores, artists, least=LEAST)),
        "musicnn_top50": rounded(evaluate(truth[:, top], peer_scores, artists, least=LEAST)),
        "per_tag": [
            rounded(
                {
                    "tag": label,
                    "positives": int(truth[:, j].sum()),
                    "roc_auc": roc_auc(truth[:, j], scores[:, j]),
                    "pr_auc": average_precision(truth[:, j], scores[:, j]),
                    "musicnn_roc_auc": roc_auc(truth[:, j], peer_scores[:, i]),
                    "musicnn_pr_auc": average_precision(truth[:, j], peer_scores[:, i]),
                }
            )
            for i, (label, j) in enumerate(zip(labels, top, strict=True))
            if counted[j]
        ],
    }


def network_speed(folder: Path, name: str) -> float:
    """Seconds of sound a second that the network alone takes on one core."""
    front_end, frames = FRONT_ENDS[name]
    window = front_end.seconds(frames)
    stack = np.random.default_rng(0).random(
        (max(1, round(30 / window)), frames, front_end.n_mels), dtype=np.float32
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(folder / NETWORK), options)
    times = []
    for _ in range(30):
        started = time.perf_counter()
        session.run(None, {"mel": stack})
        times.append(time.perf_counter() - started)
    return len(stack) * window / float(np.median(times))


def export(name: str, corpus_folder: Path, cache: Path, run: Path, out: Path) -> dict[str, Any]:
    """Write the whole model folder and return its measurements."""
    out.mkdir(parents=True, exist_ok=True)
    texts = tomllib.loads((Path(__file__).parent / "cards" / f"{name}.toml").read_text("utf-8"))
    network = ARCHITECTURES[name]()
    state = load_file(run / "weights.safetensors")
    network.load_state_dict(state)
    network.eval()
    front_end, frames = FRONT_ENDS[name]
    write_onnx(network, front_end, frames, out / NETWORK)
    save_file(state, out / WEIGHTS)
    (out / WEIGHTS).chmod(0o644)  # the writer lets only its owner read
    card = plain_card(name, out, texts)
    write_card(out, card)

    corpus = load_corpus(corpus_folder, cache, os.cpu_count() or 1)
    valid = np.flatnonzero(corpus.column("split") == "valid")
    scores = song_scores(out, corpus, valid)
    soft, confidence = track_soft(corpus_folder / "soft_targets.npz", len(corpus.rows))
    targets, weights = blend(soft[valid], confidence, track_targets(corpus)[valid])
    sources = corpus.column("source")[valid]
    _, which, counts = np.unique(sources, return_inverse=True, return_counts=True)
    weights *= 1 / np.sqrt(counts[which])[:, None]
    card = calibrated(card, scores, targets, weights / weights.mean())
    songs = corpus.column("mtat_tags")[valid] != ""
    measured = {
        "megabytes": round((out / NETWORK).stat().st_size / 1e6, 2),
        "parameters": sum(p.numel() for p in network.parameters()),
        "times_real_time": round(network_speed(out, name)),
        **measure(corpus, valid[songs], scores[songs], corpus_folder / "musicnn_scores.npz"),
    }
    log = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    training = {"epochs": log[-1]["epoch"], "last_loss": log[-1]["loss"], **texts["training"]}
    rest = {key: value for key, value in texts.items() if key not in ("summary", "training")}
    tags = card.pop("tag")
    write_card(out, {**card, **rest, "training": training, "measured": measured, "tag": tags})
    return measured


def main() -> None:
    """Export a trained run as a model folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", choices=sorted(ARCHITECTURES))
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--run", type=Path, help="run folder [runs/MODEL]")
    parser.add_argument("-o", "--out", type=Path, help="model folder [src/earmark/zoo/MODEL]")
    options = parser.parse_args()
    run = options.run or Path("runs") / options.model
    out = options.out or Path(__file__).parents[1] / "zoo" / options.model
    measured = export(options.model, options.corpus, options.cache, run, out)
    print(json.dumps({k: v for k, v in measured.items() if k != "per_tag"}, indent=2))


if __name__ == "__main__":
    main()
