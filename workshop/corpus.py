"""A folder of labelled sound as training sees it: decoded once, its labels as arrays.

In: a folder with ``corpus.csv`` (file, split, source, kind, tags, not_tags, mtat_tags, ...) and the
files it names. Out: a memory-mapped int16 waveform of everything at 16 kHz, and label matrices in
which NaN means "nobody knows".
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from earmark.atomic import atomic_file
from earmark.errors import TrainingError
from earmark.fingerprint import fingerprint
from earmark.sound.decode import decode
from earmark.vocabulary import official_vocabulary
from workshop.made_of import made_of, note
from workshop.processes import done_in_processes

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
    sound : str, digest of `waves` and of the files' names: what is made of a corpus is made of this
    """

    rows: list[dict[str, str]]
    waves: np.ndarray
    offsets: np.ndarray
    sound: str = ""

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

    Raises
    ------
    TrainingError
        The cache holds the sound of other files than those of the corpus as they are now.
    """
    with open(folder / "corpus.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not (cache / OFFSETS).exists():
        files = [folder / row["file"] for row in rows]
        sound = write_waves(cache, done_in_processes(decode_int16, files, jobs))
        note_files(folder, cache, rows, sound)
    noted = made_of(cache) or {}
    if _changed(noted.get("files"), _files(folder, rows)):
        raise TrainingError(
            f"{cache}: holds the sound of other files than {folder / 'corpus.csv'} names; remove "
            "it or name another folder"
        )
    sound = fingerprint([row["file"] for row in rows], noted["sound"])
    return Corpus(rows, np.memmap(cache / WAVES, np.int16, "r"), np.load(cache / OFFSETS), sound)


def note_files(folder: Path, cache: Path, rows: list[dict[str, str]], sound: str) -> None:
    """Note which files the cached sound is of: name, size and time of change of each."""
    note(cache, {"files": _files(folder, rows), "sound": sound})


def _files(folder: Path, rows: list[dict[str, str]]) -> list[list]:
    found = []
    for row in rows:
        try:
            now = (folder / row["file"]).stat()
            found.append([row["file"], now.st_size, now.st_mtime_ns])
        except OSError:
            found.append([row["file"], None, None])
    return found


def _changed(noted: list[list] | None, now: list[list]) -> bool:
    """Whether files are other ones; of one that is gone only the name is compared."""
    if noted is None or len(noted) != len(now):
        return True
    pairs = zip(noted, now, strict=True)
    return any(a != b and (a[0] != b[0] or b[1] is not None) for a, b in pairs)


def write_waves(cache: Path, files: Iterable[np.ndarray]) -> str:
    """Write the samples of files, one after the other; the offsets, last, say that all is there.

    Parameters
    ----------
    cache : Path, made if missing
    files : iterable of np.ndarray [shape=(samples,), int16]

    Returns
    -------
    str, sha-256 of all samples and of where each file begins
    """
    digest = sha256()
    cache.mkdir(parents=True, exist_ok=True)
    ends = [0]
    with open(cache / WAVES, "wb") as out:
        for samples in files:
            out.write(samples.tobytes())
            digest.update(samples.tobytes())
            ends.append(ends[-1] + len(samples))
    with atomic_file(cache / OFFSETS, "wb") as out:
        np.save(out, np.array(ends))
    return fingerprint(digest.hexdigest(), ends)
