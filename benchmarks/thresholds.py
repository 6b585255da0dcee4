"""Choose the thresholds of the shipped models anew, as the exporter does, and measure them.

Run ``python benchmarks/thresholds.py --corpus CORPUS``; ``--write`` puts thresholds and figures
into the cards. Scores, slopes and offsets stay as they are. What the teachers guess of the valid
tracks is read from the corpus' ``soft_targets.npz``, so no teacher's network runs. It prints how
many tags are seen of a song and how many of those are right, before and after: on the 28 valid
songs with listeners' tags, which no weights learned, on the other 103, which all models learned,
on valid recordings of each kind, and on the valid split out of fold.
"""

import argparse
import shutil
import tempfile
import tomllib
from pathlib import Path

import numpy as np

from earmark.tagging.calibration import Calibration
from earmark.threads import use_one_blas_thread
from earmark.training.export.calibrate import fit_thresholds, out_of_fold, raise_for_precision
from earmark.training.export.model_folder import write_card
from earmark.zoo import find_model, model_names
from earmark.zoo.card import CARD, NETWORK
from workshop.corpus import Corpus, load_corpus
from workshop.export import card_texts, promises, song_scores
from workshop.measure import evidence_of, measure_calibration, measure_shown
from workshop.silence import shown_out_of_fold


def soft_guess(folder: Path, files: int) -> tuple[np.ndarray, np.ndarray]:
    """The teachers' mean guess of each file [shape=(files, 188)], and its confidence."""
    with np.load(folder / "soft_targets.npz") as soft:
        file, target = soft["file_id"], soft["target"].astype(np.float64)
        total = np.zeros((files, target.shape[1]))
        np.add.at(total, file, target)
        counts = np.bincount(file, minlength=files)
        return total / np.maximum(counts, 1)[:, None], soft["confidence"]


def plain_copy(model: Path, folder: Path) -> dict:
    """The model's network without calibration in another folder, and its card as it was."""
    card = tomllib.loads((model / CARD).read_text("utf-8"))
    shutil.copy(model / NETWORK, folder)
    plain = [{**tag, "slope": 1.0, "offset": 0.0, "threshold": 0.5} for tag in card["tag"]]
    write_card(folder, {**card, "tag": plain, "sha256": {NETWORK: card["sha256"][NETWORK]}})
    return card


def raw_scores(folder: Path, name: str, corpus: Corpus, rows: np.ndarray, keep: Path) -> np.ndarray:
    """Scores of files by a model without calibration, computed once for its weights."""
    sha = find_model(folder).sha256[NETWORK]
    path = keep / f"{name}-{sha[:12]}.npz"
    if path.exists():
        with np.load(path) as kept:
            place = {row: i for i, row in enumerate(kept["rows"])}
            if all(row in place for row in rows):
                return kept["raw"][[place[row] for row in rows]]
    raw = song_scores(folder, corpus, rows)
    keep.mkdir(parents=True, exist_ok=True)
    np.savez(path, rows=rows, raw=raw)
    return raw


def column(card: dict, key: str) -> np.ndarray:
    """One number of each tag of a card."""
    return np.array([tag[key] for tag in card["tag"]])


def said(name: str, found: dict) -> str:
    """Two lines of what is seen and right."""
    songs, others = found["songs"], found["recordings"]
    bands = ", ".join(f"{b['from']:g}: {b['right']:.2f} of {b['known']}" for b in songs["bands"])
    parts = [f"{name:<28}"]
    for what, part in (("songs", songs), ("recordings", others)):
        if part["sounds"]:
            seen = f"{part['sounds']} {what}: {part['tags']:.1f} tags"
            parts.append(f"{seen}, {part['right']:.3f} of {part['known']} right")
    return "; ".join(parts) + (f"\n{'':<28}by score from {bands}" if bands else "")


def main() -> None:
    """Choose and measure the thresholds of the shipped models."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--scores", type=Path, default=Path("runs/thresholds"))
    parser.add_argument("--models", nargs="*", default=model_names())
    parser.add_argument("--write", action="store_true", help="change the cards")
    options = parser.parse_args()
    use_one_blas_thread()
    corpus = load_corpus(options.corpus, options.cache, 1)
    guess, confidence = soft_guess(options.corpus, len(corpus.rows))
    valid = corpus.column("split") == "valid"
    rows = np.flatnonzero(valid | ~np.isnan(corpus.mtat_fractions()[:, 0]))
    for name in options.models:
        choose(name, corpus, rows, valid[rows], guess, confidence, options)


def choose(
    name: str,
    corpus: Corpus,
    rows: np.ndarray,
    valid: np.ndarray,
    guess: np.ndarray,
    confidence: np.ndarray,
    options: argparse.Namespace,
) -> None:
    """One model: print what it shows before and after, and write its card if that is wanted."""
    model = find_model(name).folder
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place)
        card = plain_copy(model, plain)
        raw = raw_scores(plain, name, corpus, rows, options.scores)
        before = column(card, "threshold")
        calibration = Calibration(column(card, "slope"), column(card, "offset"))
        scores, evidence = calibration(raw), evidence_of(corpus, rows)
        targets, weights, groups = promises(corpus, rows[valid], guess[rows[valid]], confidence)
        best = fit_thresholds(scores[valid], targets, weights)
        known = evidence.of(valid)
        chosen = raise_for_precision(best, scores[valid], known)
        for tag, threshold in zip(card["tag"], chosen, strict=True):
            tag["threshold"] = round(float(threshold), 4)
        was = out_of_fold(raw[valid], targets, weights, groups)
        honest, shown = out_of_fold(raw[valid], targets, weights, groups, known)
        shown = shown_out_of_fold(card, plain, honest, shown)
    after = column(card, "threshold")
    print(f"{name}: thresholds {np.quantile(before, (0.1, 0.5, 0.9)).round(3)} before,", end=" ")
    print(f"{np.quantile(after, (0.1, 0.5, 0.9)).round(3)} after (10 %, 50 %, 90 %)")
    kinds = corpus.column("kind")[rows]
    parts = {"valid": valid, "learned songs": ~valid}
    parts |= {f"valid, {kind}": valid & (kinds == kind) for kind in np.unique(kinds[valid])}
    for title, some in parts.items():
        for when, limits in (("before", before), ("after", after)):
            found = measure_shown(scores[some], scores[some] >= limits, evidence.of(some))
            print("  " + said(f"{title}, {when}", found))
    found = measure_shown(honest, shown, known)
    print("  " + said("out of fold, best F1", measure_shown(*was, known)))
    print("  " + said("out of fold, now", found), flush=True)
    if options.write:
        songs = known.songs
        fractions = corpus.mtat_fractions()[rows[valid]][songs]
        figures = measure_calibration(fractions, raw[valid][songs], honest[songs], shown[songs])
        for key in ("shown_per_song", "precision", "recall", "f1"):
            card["measured"]["calibration"][key] = figures[key]
        card["measured"]["shown"] = found
        tags = card.pop("tag")
        write_card(model, {**card, "thresholds": card_texts(name)["thresholds"], "tag": tags})


if __name__ == "__main__":
    main()
