"""A run that learned from a manifest as a model folder, calibrated on its held-out songs."""

import json
import os
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from earmark.cores import available_cores
from earmark.datasets import Row
from earmark.errors import DataError, EarmarkError, TrainingError
from earmark.evaluation.metrics import counts, per_tag
from earmark.messages import progress, say
from earmark.tagging import Tagger
from earmark.training.export.calibrate import calibrated
from earmark.training.export.model_folder import (
    plain_card,
    rounded,
    write_card,
    write_network,
)
from earmark.training.export.publish import new_model
from earmark.training.export.quantise import example_windows, in_8_bits
from earmark.training.loop.checkpoint import load_weights, read_log
from earmark.training.loop.lesson import FACTS
from earmark.training.networks.make import make_network
from earmark.training.recipes.recipe import COPY, Recipe, load_recipe
from earmark.training.songs.songs import Split, open_songs, split_rows
from earmark.vocabulary import Vocabulary, official_vocabulary
from earmark.wording import counted, signed
from earmark.zoo.card import NETWORK

LEAST = 1  # held-out songs with a tag, and without, that its calibration needs


def export_run(
    run: Path, out: Path, *, name: str | None, jobs: int | None, int8: bool = False
) -> None:
    """Write ``model.onnx`` and ``card.toml`` of a run's best weights.

    Parameters
    ----------
    run : Path, of :mod:`earmark.training.loop.run`
    out : Path, of the model; made if need be
    name : str or None, of the model; None for the folder's
    jobs : int or None, processes that tag the held-out songs; None for one a core
    int8 : bool, whether to quantise the network (:mod:`earmark.training.export.quantise`), if that
        costs less than .003 of the held-out songs' macro ROC-AUC; ``model.safetensors`` then keeps
        the weights that training goes on from

    Raises
    ------
    TrainingError
        No run lies there that has a whole epoch, or it did not learn from a manifest.
    OutputError
        The folder cannot be written.
    """
    recipe, facts = _read_run(run)
    vocabulary = official_vocabulary().ordered(facts["tags"])
    network = make_network(recipe, len(vocabulary))
    load_weights(run, network)
    with new_model(out) as part:
        card = _write_model(run, recipe, facts, network, part, out, name, jobs, int8)
        write_card(part, card)
    say(f"{out}: a model of {len(vocabulary)} tags; earmark tag -m {out} FILE uses it")


def _write_model(
    run: Path,
    recipe: Recipe,
    facts: dict[str, Any],
    network: nn.Module,
    part: Path,
    out: Path,
    name: str | None,
    jobs: int | None,
    int8: bool,
) -> dict[str, Any]:
    """Write the network into `part`, which becomes `out`; its whole card."""
    vocabulary, frames = official_vocabulary().ordered(facts["tags"]), recipe.data.frames
    write_network(network, recipe.front_end, frames, part)
    name = name or out.resolve().name
    summary = recipe.summary or f"made with the recipe {recipe.name}"
    card = plain_card(name, summary, vocabulary, recipe.front_end, frames, part)
    write_card(part, card)
    split, jobs = _split(recipe, facts), jobs or available_cores()
    rows = split.valid if split else []
    hear = partial(_heard, rows=rows, vocabulary=vocabulary, jobs=jobs)
    labels, scores = hear(part)
    cost = {}
    if int8:
        try:
            windows = _example_windows(split, recipe, facts)
            card, scores, gain = in_8_bits(
                part, card, windows, labels, scores, lambda folder: hear(folder)[1]
            )
            say(f"{out}: int8; ROC-AUC of the held-out songs {signed(gain, 4)} against float32")
            cost = {"roc_auc_int8_minus_float32": round(gain, 4)}
        except (TrainingError, DataError) as error:
            say(f"{str(error).replace(str(part), str(out))}; the network stays float32")
    measured: dict[str, Any] = {
        "megabytes": round((part / NETWORK).stat().st_size / 1e6, 2),
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        **cost,
    }
    if len(labels):
        fitted = _calibrate(card, labels, scores)
        heard = counted(len(labels), "held-out song")
        say(f"{out}: {fitted} of {len(vocabulary)} tags calibrated on {heard}")
        measured |= _measured(labels, scores)
    else:
        say(f"{out}: no held-out songs, so scores are as the network gives them")
    log, tags = read_log(run), card.pop("tag")
    training = {
        "data": f"{facts['train']} songs of {Path(facts['data']).name}",
        "epochs": log[-1]["epoch"],
        "recipe": tomllib.loads(recipe.text()),
    }
    return {**card, "training": training, "measured": measured, "tag": tags}


