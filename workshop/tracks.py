"""The corpus' own windows as student and teachers hear them: cut whole, unbent, unmixed, cached.

In: a corpus and the folder of teachers. Out: for each file its windows of 3 s, side by side, each
with the student's log-mel and the *raw* teacher scores. Training shows them beside the drawn ones
of :mod:`workshop.windows`; the merge and the calibration are fitted on them, since people's
labels belong to whole files.

Run ``python -m workshop.tracks --help``. A stopped run goes on with the next shard.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from earmark.cores import available_cores
from workshop.corpus import Corpus, load_corpus
from workshop.made_of import begin, require
from workshop.processes import done_in_processes
from workshop.teachers import WINDOW as TEACHER_WINDOW
from workshop.teachers import Teachers
from workshop.windows import FRAMES, FRONT_END, SAMPLES, TEACHER_START, whole_frames, write_shard

FILES_A_SHARD = 32
MOST = 20  # windows of a file: 60 s


def starts(samples: int) -> np.ndarray:
    """First sample of each window of a sound; the last reaches back to be whole."""
    last = max(0, samples - SAMPLES)
    return np.unique(np.minimum(np.arange(0, samples, TEACHER_WINDOW), last))[:MOST]


def cut(samples: np.ndarray, start: int) -> np.ndarray:
    """One window, float32 in [-1, 1]; what is missing at the end of a short sound is silence."""
    piece = samples[start : start + SAMPLES].astype(np.float32) / 32768
    return np.pad(piece, (0, SAMPLES - len(piece)))


def label_files(corpus: Corpus, rows: np.ndarray, teachers: Teachers) -> dict[str, np.ndarray]:
    """All windows of some files.

    Returns
    -------
    dict of arrays, one row a window
        ``row`` int32, ``start`` int32 in samples at 16 kHz, ``mel`` (n, 94, 96) float16, and the
        raw scores of each teacher, float16.
    """
    found: dict[str, list] = {"row": [], "start": [], "mel": []}
    raw = []
    for row in rows:
        samples = corpus.samples(row)
        for start in starts(len(samples)):
            window = cut(samples, start)
            found["row"].append(row)
            found["start"].append(start)
            found["mel"].append(whole_frames(window))
            raw.append(teachers.raw(window[None, TEACHER_START:][:, :TEACHER_WINDOW]))
    kinds = {"row": np.int32, "start": np.int32, "mel": np.float16}
    arrays = {name: np.array(found[name], kind) for name, kind in kinds.items()}
    if not raw:
        arrays["mel"] = arrays["mel"].reshape(0, FRAMES, FRONT_END.bands)
    for name in raw[0] if raw else ():
        arrays[name] = np.concatenate([scores[name] for scores in raw]).astype(np.float16)
    return arrays


def make_shard(
    number: int,
    folder: Path,
    teachers_folder: Path,
    cache: Path,
    out: Path,
    split: str | None = None,
) -> Path:
    """Label and write the windows of the `number`-th files; skip them if they are there.

    With `split` only those of its files.
    """
    path = out / f"tracks-{number:05d}.npz"
    if not path.exists():
        corpus, teachers = load_corpus(folder, cache, jobs=1), Teachers(teachers_folder)
        made = {"corpus": corpus.sound, "teachers": teachers.digest()}
        begin(out, made | ({"split": split} if split else {}), "tracks-*.npz")
        rows = np.arange(len(corpus.rows))[number * FILES_A_SHARD : (number + 1) * FILES_A_SHARD]
        if split:
            rows = rows[corpus.column("split")[rows] == split]
        write_shard(path, label_files(corpus, rows, teachers))
    return path


def load_tracks(folder: Path, corpus: Corpus) -> dict[str, np.ndarray]:
    """All shards of a folder as one, in the order of files.

    Returns
    -------
    dict as from :func:`label_files`

    Raises
    ------
    TrainingError
        They were made of another corpus.
    """
    require(folder, {"corpus": corpus.sound})
    parts = []
    for path in sorted(folder.glob("tracks-*.npz")):
        with np.load(path) as shard:
            if len(shard["row"]):  # a shard may have no file of a split
                parts.append(dict(shard))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def main() -> None:
    """Cut and label the windows of every file of the corpus."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/tracks"))
    parser.add_argument("--split", choices=("train", "valid"), help="only the files of this split")
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus(options.corpus, options.cache, options.jobs)
    work = partial(
        make_shard,
        folder=options.corpus,
        teachers_folder=options.teachers,
        cache=options.cache,
        out=options.out,
        split=options.split,
    )
    shards = range(-(-len(corpus.rows) // FILES_A_SHARD))
    for done, path in enumerate(done_in_processes(work, shards, options.jobs), 1):
        print(f"{done}/{len(shards)} {path.name}", flush=True)


if __name__ == "__main__":
    main()
