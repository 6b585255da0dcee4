"""What ``earmark batch`` does: divide, look what is finished, let Ray hear the rest, add up."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from earmark.cluster.listing import list_sounds
from earmark.cluster.partition import (
    Run,
    Summary,
    data_place,
    hear_partition,
    read_summary,
    run_of,
)
from earmark.cluster.partitions import INSIDE, how_many, read_list, spool, write_lists
from earmark.cluster.places import Place, is_remote, place_of, require_writable
from earmark.cluster.table import COLUMNS
from earmark.cores import available_cores
from earmark.errors import ClusterError
from earmark.extras import install_command
from earmark.messages import progress, say

ANSWER_SECONDS = 5.0  # that an address has to take a connection
STORE_BYTES = 128 << 20  # of Ray's object store on this machine: only numbers of partitions pass


@dataclass(frozen=True)
class Total:
    """How a run ended.

    Attributes
    ----------
    count, failures : int, sounds in OUT, and those of them that failed
    partitions, finished_before : int
    sound_seconds : float
    """

    count: int
    failures: int
    partitions: int
    finished_before: int
    sound_seconds: float

    def sentence(self) -> str:
        """The same for people."""
        hours = self.sound_seconds / 3600
        done = f", {self.finished_before:,} of them before" if self.finished_before else ""
        failed = f", {self.failures:,} failed" if self.failures else ""
        return (
            f"sounds: {self.count:,}{failed}; hours of sound: {hours:,.2f}; "
            f"partitions: {self.partitions:,}{done}"
        )


def batch(
    source: str,
    out: str,
    *,
    address: str | None = None,
    model: str = "default",
    columns: tuple[str, ...] = ("tags", "scores"),
    partitions: int | None = None,
    actors: int | None = None,
    retry: bool = False,
) -> Total:
    """Hear all sounds of a folder, list, table or bucket and keep them as Parquet.

    Parameters
    ----------
    source : str, as in :func:`earmark.cluster.listing.list_sounds`
    out : str, folder or bucket; goes on where an earlier run of the same kind stopped
    address : str or None
        Of a Ray cluster, as ``auto``, ``host:6379`` or ``ray://host:10001``; None starts one of
        this machine's cores.
    model : str, name or folder
    columns : tuple of str, of ``tags``, ``scores``, ``timeline``, ``embedding``
    partitions : int > 0 or None for one a thousand sounds, or up to 16 of at least fifty
    actors : int > 0 or None for one a core of the cluster
    retry : bool, whether finished partitions with failures are heard again

    Raises
    ------
    ClusterError
        One sentence, before any work: nothing to hear, OUT of another model or version, an address
        that does not answer, a bucket that gives or takes nothing.
    """
    ray = _require_ray()
    if wrong := set(columns) - set(COLUMNS):
        raise ClusterError(f"no column {min(wrong)!r}: there are {', '.join(COLUMNS)}")
    place = place_of(out)
    if address is not None:
        _require_answer(address)
    with tempfile.TemporaryDirectory(prefix="earmark-batch-") as temporary:
        spooled = spool(list_sounds(source), Path(temporary), _exists)
        if not spooled.count:
            raise ClusterError(f"{source}: holds no sounds")
        if spooled.missing == spooled.count:
            raise ClusterError(f"{source}: none of its paths exists, as {spooled.first_missing}")
        if spooled.missing:
            missing = f"{spooled.missing:,} of {spooled.count:,} paths do not exist"
            say(f"warning: {source}: {missing}, the first is {spooled.first_missing}")
        before = _before(place)
        wanted = partitions or (before.partitions if before else how_many(spooled.count))
        run = run_of(model, tuple(name for name in COLUMNS if name in columns), wanted)
        _require_same(before, run, out)
        require_writable(place, out)
        (place / INSIDE).system.create_dir((place / INSIDE).path, recursive=True)
        _run_place(place).write(json.dumps(asdict(run)).encode())
        write_lists(spooled, run.partitions, place)
    done, rest = _finished(place, run, retry)
    if rest:
        with (
            _cluster(ray, address),
            progress("hearing", spooled.count) as messages,
        ):
            for summary in done:
                messages.advance(summary.count)
            for summary in _hear(ray, rest, out, run, model, actors):
                messages.advance(summary.count)
                if summary.failures:
                    which = data_place(place, summary.partition).path
                    messages.say(f"{which}: failed: {summary.failures}; its column error tells why")
                done.append(summary)
    _write_summary(place, done)
    return Total(
        count=sum(summary.count for summary in done),
        failures=sum(summary.failures for summary in done),
        partitions=run.partitions,
        finished_before=run.partitions - len(rest),
        sound_seconds=sum(summary.sound_seconds for summary in done),
    )


def _hear(
    ray, rest: list[int], out: str, run: Run, model: str, actors: int | None
) -> Iterator[Summary]:
    """Let Ray Data's actors hear partitions; summaries as they come."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    count = actors or max(1, int(ray.cluster_resources().get("CPU", 1)))
    hear = _actor(out, run, model)
    numbers = ray.data.from_items([{"partition": n} for n in rest], override_num_blocks=len(rest))
    heard = numbers.map_batches(
        hear,
        batch_size=1,
        concurrency=min(count, len(rest)),
        num_cpus=1,
    )  # Ray starts actors that died anew and gives their partition out again
    for row in heard.iter_rows():
        yield Summary(**json.loads(row["summary"]))


