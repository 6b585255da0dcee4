"""One labelled sound, and a data set of them: what manifests and MagnaTagATune have in common."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from earmark.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Row:
    """A sound file and what is known of it.

    Attributes
    ----------
    number : int > 0, its place in the source; 1 is the first row below a header
    file : str, absolute path of the sound
    tags : tuple of str, certainly there
    not_tags : tuple of str or None, certainly absent; None: every tag that is not in `tags` is.
        What is in neither is unknown.
    soft : dict, tag -> target in [0, 1], a guess or a share of listeners
    split : str, 'train', 'valid', 'test' or a name of the user's own; '' for none
    group : str, artist or source, which no two splits should share; '' for none
    folder : str, MagnaTagATune's folder, '0' to 'f'; '' elsewhere
    """

    number: int
    file: str
    tags: tuple[str, ...] = ()
    not_tags: tuple[str, ...] | None = ()
    soft: dict[str, float] = field(default_factory=dict)
    split: str = ""
    group: str = ""
    folder: str = ""

    @property
    def labelled(self) -> bool:
        """Whether at least one tag is known to be there."""
        return bool(self.tags)

    def facts(self) -> list:
        """All that the row says, as plain data; its number is its place and says nothing."""
        absent = None if self.not_tags is None else list(self.not_tags)
        places = [self.split, self.group, self.folder]
        return [self.file, list(self.tags), absent, self.soft, *places]

    def labels(self, vocabulary: Vocabulary) -> np.ndarray:
        """What is known of each tag of a vocabulary.

        Returns
        -------
        np.ndarray [shape=(len(vocabulary),), float32]
            1 for a tag that is there, 0 for one that is absent, NaN where nobody knows. Tags that
            the vocabulary does not have are left out.
        """
        labels = np.full(len(vocabulary), 0 if self.not_tags is None else np.nan, np.float32)
        for names, value in ((self.not_tags or (), 0), (self.tags, 1)):
            labels[[vocabulary.index(name) for name in names if name in vocabulary]] = value
        return labels


@dataclass(frozen=True)
class Dataset:
    """Rows that are read from their source each time, so that any number of them fits.

    Attributes
    ----------
    name : str, what the user called it: a path
    read : callable that starts an iterator over all rows
    partial : bool, whether sound may be missing without that being an error
    """

    name: str
    read: Callable[[], Iterator[Row]]
    partial: bool = False

    def rows(self, split: str | None = None, folders: Collection[str] = ()) -> Iterator[Row]:
        """Rows in the order of the source.

        Parameters
        ----------
        split : str or None, only rows of this split
        folders : collection of str, only rows of these MagnaTagATune folders; all if empty

        Raises
        ------
        DataError
            The source cannot be read, or a row makes no sense; the text names file and row.
        """
        for row in self.read():
            if split in (None, row.split) and (not folders or row.folder in folders):
                yield row
