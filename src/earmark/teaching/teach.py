"""From examples to a model folder: hear, learn, judge, write."""

import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from earmark.atomic import atomic_file
from earmark.cores import available_cores
from earmark.errors import DataError, OutputError
from earmark.tagging import Tagger
from earmark.tagging.calibration import logit
from earmark.teaching.card_text import toml_text
from earmark.teaching.examples import NONE, read_examples
from earmark.teaching.graft import FLATTER, Layer, graft
from earmark.teaching.heard import embeddings_of, needs_library
from earmark.teaching.judged import Judged, Quality, judge
from earmark.zoo.card import CARD, NETWORK, Card

OTHERS = 0.5  # what the library's other songs count together, as a share of the examples


@dataclass(frozen=True)
class Lesson:
    """What was learned.

    Attributes
    ----------
    folder : Path, of the model
    tags : tuple of str
    qualities : tuple of Quality, one a tag
    thresholds : tuple of float
    songs, others : int, examples that could be heard, and songs of the library beside them
    """

    folder: Path
    tags: tuple[str, ...]
    qualities: tuple[Quality, ...]
    thresholds: tuple[float, ...]
    songs: int
    others: int

    def warnings(self) -> list[str]:
        """A sentence for each tag that cannot be told from the others."""
        return [
            f"{tag!r}: nothing was learned that songs held out confirm "
            f"(ROC-AUC {quality.roc_auc:.2f}); more songs, or more alike ones, may help"
            for tag, quality in zip(self.tags, self.qualities, strict=True)
            if not quality.learned
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        rows = zip(self.tags, self.qualities, self.thresholds, strict=True)
        return {
            "model": str(self.folder),
            "songs": self.songs,
            "others": self.others,
            "tags": [
                {"tag": tag, **asdict(quality), "threshold": round(threshold, 4)}
                for tag, quality, threshold in rows
            ],
        }

    def text(self) -> str:
        """The same for people."""
        lines = [f"{'tag':<24} {'songs':>5} {'groups':>6} {'ROC-AUC':>8} {'PR-AUC':>7}"]
        for tag, quality in zip(self.tags, self.qualities, strict=True):
            figures = f"{quality.roc_auc:8.3f} {quality.pr_auc:7.3f}"
            said = "" if quality.learned else "  nothing learned"
            lines.append(f"{tag:<24} {quality.examples:5} {quality.groups:6} {figures}{said}")
        if any(quality.learned for quality in self.qualities):
            lines.append(f"{self.folder}: earmark tag -m {self.folder} FILE uses it")
        else:
            lines.append(f"{self.folder}: tells none of its tags better than chance")
        return "\n".join(lines)


def teach(
    source: str | os.PathLike,
    output: str | os.PathLike,
    model: str | os.PathLike = "default",
    *,
    keep: bool = False,
    library: str | os.PathLike | None = None,
    jobs: int | None = None,
    name: str | None = None,
    seed: int = 0,
) -> Lesson:
    """Learn tags from examples and write a model folder that tells them.

    Parameters
    ----------
    source : path
        A folder with a folder of songs for each tag, or a manifest. Songs of a folder, or with a
        tag, "none of these" have no tag at all.
    output : path, the model folder, made if need be
    model : str or path, whose embeddings are used
    keep : bool, whether the model tells its old tags too
    library : path or None
        A library whose embeddings are used where it has heard the songs, and whose other songs
        stand for music that is none of the tags. None for the user's own, if there is one.
    jobs : int or None, processes that listen; None for one a core
    name : str or None, of the model; None for its folder's
    seed : int, of the folds

    Returns
    -------
    Lesson

    Raises
    ------
    DataError
        The examples make no sense, or too few can be heard.
    ModelError, LibraryError, OutputError
        The model or the library cannot be used, or the folder not be written.
    """
    source, output = Path(source), Path(output)
    library = None if library is None else Path(library)
    needs_library(library)
    tagger = Tagger(model)
    examples = read_examples(source)
    rows, heard, others = embeddings_of(
        examples.files, tagger, library, jobs or available_cores(), seed
    )
    examples = examples.of(heard)
    for tag, labels in zip(examples.tags, examples.labels.T, strict=True):
        if (labels == 1).sum() < 2 or not (labels == 0).any():
            raise DataError(f"{source}: too few songs of {tag!r}, or without it, could be heard")
    count, tags = len(rows), len(examples.tags)
    weights = np.ones(count + len(others))
    weights[count:] = OTHERS * count / max(len(others), 1) * (1 - 1e-6)
    judged = judge(
        np.concatenate([rows, others]).astype(np.float64),
        np.concatenate([examples.labels, np.zeros((len(others), tags), np.float32)]),
        weights,
        np.concatenate([examples.groups, [f"\0{i}" for i in range(len(others))]]),
        seed,
    )
    lesson = Lesson(
        output,
        examples.tags,
        judged.qualities,
        tuple(judged.thresholds.tolist()),
        count,
        len(others),
    )
    _write(output, name or output.resolve().name, tagger.card, judged, lesson, keep)
    return lesson


def _write(folder: Path, name: str, card: Card, judged: Judged, lesson: Lesson, keep: bool) -> None:
    """The model's network and card."""
    edges = logit(judged.thresholds)
    head = judged.head
    own = [*lesson.tags, NONE]
    kept = [place for place, tag in enumerate(card.vocabulary.names) if keep and tag not in own]
    layer = Layer(head.weights, head.offsets - edges, none=True)
    network = graft(card.checked_bytes(NETWORK), layer, kept)
    old = [card.details["tag"][place] for place in kept]
    # What was not learned has its score, but is never shown.
    shown = [
        threshold if quality.learned else 1.0
        for threshold, quality in zip(lesson.thresholds, lesson.qualities, strict=True)
    ]
    new = [
        {"name": tag, "slope": FLATTER, "offset": round(float(edge), 6), "threshold": threshold}
        for tag, edge, threshold in zip(lesson.tags, edges, shown, strict=True)
    ]
    none = {"name": NONE, "slope": FLATTER, "offset": 0.0, "threshold": 0.5}
    details = {
        "name": name,
        "summary": f"{len(lesson.tags)} tags of your own on what {card.name} hears",
        "tag": [*old, *new, none],
        "front_end": card.details["front_end"],
        "window": card.details["window"],
        "pooling": {"exponent": card.pooling_exponent if keep else 1.0},
        "sha256": {NETWORK: sha256(network).hexdigest()},
        "taught": {
            "from": card.name,
            "songs": lesson.songs,
            "others": lesson.others,
            "tags": [
                {"tag": row["tag"], **{key: _rounded(row[key]) for key in row if key != "tag"}}
                for row in lesson.to_dict()["tags"]
            ],
        },
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror})") from error
    with atomic_file(folder / NETWORK, "wb") as file:
        file.write(network)
    with atomic_file(folder / CARD) as file:
        file.write(toml_text(details))


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