def _actor(out: str, run: Run, model: str) -> type:
    """The class whose objects are Ray's actors."""

    class HearPartitions:
        """Hears one partition after the other."""

        def __call__(self, numbers: dict) -> dict:
            told = [hear_partition(out, int(n), run, model) for n in numbers["partition"]]
            return {"summary": [json.dumps(asdict(summary)) for summary in told]}

    return HearPartitions


@contextmanager
def _cluster(ray, address: str | None) -> Iterator[None]:
    """A connection to a cluster, or one of this machine's cores for as long as it takes."""
    import logging

    if ray.is_initialized():
        yield
        return
    options: dict = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        options |= {
            "num_cpus": available_cores(),
            "include_dashboard": False,
            "object_store_memory": STORE_BYTES,
        }
    else:
        options["address"] = address
    try:
        ray.init(**options)
    except Exception as error:
        where = address or "this machine"
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ClusterError(f"{where}: no Ray cluster can be used ({reason})") from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield
    finally:
        ray.shutdown()


def _require_ray():
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would tell its makers
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import pyarrow  # noqa: F401
        import ray
        import ray.data
    except ImportError as error:
        raise ClusterError(
            f"a cluster needs {error.name or 'ray'}: {install_command('ray')}"
        ) from error
    return ray


def _require_answer(address: str) -> None:
    """ClusterError where nobody takes a connection at host:port."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if not colon or not port.isdigit():
        return  # "auto" and the like, which Ray knows
    try:
        socket.create_connection((host, int(port)), ANSWER_SECONDS).close()
    except OSError as error:
        reason = error.strerror or "no answer"
        raise ClusterError(f"{address}: no Ray cluster answers ({reason})") from None


def _exists(path: str) -> bool:
    return is_remote(path) or os.path.exists(path)


def _run_place(out: Place) -> Place:
    return out / INSIDE / "run.json"


def _before(out: Place) -> Run | None:
    """What an earlier run in OUT was about."""
    from pyarrow import ArrowException

    try:
        content = _run_place(out).read()
    except (ArrowException, OSError) as error:
        raise ClusterError(f"{out.path}: cannot be read ({str(error).splitlines()[0]})") from error
    if not content:
        return None
    try:
        facts = json.loads(content)
        return Run(**{**facts, "columns": tuple(facts["columns"])})
    except (ValueError, TypeError, KeyError):
        raise ClusterError(f"{_run_place(out).path}: makes no sense; choose another OUT") from None


def _require_same(before: Run | None, run: Run, out: str) -> None:
    if before is None or before == run:
        return
    facts = [("model", before.model, run.model), ("version", before.version, run.version)]
    facts += [("columns", ", ".join(before.columns), ", ".join(run.columns))]
    facts += [("number of partitions", before.partitions, run.partitions)]
    facts += [("network of the same name", before.sha256[:12], run.sha256[:12])]
    what, old, new = next((fact for fact in facts if fact[1] != fact[2]), facts[0])
    raise ClusterError(f"{out}: holds a run with another {what} ({old}, now {new})")


def _finished(out: Place, run: Run, retry: bool) -> tuple[list[Summary], list[int]]:
    """Summaries of finished partitions whose list is the same, and numbers of the others."""
    done, rest = [], []
    for number in range(run.partitions):
        summary = read_summary(out, number)
        if (
            summary is None
            or (retry and summary.failures)
            or summary.digest != read_list(out, number)[1]
        ):
            rest.append(number)
        else:
            done.append(summary)
    return done, rest


def _write_summary(out: Place, done: list[Summary]) -> None:
    """A row a partition, as JSON lines."""
    rows = sorted(done, key=lambda summary: summary.partition)
    text = "".join(json.dumps(asdict(summary)) + "\n" for summary in rows)
    (out / INSIDE / "summary.jsonl").write(text.encode())
