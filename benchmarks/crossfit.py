"""Networks that never heard some of the songs with listeners' tags: one for each of five folds.

Run ``OMP_NUM_THREADS=1 python benchmarks/crossfit.py --corpus CORPUS --teachers TEACHERS``
after windows and tracks are made (docs/training.md). The network of ``slim`` learns by its recipe,
but without any track of a fold's artists, in mixtures too. So all 131 songs have scores of a
network that knows neither their sound nor what people or teachers said of it. Each fold's scores
lie in a file of ``runs/crossfit``; a stopped run goes on from its last checkpoint. Several
processes may run at a time, each with folds of its own (``--only``). With ``--more`` all of them
learn music without labels, too, as ``earmark train`` would; with ``--probe-share`` what probes say,
which then know nothing of the fold's songs either; with ``--mixup`` windows are blended; with
``--top-50-weight 0`` what people said is learned of rarer tags alone.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from earmark.folds import grouped_folds
from earmark.training.loop.run import make_fit
from workshop import targets
from workshop.corpus import Corpus, load_corpus
from workshop.distillation import lesson_of
from workshop.inputs import corpus_parser
from workshop.labelled import taught_windows
from workshop.probe import fit_probes
from workshop.recipes import workshop_recipe
from workshop.teachers import Teachers
from workshop.tracks import load_tracks
from workshop.windows import write_shard

FOLDS = 5
AT_ONCE = 256
OUT = Path("runs/crossfit")


def folds_of(corpus: Corpus) -> np.ndarray:
    """Fold of each track [shape=(files,)]; -1 for those that every network may hear.

    The songs with listeners' tags are parted by artist; other tracks of those artists follow.
    """
    artists, fractions = corpus.column("artist"), corpus.mtat_fractions()
    songs = np.flatnonzero(~np.isnan(fractions[:, 0]))
    fold = np.full(len(fractions), -1)
    fold[songs] = grouped_folds(artists[songs], FOLDS, seed=0)
    known = dict(zip(artists[songs], fold[songs], strict=True))
    for row in np.flatnonzero((fold < 0) & (artists != "")):
        fold[row] = known.get(artists[row], -1)
    return fold


@torch.no_grad()
def heard(model: torch.nn.Module, mels: np.ndarray) -> dict[str, np.ndarray]:
    """Log-odds of tags and of the teachers' raw scores, and the embedding, of windows."""
    found: dict[str, list[np.ndarray]] = {"tags": [], "raw": [], "embedding": []}
    for first in range(0, len(mels), AT_ONCE):
        mel = torch.from_numpy(mels[first : first + AT_ONCE].astype(np.float32))
        logits, embedding = model.network(mel)
        for name, values in zip(found, (logits, model.raw(embedding), embedding), strict=True):
            found[name].append(values.numpy().astype(np.float16))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def main() -> None:
    """Train the folds that have no scores yet."""
    parser = corpus_parser(main.__doc__)
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"))
    parser.add_argument("--only", type=int, nargs="*", default=range(FOLDS), help="folds")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--more", type=Path, help="a corpus without labels")
    parser.add_argument("--probe-share", type=float, default=0.0)
    parser.add_argument("--mixup", type=float, default=0.0)
    parser.add_argument("--top-50-weight", type=float, default=targets.TOP_50_WEIGHT)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    options = parser.parse_args()
    torch.set_num_threads(1)
    targets.TOP_50_WEIGHT = options.top_50_weight
    recipe = workshop_recipe("slim").changed(epochs=options.epochs)
    recipe = replace(
        recipe,
        loss=replace(recipe.loss, probe_share=options.probe_share),
        augmentation=replace(recipe.augmentation, mixup=options.mixup),
    )
    corpus, teachers = load_corpus(options.corpus, options.cache, 1), Teachers(options.teachers)
    fold, tracks = np.append(folds_of(corpus), -1), load_tracks(options.tracks, corpus)
    options.out.mkdir(parents=True, exist_ok=True)
    for number in options.only:
        path = options.out / f"fold-{number}.npz"
        if path.exists():
            continue
        heard_by_all = fold[tracks["row"]] != number
        own = {name: array[heard_by_all] for name, array in tracks.items()}
        probes = fit_probes(own, corpus) if options.probe_share else None
        data = taught_windows(options.windows, own, teachers, corpus, options.more, probes)
        some = (fold[data["held"]] != number).all(1)
        data = {name: array[some] for name, array in data.items()}
        print(f"fold {number}: {some.sum()} of {len(some)} windows", flush=True)
        torch.manual_seed(recipe.seed)
        lesson = replace(lesson_of(recipe, data, teachers), shipped=lambda model: model)
        model = make_fit(recipe, lesson, options.out / f"fold-{number}").run().eval()
        write_shard(path, heard(model, tracks["mel"]))


if __name__ == "__main__":
    main()
