"""Songs to learn from: a folder of folders, or a manifest.

Each folder below the folder is a tag, and its songs have that tag and none of the others. A song's
group, by whose songs quality is not judged, is the folder within in which it lies, or the artist
that the file names, or else the song alone. A folder "none of these" holds songs that have no tag.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.datasets.fields import read_fields
from earmark.datasets.manifest import manifest_vocabulary, read_manifest
from earmark.errors import DataError, SoundError
from earmark.messages import say
from earmark.sound.find_files import shelves_in, sounds_in

NONE = "none of these"
LEAST = 2  # songs of a tag, without which nothing can be held out
FEW, MANY = 5, 500


@dataclass(frozen=True)
class Examples:
    """What to learn from.

    Attributes
    ----------
    files : list of str
    tags : tuple of str
    labels : np.ndarray [shape=(files, tags), float32], 1 there, 0 absent, NaN unknown
    groups : np.ndarray [shape=(files,)] of str
    """

    files: list[str]
    tags: tuple[str, ...]
    labels: np.ndarray
    groups: np.ndarray

    def of(self, places: np.ndarray) -> "Examples":
        """Only some of the songs."""
        files = [self.files[place] for place in places]
        return Examples(files, self.tags, self.labels[places], self.groups[places])


def read_examples(source: Path) -> Examples:
    """Songs with their tags.

    Parameters
    ----------
    source : Path, a folder of folders or a manifest

    Raises
    ------
    DataError
        There is nothing to learn: no tags, or a tag with fewer than two songs, or without a song
        that lacks it.
    """
    examples = _from_folders(source) if source.is_dir() else _from_manifest(source)
    if not examples.tags:
        raise DataError(f"{source}: no tags to learn; a folder of songs for each, or a manifest")
    for tag, labels in zip(examples.tags, examples.labels.T, strict=True):
        count = int((labels == 1).sum())
        if count < LEAST:
            raise DataError(f"{source}: {tag!r} has {_songs(count)}, and {LEAST} are the least")
        if not (labels == 0).any():
            raise DataError(f"{source}: no song lacks {tag!r}, so nothing tells what it is not")
        if not FEW <= count <= MANY:
            say(f"{tag!r} has {_songs(count)}; {FEW} to {MANY} are what teaching is made for")
    return examples


def _from_folders(source: Path) -> Examples:
    folders, left_out = shelves_in(source)
    for sentence in left_out:
        say(sentence)
    found: list[tuple[str, str, str]] = []
    for folder in folders:
        for path in sounds_in(folder):
            if isinstance(path, SoundError):
                say(str(path))
                continue
            found.append((str(path), folder.name, _group(path, folder)))
    tags = tuple(
        f.name for f in folders if f.name != NONE and any(t == f.name for _, t, _ in found)
    )
    labels = np.array([[tag == name for tag in tags] for _, name, _ in found], np.float32)
    groups = np.array([group for _, _, group in found])
    return Examples(
        [file for file, _, _ in found], tags, labels.reshape(len(found), len(tags)), groups
    )


def _group(path: Path, folder: Path) -> str:
    if path.parent != folder:
        return str(path.parent)
    try:
        artist = read_fields(str(path)).artist
    # A damaged file makes a parser of a dozen formats fail in any way it likes.
    except Exception:
        artist = ""
    return artist or str(path)


def _from_manifest(source: Path) -> Examples:
    vocabulary = manifest_vocabulary(source)
    rows = list(read_manifest(source, vocabulary))
    counts = Counter(tag for row in rows for tag in row.tags if tag != NONE)
    tags = tuple(tag for tag in vocabulary if counts[tag])
    columns = [vocabulary.index(tag) for tag in tags]
    labels = np.array([row.labels(vocabulary)[columns] for row in rows], np.float32)
    labels = labels.reshape(len(rows), len(tags))
    # Where no row says that a tag is absent, it is absent where it is not said to be there.
    silent = ~(labels == 0).any(axis=0)
    labels[:, silent] = np.nan_to_num(labels[:, silent])
    for row, label in zip(rows, labels, strict=True):
        if NONE in row.tags:
            label[:] = 0
    groups = np.array([row.group or row.file for row in rows])
    return Examples([row.file for row in rows], tags, labels, groups)


def _songs(count: int) -> str:
    return "1 song" if count == 1 else f"{count} songs"
