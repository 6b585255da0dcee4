"""Get MagnaTagATune: download, check, unpack; every step can be repeated and skips what is done.

The release is a zip in three parts and two tables. The parts are read as one without joining them,
so no room for a second copy is needed, and can be deleted once everything is unpacked.
"""

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from earmark.datasets.download import Report, download, md5_of, take, writing
from earmark.datasets.joined import JoinedFiles
from earmark.errors import DataError, OutputError

CHECKED = ".mp3.zip.checked"  # md5 that was found right, and the files it was found in
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
        There is no folder `given`, or a file cannot be fetched or is not what was published. Own
        parts that are wrong are removed and a wrong table is put aside, so that a repeat fetches
        them again; files of `given` are left alone.
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
    parts = [_home(folder, name, given) for name in source.parts]
    if _marked(folder / UNPACKED, source.md5) and not all(part.exists() for part in parts):
        return 0  # where the parts are still there, clips that were lost come back
    for part in parts:
        if not part.exists():
            download(source.url + part.name, part, report)
    _check(parts, folder, source, report)
    unpacked = _unpack(parts, folder, report)
    _mark(folder / UNPACKED, source.md5)
    return unpacked


def _table(
    folder: Path, name: str, digest: str | None, source: Source, given: Path | None, report: Report
) -> None:
    path, origin = folder / name, _home(folder, name, given)
    if not path.exists():
        if origin == path:
            download(source.url + name, path, report)
        else:
            if digest and md5_of([origin], report) != digest:
                raise DataError(f"{origin}: is not the published file; fetch it again")
            take(origin, path)
    if digest and md5_of([path], report) != digest:
        aside = path.with_name(f"{name}.wrong")  # it may be someone's own work
        with writing(path):
            os.replace(path, aside)
        what = f"put aside as {aside.name}; the same command fetches it again"
        raise DataError(f"{path}: is not the published file; {what}")


def _home(folder: Path, name: str, given: Path | None) -> Path:
    """Where a file is, or will be once it is fetched."""
    return given / name if given and (given / name).exists() else folder / name


def _check(parts: list[Path], folder: Path, source: Source, report: Report) -> None:
    """DataError unless the parts are the published ones; the same files are read only once."""
    if _marked(folder / CHECKED, _checked(parts, source)):
        return
    if md5_of(parts, report) == source.md5:
        _mark(folder / CHECKED, _checked(parts, source))
        return
    if all(part.parent == folder for part in parts):
        for path in (folder / UNPACKED, *parts):  # with the mark left, nothing would be fetched
            with writing(path):
                path.unlink(missing_ok=True)
        what = "removed; the same command fetches them again"
    else:  # whichever is wrong, the same command would not fetch it again
        what = f"fetch the wrong one again, which is one of {', '.join(map(str, parts))}"
    raise DataError(f"{folder}: the parts of the zip are not the published ones; {what}")


def _checked(parts: list[Path], source: Source) -> str:
    found = [(part.name, part.stat()) for part in parts]
    return "\n".join([source.md5, *(f"{n} {s.st_size} {s.st_mtime_ns}" for n, s in found)])


def _marked(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8").strip() == text


def _mark(path: Path, text: str) -> None:
    with writing(path):
        path.write_text(f"{text}\n", encoding="utf-8")


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
        (folder / CHECKED).unlink(missing_ok=True)  # spoilt since, so look at all of it again
        what = "the same command checks its parts again"
        raise DataError(f"{folder}: the zip is damaged ({error}); {what}") from error
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
