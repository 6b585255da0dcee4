"""Get MagnaTagATune: download, check, unpack; every step can be repeated and skips what is done.

The release is a zip in three parts and two tables. The parts are read as one without joining them,
so no room for a second copy is needed, and can be deleted once everything is unpacked.
"""

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from earmark.datasets.download import Report, download, md5_of, take
from earmark.datasets.joined import JoinedFiles
from earmark.errors import DataError, OutputError

CHECKED = ".mp3.zip.checked"  # md5 that was found right
UNPACKED = ".mp3.zip.unpacked"  # md5 of what is unpacked


@dataclass(frozen=True)
class Source:
    """Where a release lies.

    Attributes
    ----------
    url : str, of the folder, with a slash at the end
    tables : dict, name -> md5, or None where it is not known
    parts : tuple of str, the zip's parts in order
    md5 : str, of the parts joined
    """

    url: str
    tables: dict[str, str | None]
    parts: tuple[str, ...]
    md5: str


OFFICIAL = Source(
    url="https://mirg.city.ac.uk/datasets/magnatagatune/",
    tables={
        "annotations_final.csv": "f04fa01752a8cc64f6e1ca142a0fef1d",
        "clip_info_final.csv": None,
    },
    parts=("mp3.zip.001", "mp3.zip.002", "mp3.zip.003"),
    md5="f12add0eb4cd6c2a3ab7e4afaf7b7467",
)


def fetch(
    folder: Path, report: Report, *, given: Path | None = None, source: Source = OFFICIAL
) -> int:
    """Bring the whole release into a folder and return how many clips were unpacked now.

    Parameters
    ----------
    folder : Path, made if need be
    report : callable, gets what is done, how much of it, and how much there is
    given : Path or None
        A folder with files that someone fetched by hand; those that it lacks are downloaded.
    source : Source

    Raises
    ------
    DataError
        A file cannot be fetched, or is not what was published.
    OutputError
        The folder cannot be written.
    """
    if given is not None and not given.is_dir():
        raise DataError(f"{given}: no such folder of files fetched by hand")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror})") from error
    for name, digest in source.tables.items():
        _table(folder, name, digest, source, given, report)
    if _marked(folder / UNPACKED, source.md5):
        return 0
    parts = [_part(folder, name, source, given, report) for name in source.parts]
    if not _marked(folder / CHECKED, source.md5):
        if md5_of(parts, report) != source.md5:
            own = [part for part in parts if part.parent == folder]
            for part in own:
                part.unlink()
            what = "removed; the same command fetches them again" if own else "fetch them again"
            raise DataError(f"{folder}: the parts of the zip are not the published ones; {what}")
        _mark(folder / CHECKED, source.md5)
    unpacked = _unpack(parts, folder, report)
    _mark(folder / UNPACKED, source.md5)
    return unpacked


def _table(
    folder: Path, name: str, digest: str | None, source: Source, given: Path | None, report: Report
) -> None:
    path = folder / name
    if not path.exists():
        if given and (given / name).exists():
            take(given / name, path)
        else:
            download(source.url + name, path, report)
    if digest and md5_of([path], report) != digest:
        path.unlink()
        raise DataError(f"{path}: is not the published file; removed, so that it is fetched again")


def _part(folder: Path, name: str, source: Source, given: Path | None, report: Report) -> Path:
    if given and (given / name).exists():
        return given / name
    if not (folder / name).exists():
        download(source.url + name, folder / name, report)
    return folder / name


def _marked(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="ascii").strip() == text


def _mark(path: Path, text: str) -> None:
    try:
        path.write_text(f"{text}\n", encoding="ascii")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def _unpack(parts: list[Path], folder: Path, report: Report) -> int:
    """Unpack what is not there yet, each file whole or absent."""
    joined, unpacked = JoinedFiles(parts), 0
    try:
        with zipfile.ZipFile(joined) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for done, member in enumerate(members, 1):
                unpacked += _unpack_one(archive, member, folder)
                report("unpacking", done, len(members))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise DataError(f"{folder}: the zip is damaged ({error})") from error
    finally:
        joined.close()
    return unpacked


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> bool:
    name = PurePosixPath(member.filename)
    if name.is_absolute() or ".." in name.parts:
        raise DataError(f"{folder}: the zip holds {member.filename!r}, which lies outside of it")
    path = folder / name
    if path.exists() and path.stat().st_size == member.file_size:
        return False
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, open(part, "wb") as out:
            while block := packed.read(1 << 16):
                out.write(block)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    return True
