"""Make the shipped model folders of trained runs: network, calibration, measurements, card.

Run ``python -m earmark.training.export default|cnn3 --corpus ... --run runs/default -o FOLDER``.
Calibration and thresholds are fitted on the corpus' valid split, whose tracks no weights were
trained on; quality is measured on those of its songs that carry MagnaTagATune tags.
"""

import argparse
import json
import os
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from earmark.evaluation.metrics import average_precision, countable, evaluate, roc_auc
from earmark.sound import Samples
from earmark.tagging import Tagger
from earmark.tagging.calibration import Calibration
from earmark.training import architectures
from earmark.training.calibrate import fit_platt, fit_thresholds
from earmark.training.checkpoint import load_weights, read_log
from earmark.training.corpus import SAMPLE_RATE, Corpus, load_corpus
from earmark.training.model_folder import plain_card, write_card, write_network
from earmark.training.recipe import load_recipe
from earmark.training.targets import blend, track_targets
from earmark.vocabulary import official_vocabulary
from earmark.zoo.card import NETWORK, load_card

MODELS = ("default", "cnn3")
LEAST = 4  # positives and negatives that a tag needs to be measured


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


def network_speed(folder: Path) -> float:
    """Seconds of sound a second that the network alone takes on one core."""
    card = load_card(folder)
    window = card.window_seconds
    stack = np.random.default_rng(0).random(
        (max(1, round(30 / window)), card.window_frames, card.front_end.n_mels), dtype=np.float32
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
    texts = tomllib.loads((Path(__file__).parent / "cards" / f"{name}.toml").read_text("utf-8"))
    recipe, tags = load_recipe(name), official_vocabulary()
    architecture = recipe.architecture
    network = architectures.create(architecture.name, len(tags), architecture.options)
    load_weights(run, network)
    front_end, frames = recipe.front_end, recipe.data.frames
    write_network(network, front_end, frames, out)
    card = plain_card(name, texts["summary"], tags, front_end, frames, out)
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
        "times_real_time": round(network_speed(out)),
        **measure(corpus, valid[songs], scores[songs], corpus_folder / "musicnn_scores.npz"),
    }
    last = read_log(run)[-1]
    training = {"epochs": last["epoch"], "last_loss": last["loss"], **texts["training"]}
    rest = {key: value for key, value in texts.items() if key not in ("summary", "training")}
    tags = card.pop("tag")
    write_card(out, {**card, **rest, "training": training, "measured": measured, "tag": tags})
    return measured


def main() -> None:
    """Export a trained run as a model folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", choices=MODELS)
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
