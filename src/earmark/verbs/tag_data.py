"""Tag the sounds of a data set and compare the scores with its labels, in bounded memory."""

import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from earmark.atomic import require_other
from earmark.datasets import Dataset, Row, open_dataset
from earmark.errors import DataError, EarmarkError
from earmark.evaluation.topk import TopKCounter
from earmark.tagging import Tagger, Tagging
from earmark.verbs.predict import which_rows
from earmark.verbs.tag import Outcome, tag_and_write
from earmark.verbs.top_k import top_k_text
from earmark.writers.records import Chosen
from earmark.writers.screen import fitted


def tag_dataset(
    tagger: Tagger,
    data: str,
    folders: Collection[str],
    k: int,
    share: float,
    *,
    form: str,
    chosen: Chosen,
    output: Path | None,
    embedding: Path | None,
    jobs: int | None,
) -> Outcome:
    """Tag every sound of a data set and tell how much of the truth is among the best scores.

    That is said on stdout below a table, on stderr beside forms for programs. The rows are read
    three times (to count, to tag, to compare), never held.

    Parameters
    ----------
    tagger, form, chosen, output, embedding, jobs
        As in :func:`earmark.verbs.tag.tag_and_write`.
    data : str, as in :func:`earmark.datasets.open_dataset`
    folders : collection of str, only these MagnaTagATune folders; all if empty
    k : int > 0, how many of the highest scores are looked at
    share : float in (0, 1], of a song's tags that must be among them for a success

    Raises
    ------
    DataError
        The data set cannot be read, or holds no such rows or none of their sound.
    MediaError
        The result would take the place of the data set's own file.
    OutputError
        A result cannot be written.
    """
    if output:
        require_other(data, output)
    dataset = open_dataset(data, tagger.card.vocabulary)
    rows = there = 0
    for row in dataset.rows(folders=folders):
        rows += 1
        there += _is_here(dataset, row)
    if not there:
        what = "there is no sound for the rows" if rows else "no rows"
        raise DataError(f"{dataset.name}: {what}{which_rows(None, folders)}")

    def present() -> Iterator[Row]:
        return (row for row in dataset.rows(folders=folders) if _is_here(dataset, row))

    counter = TopKCounter(len(tagger.card.vocabulary), k, share)
    truth = dataset.rows(folders=folders)  # whether its sound is still there or not

    def compare(path: str, result: Tagging | EarmarkError) -> None:
        row = next((row for row in truth if row.file == path), None)
        if row is None:
            raise DataError(f"{dataset.name}: has changed while its sounds were tagged")
        if isinstance(result, Tagging):
            counter.add(row.labels(tagger.card.vocabulary), result.scores)

    outcome = tag_and_write(
        tagger,
        (row.file for row in present()),
        total=there,
        form=form,
        chosen=chosen,
        output=output,
        embedding=embedding,
        jobs=jobs,
        watch=compare,
    )
    text = top_k_text(counter.result(), tagger.card.vocabulary, rows - there)
    out = sys.stdout if form == "table" and not output else sys.stderr
    print(f"\n{fitted(text, out)}", file=out)
    return outcome


def _is_here(dataset: Dataset, row: Row) -> bool:
    return not dataset.partial or os.path.exists(row.file)
