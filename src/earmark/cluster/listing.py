"""What INPUT means: a folder, a list, a table or a bucket of sounds; their paths, one by one."""

import csv
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from earmark.cluster.places import is_remote, place_of
from earmark.errors import ClusterError, SoundError
from earmark.sound.find_files import sounds_in
from earmark.suffixes import SOUND

COLUMNS = ("file", "path", "uri", "url", "filename")  # of a table that may hold the paths
BATCH = 65536  # rows of a Parquet table read at once


def list_sounds(source: str) -> Iterator[str]:
    """Paths and addresses of all sounds.

    Parameters
    ----------
    source : str
        A folder or bucket (``s3://bucket/music``): all sounds below it by their suffix. A ``.txt``
        or ``.lst`` file: a path a line. A ``.parquet``, ``.csv`` or ``.tsv`` file with a column
        ``file`` (as in a manifest), ``path``, ``uri``, ``url`` or ``filename``; relative paths are
        relative to the table.

    Raises
    ------
    ClusterError
        There is no such thing, or it cannot be read.
    """
    from pyarrow import ArrowException

    try:
        yield from _listed(source)
    except (ArrowException, OSError, csv.Error) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ClusterError(f"{source}: cannot be read ({reason})") from error


def _listed(source: str) -> Iterator[str]:
    suffix = PurePosixPath(source).suffix.lower()
    if suffix in (".parquet", ".pq"):
        yield from (_beside(source, path) for path in _parquet(source))
    elif suffix in (".csv", ".tsv"):
        yield from (_beside(source, path) for path in _table(source, suffix))
    elif suffix in (".txt", ".lst"):
        yield from (_beside(source, line) for line in _lines(source) if line)
    elif is_remote(source):
        yield from _bucket(source)
    else:
        yield from _folder(source)


def _folder(source: str) -> Iterator[str]:
    folder = Path(source).absolute()
    if not folder.is_dir():
        there = "is no folder, list (.txt) or table (.csv, .parquet)"
        said = there if folder.exists() else "no such folder, list or table"
        raise ClusterError(f"{source}: {said}")
    for path in sounds_in(folder):
        if isinstance(path, SoundError):
            raise ClusterError(str(path))
        yield str(path)


def _bucket(source: str) -> Iterator[str]:
    from pyarrow import fs

    place = place_of(source)
    scheme = source.partition("://")[0]
    infos = place.system.get_file_info(fs.FileSelector(place.path, recursive=True))
    for info in infos:
        if info.type == fs.FileType.File and PurePosixPath(info.path).suffix.lower() in SOUND:
            yield f"{scheme}://{info.path}{_query(source)}"


def _query(source: str) -> str:
    """Options of an address, as an endpoint, which hold for all below it."""
    return source[source.index("?") :] if "?" in source else ""


def _beside(source: str, path: str) -> str:
    """A path of a list or table, relative ones beside it."""
    if is_remote(path) or path.startswith("/"):
        return path
    if is_remote(source):
        return f"{source.rpartition('/')[0]}/{path}{_query(source)}"
    return str(Path(source).absolute().parent / path)


def _lines(source: str) -> Iterator[str]:
    place = place_of(source)
    with place.system.open_input_stream(place.path) as file:
        rest = b""
        while block := file.read(1 << 20):
            *lines, rest = (rest + block).split(b"\n")
            yield from (_text(line) for line in lines)
        yield _text(rest)


def _text(line: bytes) -> str:
    return line.strip(b"\r\n").decode("utf-8", "surrogateescape")


def _table(source: str, suffix: str) -> Iterator[str]:
    rows = csv.DictReader(_lines(source), delimiter="\t" if suffix == ".tsv" else ",")
    name = _column(source, rows.fieldnames or [])
    yield from (row[name] for row in rows if row[name])


def _parquet(source: str) -> Iterator[str]:
    from pyarrow import parquet

    place = place_of(source)
    with place.system.open_input_file(place.path) as file:
        table = parquet.ParquetFile(file)
        name = _column(source, table.schema_arrow.names)
        for batch in table.iter_batches(BATCH, columns=[name]):
            yield from filter(None, map(str, batch.column(0).to_pylist()))


def _column(source: str, names: list[str]) -> str:
    for name in COLUMNS:
        if name in names:
            return name
    raise ClusterError(f"{source}: has no column {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}")
