"""Make the shipped model folders of trained runs: network, calibration, measurements, card.

Run ``python -m workshop.export MODEL --corpus CORPUS --teachers TEACHERS``.
Calibration and thresholds are fitted on the corpus' valid split, whose tracks no weights were
trained on; what they are worth is measured out of fold.
"""

import argparse
import json
import time
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from earmark.cores import available_cores
from earmark.session import open_session
from earmark.sound import Samples
from earmark.tagging import Tagger
from earmark.tagging.calibration import Calibration
from earmark.training.export.calibrate import calibrated, out_of_fold
from earmark.training.export.model_folder import plain_card, write_card, write_network
from earmark.training.export.publish import new_model
from earmark.training.export.quantise import in_8_bits
from earmark.training.loop.checkpoint import load_weights, read_log
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import COPY, Recipe, load_recipe
from earmark.vocabulary import official_vocabulary
from earmark.zoo.card import NETWORK, load_card
from workshop.corpus import SAMPLE_RATE, Corpus, load_corpus
from workshop.data_card import data_facts
from workshop.labelled import track_guess
from workshop.measure import (
    evidence_of,
    measure,
    measure_calibration,
    measure_recordings,
    measure_shown,
)
from workshop.ranges import range_windows
from workshop.recipes import workshop_recipe
from workshop.silence import shown_out_of_fold
from workshop.targets import promised
from workshop.teachers import Teachers
from workshop.tracks import load_tracks

CARDS = Path(__file__).parent / "cards"
ZOO = Path(__file__).parents[1] / "src" / "earmark" / "zoo"
MODELS = ("elder", "default", "small", "cnn", "cnn2", "cnn3", "crnn", "voicenet", "ar")


def card_texts(name: str) -> dict[str, Any]:
    """What people wrote of a model: the words of ``common.toml``, and its own over them.

    Lists of both are joined, the common one first.
    """
    common, own = (
        tomllib.loads((CARDS / f"{part}.toml").read_text("utf-8")) for part in ("common", name)
    )
    return _over(common, own)


