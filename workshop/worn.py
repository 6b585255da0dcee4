"""The corpus' own windows as they sound on their way to a listener, with the clean ones' labels.

In: the labelled windows of :mod:`workshop.tracks`. Out: the same shards, in which only the
log-mel is another: that of the worn sound (:mod:`workshop.wear`). What teachers said of the
clean sound stays, since a room or a low bitrate makes no other music; so no teacher is asked.

Run ``python -m workshop.worn --help``. A stopped run goes on with the next shard.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from earmark.cores import available_cores
from workshop.corpus import load_corpus
from workshop.made_of import begin, require
from workshop.processes import done_in_processes
from workshop.tracks import cut
from workshop.wear import worn
from workshop.windows import whole_frames, write_shard


def wear_shard(tracks: Path, folder: Path, cache: Path, out: Path, seed: int) -> Path:
    """Wear and write the windows of one shard; skip them if they are there."""
    path = out / tracks.name
    if not path.exists():
        corpus = load_corpus(folder, cache, jobs=1)
        made = {"corpus": corpus.sound, "seed": seed}
        require(tracks.parent, {"corpus": corpus.sound})
        begin(out, made, "tracks-*.npz")
        with np.load(tracks) as shard:
            arrays = dict(shard)
        for place, (row, start) in enumerate(zip(arrays["row"], arrays["start"], strict=True)):
            samples = cut(corpus.samples(row), start)
            heard = worn(samples, np.random.default_rng([seed, row, start]))
            arrays["mel"][place] = whole_frames(heard)
        write_shard(path, arrays)
    return path


def main() -> None:
    """Wear the labelled windows of every file of the corpus."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"), help="labelled windows")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/worn"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    load_corpus(options.corpus, options.cache, options.jobs)
    shards = sorted(options.tracks.glob("tracks-*.npz"))
    if not shards:
        parser.error(f"{options.tracks}: no labelled windows of tracks lie there")
    work = partial(
        wear_shard,
        folder=options.corpus,
        cache=options.cache,
        out=options.out,
        seed=options.seed,
    )
    for done, path in enumerate(done_in_processes(work, shards, options.jobs), 1):
        print(f"{done}/{len(shards)} {path.name}", flush=True)


if __name__ == "__main__":
    main()
