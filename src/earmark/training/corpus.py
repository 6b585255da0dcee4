"""A folder of labelled sound as training sees it: decoded once, its labels as arrays.

In: a folder with ``corpus.csv`` (file, split, source, kind, tags, not_tags, mtat_tags, ...) and the
files it names. Out: a memory-mapped int16 waveform of everything at 16 kHz, and label matrices in
which NaN means "nobody knows".
"""

import csv
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.sound.decode import decode
from earmark.vocabulary import official_vocabulary

SAMPLE_RATE = 16000
WAVES, OFFSETS = "waves.i16", "offsets.npy"


@dataclass(frozen=True)
class Corpus:
    """Decoded sound and labels of every row of a ``corpus.csv``.

    Attributes
    ----------
    rows : list of dict, the rows of the CSV
    waves : np.ndarray [shape=(all samples,), int16, memory-mapped], every file after the other
    offsets : np.ndarray [shape=(files + 1,), int64], where each file starts in `waves`
    """

    rows: list[dict[str, str]]
    waves: np.ndarray
    offsets: np.ndarray

    def samples(self, row: int) -> np.ndarray:
        """int16 samples of one file at 16 kHz."""
        return self.waves[self.offsets[row] : self.offsets[row + 1]]

    def column(self, name: str) -> np.ndarray:
        """One column of the CSV as an array of strings."""
        return np.array([row[name] for row in self.rows])

    def human_labels(self) -> np.ndarray:
        """What people or catalogues say of each file.

        Returns
        -------
        np.ndarray [shape=(files, 188), float32]
            1 for a tag that is there, 0 for one that is absent, NaN where nobody knows.
        """
        labels = np.full((len(self.rows), len(official_vocabulary())), np.nan, dtype=np.float32)
        for i, row in enumerate(self.rows):
            for name, value in (("not_tags", 0.0), ("tags", 1.0)):
                for tag in filter(None, row[name].split(";")):
                    labels[i, official_vocabulary().index(tag)] = value
        return labels

    def mtat_fractions(self) -> np.ndarray:
        """Share of a song's MagnaTagATune clips whose listeners gave each tag.

        Returns
        -------
        np.ndarray [shape=(files, 188), float32, in [0, 1]]
            Rows of songs that are not in MagnaTagATune are all NaN.
        """
        fractions = np.full((len(self.rows), len(official_vocabulary())), np.nan, dtype=np.float32)
        for i, row in enumerate(self.rows):
            if row["mtat_tags"]:
                fractions[i] = 0
                for pair in row["mtat_tags"].split(";"):
                    tag, _, fraction = pair.rpartition(":")
                    fractions[i, official_vocabulary().index(tag)] = float(fraction)
        return fractions


def decode_int16(file: Path) -> np.ndarray:
    """A file's samples at 16 kHz [shape=(samples,), int16]."""
    blocks = list(decode(file, SAMPLE_RATE))
    return np.clip(np.round(np.concatenate(blocks) * 32767), -32768, 32767).astype(np.int16)


def load_corpus(folder: Path, cache: Path, jobs: int) -> Corpus:
    """Read `folder`, decoding it into `cache` if that was not done before.

    Parameters
    ----------
    folder : Path
        Holds ``corpus.csv`` and the files it names.
    cache : Path
        Gets ``waves.i16`` and ``offsets.npy`` (2 GB for 20 hours); made when missing.
    jobs : int > 0
        Processes that decode.
    """
    with open(folder / "corpus.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not (cache / OFFSETS).exists():
        with ProcessPoolExecutor(jobs) as pool:
            files = [folder / row["file"] for row in rows]
            write_waves(cache, pool.map(decode_int16, files, chunksize=8))
    return Corpus(rows, np.memmap(cache / WAVES, np.int16, "r"), np.load(cache / OFFSETS))


def write_waves(cache: Path, files: Iterable[np.ndarray]) -> None:
    """Write the samples of files, one after the other; the offsets, last, say that all is there.

    Parameters
    ----------
    cache : Path, made if missing
    files : iterable of np.ndarray [shape=(samples,), int16]
    """
    cache.mkdir(parents=True, exist_ok=True)
    ends = [0]
    with open(cache / WAVES, "wb") as out:
        for samples in files:
            out.write(samples.tobytes())
            ends.append(ends[-1] + len(samples))
    np.save(cache / "offsets.part.npy", np.array(ends))
    os.replace(cache / "offsets.part.npy", cache / OFFSETS)
