"""Music that nobody labelled, as a corpus of its own: of what is drawn from it only teachers speak.

In: folders of sound. Out: a folder with ``corpus.csv``, whose rows say nothing of tags, and the
decoded sound. :mod:`workshop.windows` draws and labels windows of it as of any corpus, and
``earmark train --more`` learns them beside those of the labelled one.

Run ``python -m workshop.unlabelled --help``.
"""

import argparse
import csv
import hashlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np

from earmark.atomic import atomic_file
from earmark.cores import available_cores
from earmark.errors import SoundError
from earmark.messages import say
from earmark.sound.find_files import sounds_in
from workshop.corpus import (
    SAMPLE_RATE,
    WAVES,
    decode_int16,
    note_files,
    write_waves,
)
from workshop.processes import done_in_processes

COLUMNS = ("id", "file", "split", "kind", "source", "artist", "licence")
COLUMNS += ("tags", "not_tags", "mtat_tags")
LICENCE = "licence.txt"  # in a source's folder
LEAST = 15 * SAMPLE_RATE  # samples; what is shorter is mostly a noise or an instrument's note
MOST = 240 * SAMPLE_RATE


def excerpt(file: Path) -> np.ndarray | str:
    """A file's int16 samples at 16 kHz, or the sentence that says why it is left out."""
    try:
        samples = decode_int16(file)
    except SoundError as error:
        return str(error)
    if len(samples) < LEAST:
        return f"{file}: shorter than {LEAST // SAMPLE_RATE} s"
    if not samples.any():
        return f"{file}: silent"
    return samples[:MOST]


def rows_of(folder: Path, files: Iterable[Path]) -> Iterator[dict[str, str]]:
    """A row for each file; its source is the folder right below `folder` that it lies in.

    What ``licence.txt`` in that folder says goes into the row and, by family, into a model's card.
    """
    for number, file in enumerate(files):
        source = _source(folder, file)
        licence = folder / source / LICENCE
        licence = licence.read_text(encoding="utf-8").strip() if licence.is_file() else ""
        said = {"id": str(number), "file": str(file), "split": "train", "kind": "unlabelled"}
        yield dict.fromkeys(COLUMNS, "") | said | {"source": source, "licence": licence}


def _source(folder: Path, file: Path) -> str:
    return file.relative_to(folder.resolve()).parts[0]


def write_unlabelled(folder: Path, out: Path, jobs: int, left_out: Collection[str] = ()) -> int:
    """Decode a folder's music into a corpus without labels.

    What cannot be decoded, is silent, lasts less than 15 s or was there before under another name
    is left out with a sentence; of what is longer, the first four minutes are taken.

    Parameters
    ----------
    folder : Path, with a folder for each source
    out : Path, gets ``corpus.csv`` and the decoded sound
    jobs : int > 0, processes that decode
    left_out : collection of str, sources that are not taken

    Returns
    -------
    int, files that were taken
    """
    found = list(sounds_in(folder.resolve()))
    files = sorted(file for file in found if isinstance(file, Path))
    files = [file for file in files if _source(folder, file) not in left_out]
    for error in found:
        if isinstance(error, SoundError):
            say(str(error))
    taken: list[Path] = []

    def new() -> Iterator[np.ndarray]:
        known: set[bytes] = set()
        for file, samples in zip(files, done_in_processes(excerpt, files, jobs), strict=True):
            if isinstance(samples, str):
                say(samples)
                continue
            digest = hashlib.sha256(samples.tobytes()).digest()
            if digest in known:
                say(f"{file}: the same sound as another file")
                continue
            known.add(digest)
            taken.append(file)
            yield samples

    sound = write_waves(out, new())
    with atomic_file(out / "corpus.csv") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        rows = list(rows_of(folder, taken))
        writer.writerows(rows)
    note_files(out, out, rows, sound)
    return len(taken)


def main() -> None:
    """Make a corpus without labels of a folder of music."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path, help="a folder for each source of music")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/more"))
    parser.add_argument(
        "--leave-out",
        nargs="*",
        default=(),
        help="sources that the corpus' valid split knows, too, so that it stays unheard",
    )
    parser.add_argument("--jobs", type=int, default=available_cores())
    options = parser.parse_args()
    count = write_unlabelled(options.folder, options.out, options.jobs, options.leave_out)
    hours = (options.out / WAVES).stat().st_size / 2 / SAMPLE_RATE / 3600
    say(f"{options.out}: {count} files, {hours:.1f} hours")


if __name__ == "__main__":
    main()
