"""One partition: hear its sounds, write its Parquet file whole, tell in a row how it went."""

import json
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from earmark import __version__
from earmark.cluster.hear import hear_places
from earmark.cluster.partitions import INSIDE, read_list
from earmark.cluster.places import Place, place_of, whole_file
from earmark.cluster.table import row, schema
from earmark.errors import EarmarkError
from earmark.zoo import find_model
from earmark.zoo.card import NETWORK

ROWS = 256  # of a row group: what is held in memory


@dataclass(frozen=True)
class Run:
    """What a whole run is about; it stands in OUT and must not change from run to run.

    Attributes
    ----------
    model : str, name of the model
    sha256 : str, of its network
    version : str, of Earmark
    columns : tuple of str
    partitions : int
    """

    model: str
    sha256: str
    version: str
    columns: tuple[str, ...]
    partitions: int


@dataclass(frozen=True)
class Summary:
    """How one partition went.

    Attributes
    ----------
    partition, count, failures : int
    sound_seconds, seconds : float, of sound heard and of work
    digest : str, of the list of paths
    model, sha256, version : str
    """

    partition: int
    count: int
    failures: int
    sound_seconds: float
    seconds: float
    digest: str
    model: str
    sha256: str
    version: str


def data_place(out: Place, number: int) -> Place:
    """Where the rows of a partition lie."""
    return out / f"part-{number:05d}.parquet"


def summary_place(out: Place, number: int) -> Place:
    """Where the summary of a partition lies; it is written last."""
    return out / INSIDE / f"summary-{number:05d}.json"


def read_summary(out: Place, number: int) -> Summary | None:
    """The summary of a finished partition; None where it is not finished."""
    content = summary_place(out, number).read()
    try:
        return Summary(**json.loads(content)) if content else None
    except (ValueError, TypeError):
        return None


def hear_partition(out_path: str, number: int, run: Run, model: str) -> Summary:
    """Hear a partition and write it.

    Parameters
    ----------
    out_path : str, folder or bucket
    number : int
    run : Run
    model : str, name or folder

    Raises
    ------
    EarmarkError
        The partition cannot be written.
    """
    from pyarrow import RecordBatch, parquet

    began = monotonic()
    out = place_of(out_path)
    paths, digest = read_list(out, number)
    vocabulary = json.dumps(list(find_model(model).vocabulary))
    shape = schema(run.columns).with_metadata({"tags": vocabulary, "earmark": __version__})
    failures, sound = 0, 0.0
    with (
        whole_file(data_place(out, number)) as file,
        parquet.ParquetWriter(file, shape, compression="zstd") as writer,
    ):
        held: list[dict[str, Any]] = []
        for path, result in hear_places(paths, model):
            if isinstance(result, EarmarkError):
                failures += 1
            else:
                sound += result.seconds
            held.append(row(path, run.model, result, run.columns))
            if len(held) == ROWS:
                writer.write_batch(RecordBatch.from_pylist(held, schema=shape))
                held = []
        if held:
            writer.write_batch(RecordBatch.from_pylist(held, schema=shape))
    summary = Summary(
        partition=number,
        count=len(paths),
        failures=failures,
        sound_seconds=round(sound, 3),
        seconds=round(monotonic() - began, 3),
        digest=digest,
        model=run.model,
        sha256=run.sha256,
        version=run.version,
    )
    summary_place(out, number).write(json.dumps(asdict(summary)).encode())
    return summary


def run_of(model: str, columns: tuple[str, ...], partitions: int) -> Run:
    """What a run with these choices is about."""
    card = find_model(model)
    return Run(card.name, card.sha256[NETWORK], __version__, columns, partitions)