def _read_run(run: Path) -> tuple[Recipe, dict[str, Any]]:
    """The recipe and the facts that lie in a run folder."""
    if not (run / COPY).exists():
        raise TrainingError(f"{run}: no run lies there; earmark train makes one")
    recipe = load_recipe(run / COPY)
    if recipe.data.kind != "songs":
        raise TrainingError(
            f"{run}: learned from a corpus; in a checkout, python -m workshop.export "
            f"{recipe.name} --run {run} --corpus CORPUS --teachers TEACHERS exports it"
        )
    try:
        return recipe, json.loads((run / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{run}: no run with a whole epoch lies there") from error


def _split(recipe: Recipe, facts: dict[str, Any]) -> Split | None:
    """The songs that taught the run and those that judged it; None if they changed or are gone."""
    try:
        split = split_rows(facts["data"], recipe.data.held_out, recipe.seed, lambda _: None)
    except EarmarkError as error:
        say(f"{error}, so nothing is calibrated")
        return None
    if split.fingerprint() != facts["fingerprint"]:
        say(f"{facts['data']}: has changed since the run, so nothing is calibrated")
        return None
    return split


def _example_windows(split: Split | None, recipe: Recipe, facts: dict[str, Any]) -> np.ndarray:
    """Windows of the songs that taught the run, from its store.

    Raises
    ------
    TrainingError
        There are none.
    """
    store = Path(facts["store"])
    if split is None or not store.is_dir():
        raise TrainingError(f"{facts['data']}: no training windows to take the ranges of int8 from")
    songs = open_songs(split.train, split.vocabulary, store, recipe.front_end)
    if not len(songs):
        raise TrainingError(f"{store}: no training windows to take the ranges of int8 from")
    return example_windows(songs, recipe.data.frames, recipe.seed)


def _heard(
    folder: Path, rows: list[Row], vocabulary: Vocabulary, jobs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and uncalibrated scores of songs, by way of the tagger that users have."""
    by_file = {row.file: row for row in rows}
    labels, scores = [], []
    with progress("calibrating", len(by_file)) as messages:
        for file, tagging in Tagger(folder).files(by_file, min(jobs, max(1, len(by_file) // 8))):
            messages.advance()
            if isinstance(tagging, EarmarkError):
                messages.say(str(tagging))
                continue
            labels.append(by_file[os.fspath(file)].labels(vocabulary))
            scores.append(tagging.scores)
    shape = (len(labels), len(vocabulary))
    return np.reshape(labels, shape), np.reshape(scores, shape)


def _calibrate(card: dict[str, Any], labels: np.ndarray, scores: np.ndarray) -> int:
    """Fit the tags of a card for which there are enough songs; how many there are."""
    positives, negatives = counts(labels, scores)
    fit = np.flatnonzero((positives >= LEAST) & (negatives >= LEAST))
    if len(fit):
        known = ~np.isnan(labels[:, fit])
        part = {"tag": [card["tag"][j] for j in fit]}
        targets = np.where(known, labels[:, fit], 0)
        calibrated(part, scores[:, fit], targets, known.astype(np.float64))
    return len(fit)


def _measured(labels: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
    """Quality on the held-out songs, which is the same before and after calibration."""
    roc, pr = per_tag(labels, scores)
    there = ~np.isnan(roc)
    if not there.any():
        return {"held_out_songs": len(labels)}
    return {
        "held_out_songs": len(labels),
        "held_out_tags": int(there.sum()),
        **rounded({"roc_auc": float(roc[there].mean()), "pr_auc": float(pr[there].mean())}),
    }
