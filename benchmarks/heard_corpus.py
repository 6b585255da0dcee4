"""The corpus as the default model hears it: embeddings, scores and labels, kept in a file.

Heard once (minutes), then read from ``--heard``, by the programs that print docs/neighbours.md.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earmark.cores import available_cores
from earmark.errors import EarmarkError
from earmark.tagging import Tagger
from earmark.vocabulary import official_vocabulary


@dataclass(frozen=True)
class HeardCorpus:
    """Rows of corpus.csv that could be heard, and what was heard."""

    rows: list[dict[str, str]]
    embeddings: np.ndarray
    scores: np.ndarray

    def column(self, name: str) -> np.ndarray:
        """A column of corpus.csv."""
        return np.array([row[name] for row in self.rows])

    def labels(self) -> np.ndarray:
        """1 for a tag that is there, 0 absent, NaN unknown."""
        vocabulary = official_vocabulary()
        labels = np.full((len(self.rows), len(vocabulary)), np.nan, np.float32)
        for label, row in zip(labels, self.rows, strict=True):
            for name, value in (("not_tags", 0), ("tags", 1)):
                for tag in filter(None, row[name].split(";")):
                    label[vocabulary.index(tag)] = value
        return labels


def heard_corpus(corpus: Path, kept: Path) -> HeardCorpus:
    """Read `kept`, or hear the corpus and write it."""
    with open(corpus / "corpus.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not kept.exists():
        scores, embeddings, row = [], [], []
        jobs = available_cores()
        files = [corpus / one["file"] for one in rows]
        for place, (_, tagging) in enumerate(Tagger().files(files, jobs)):
            if not isinstance(tagging, EarmarkError):
                scores.append(tagging.scores)
                embeddings.append(tagging.embedding)
                row.append(place)
        np.savez(kept, scores=scores, embeddings=embeddings, row=row)
    found = np.load(kept)
    return HeardCorpus([rows[i] for i in found["row"]], found["embeddings"], found["scores"])