def _over(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    texts = {**common, **own}
    for key in common.keys() & own.keys():
        if isinstance(own[key], dict):
            texts[key] = _over(common[key], own[key])
        elif isinstance(own[key], list):
            texts[key] = common[key] + own[key]
    return texts


def song_scores(folder: Path, corpus: Corpus, rows: np.ndarray) -> np.ndarray:
    """Scores of some files by the model in `folder`, by way of the tagger that users have."""
    tagger = Tagger(folder)
    return np.stack([tagger(Samples(corpus.samples(row), SAMPLE_RATE)).scores for row in rows])


def promises(
    corpus: Corpus, rows: np.ndarray, guess: np.ndarray, confidence: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What calibration is fitted to: targets, weights (large sources less), artists or groups."""
    targets, weights = promised(corpus, rows, guess, confidence)
    _, which, counts = np.unique(
        corpus.column("source")[rows], return_inverse=True, return_counts=True
    )
    weights *= 1 / np.sqrt(counts[which])[:, None]
    artist, group = (corpus.column(column)[rows] for column in ("artist", "group"))
    return targets, weights / weights.mean(), np.where(artist == "", group, artist)


def network_speed(folder: Path) -> float:
    """Seconds of sound a second that the network alone takes on one core."""
    card = load_card(folder)
    window = card.window_seconds
    stack = np.random.default_rng(0).random(
        (max(1, round(30 / window)), card.window_frames, card.front_end.bands), dtype=np.float32
    )
    session = open_session(folder / NETWORK)
    times = []
    for _ in range(30):
        started = time.perf_counter()
        session.run(None, {"mel": stack})
        times.append(time.perf_counter() - started)
    return len(stack) * window / float(np.median(times))


def recipe_of_run(name: str, run: Path) -> Recipe:
    """The recipe that a run lies with, or that of the model, as where weights were averaged."""
    return load_recipe(run / COPY) if (run / COPY).exists() else workshop_recipe(name)


def export(
    name: str,
    corpus_folder: Path,
    teachers_folder: Path,
    cache: Path,
    tracks_folder: Path,
    run: Path,
    out: Path,
    *,
    int8: bool = False,
    more: Path | None = None,
) -> dict[str, Any]:
    """Write the whole model folder and return its measurements.

    With `int8` the network is quantised, and a TrainingError says so where that costs too much.
    The card names `more`, a corpus without labels, beside the labelled one.
    """
    texts = card_texts(name)
    recipe, tags = recipe_of_run(name, run), official_vocabulary()
    network = make_network(recipe, len(tags))
    load_weights(run, network)
    front_end, frames = recipe.front_end, recipe.data.frames
    with new_model(out) as part:
        write_network(network, front_end, frames, part)
        card = plain_card(name, texts["summary"], tags, front_end, frames, part)
        card |= {"pooling": texts["pooling"]} if "pooling" in texts else {}
        write_card(part, card)

        corpus, teachers = (
            load_corpus(corpus_folder, cache, available_cores()),
            Teachers(teachers_folder),
        )
        valid = np.flatnonzero(corpus.column("split") == "valid")
        fractions, tracks = corpus.mtat_fractions()[valid], load_tracks(tracks_folder, corpus)
        songs = ~np.isnan(fractions[:, 0])
        hear = partial(song_scores, corpus=corpus, rows=valid)
        before, cost = hear(part), {}
        if int8:
            windows = range_windows(corpus, front_end, frames, recipe.seed)
            truth = np.where(songs[:, None], fractions > 0, corpus.human_labels()[valid])
            card, before, gain = in_8_bits(part, card, windows, truth, before, hear)
            cost = {"roc_auc_int8_minus_float32": round(gain, 4)}
        guess = track_guess(tracks, teachers, len(corpus.rows))[valid]
        targets, weights, groups = promises(corpus, valid, guess, teachers.confidence())
        evidence = evidence_of(corpus, valid)
        card = calibrated(card, before, targets, weights, evidence)
        numbers = {key: np.array([tag[key] for tag in card["tag"]]) for key in ("slope", "offset")}
        calibration = Calibration(numbers["slope"], numbers["offset"])
        scores = calibration(before)
        honest, shown = out_of_fold(before, targets, weights, groups, evidence)
        shown = shown_out_of_fold(card, part, honest, shown)
        measured = {
            "megabytes": round((part / NETWORK).stat().st_size / 1e6, 2),
            "parameters": sum(p.numel() for p in network.parameters()),
            **cost,
            "times_real_time": round(network_speed(part)),
            **measure(corpus, valid[songs], scores[songs], corpus_folder / "musicnn_scores.npz"),
            "recordings": measure_recordings(corpus, valid[~songs], scores[~songs]),
            "calibration": measure_calibration(
                fractions[songs], before[songs], honest[songs], shown[songs]
            ),
            "shown": measure_shown(honest, shown, evidence),
        }
        last = read_log(run)[-1]
        training = {"epochs": last["epoch"], "last_loss": last["loss"], **texts["training"]}
        training["tracks"] = data_facts(corpus)
        if more is not None:
            training["more"] = data_facts(load_corpus(more, more, 1))
        done = ("summary", "training", "pooling")
        rest = {key: value for key, value in texts.items() if key not in done}
        tags = card.pop("tag")
        write_card(part, {**card, **rest, "training": training, "measured": measured, "tag": tags})
    return measured


def main() -> None:
    """Export a trained run as a model folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"), help="own windows")
    parser.add_argument("--run", type=Path, help="run folder [runs/MODEL]")
    parser.add_argument("-o", "--out", type=Path, help="model folder [src/earmark/zoo/MODEL]")
    parser.add_argument("--more", type=Path, help="the corpus without labels that it learned, too")
    parser.add_argument("--int8", action="store_true", help="8-bit convolutions")
    options = parser.parse_args()
    measured = export(
        options.model,
        options.corpus,
        options.teachers,
        options.cache,
        options.tracks,
        options.run or Path("runs") / options.model,
        options.out or ZOO / options.model,
        int8=options.int8,
        more=options.more,
    )
    measured["recordings"].pop("per_tag")
    tables = ("per_tag", "other_tags")
    print(json.dumps({k: v for k, v in measured.items() if k not in tables}, indent=2))


if __name__ == "__main__":
    main()
