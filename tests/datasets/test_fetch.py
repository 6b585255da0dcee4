"""Getting MagnaTagATune from a server that breaks off, lies, or is not there."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import earmark
from miniature import CLIPS, Server, annotations, release, serving

from earmark.datasets import download, fetch
from earmark.errors import DataError, OutputError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], str]:
    return release(tmp_path_factory.mktemp("release"))


@pytest.fixture
def server(made: tuple[dict[str, bytes], str], monkeypatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "PAUSE", 0.01)
    with serving(Server(dict(made[0]), made[1])) as server:
        yield server


def get(folder: Path, server: Server, **options) -> int:
    return fetch.fetch(folder, lambda *_: None, source=server.source, **options)


def alone(code: str, *arguments: object) -> subprocess.CompletedProcess:
    """Python code in a process of its own."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def assert_complete(folder: Path) -> None:
    for clip, (path, _) in CLIPS.items():
        assert (folder / path).is_file()
        assert ((folder / path).stat().st_size == 0) == (clip == 35644)
    assert (folder / "annotations_final.csv").read_bytes() == annotations()
    assert not list(folder.rglob("*.part"))


def test_everything_arrives_and_a_repeat_transfers_nothing(tmp_path: Path, server: Server) -> None:
    assert get(tmp_path / "mtat", server) == len(CLIPS)
    assert_complete(tmp_path / "mtat")
    asked = len(server.asked)
    assert get(tmp_path / "mtat", server) == 0
    assert len(server.asked) == asked


def test_the_parts_may_be_deleted_once_unpacked(tmp_path: Path, server: Server) -> None:
    get(tmp_path, server)
    for part in tmp_path.glob("mp3.zip.*"):
        part.unlink()
    asked = len(server.asked)
    assert get(tmp_path, server) == 0
    assert len(server.asked) == asked


@pytest.mark.parametrize("ranges", [True, False], ids=["resumes", "begins-again"])
def test_a_transfer_that_breaks_off_goes_on(tmp_path: Path, server: Server, ranges: bool) -> None:
    server.ranges = ranges
    server.breaks["mp3.zip.002"] = [100, 50]
    get(tmp_path, server)
    assert_complete(tmp_path)
    asked = [wanted for name, wanted in server.asked if name == "mp3.zip.002"]
    assert asked[:2] == [None, "bytes=100-"]
    assert asked[2] == ("bytes=150-" if ranges else "bytes=50-")


def test_a_server_that_keeps_breaking_off_leaves_a_beginning(
    tmp_path: Path, server: Server
) -> None:
    server.breaks["mp3.zip.001"] = [10] * download.ATTEMPTS
    with pytest.raises(DataError, match=r"mp3\.zip\.001: cannot be fetched .*goes on"):
        get(tmp_path, server)
    kept = (tmp_path / "mp3.zip.001.part").stat().st_size
    assert kept == 10 * download.ATTEMPTS
    get(tmp_path, server)
    assert ("mp3.zip.001", f"bytes={kept}-") in server.asked
    assert_complete(tmp_path)


def test_a_part_that_is_too_long_is_begun_again(tmp_path: Path, server: Server) -> None:
    (tmp_path / "mp3.zip.003.part").write_bytes(b"x" * 10_000_000)
    get(tmp_path, server)
    assert_complete(tmp_path)


def test_a_zip_with_the_wrong_checksum_is_fetched_again(tmp_path: Path, server: Server) -> None:
    right = server.files["mp3.zip.002"]
    server.files["mp3.zip.002"] = b"wrong" + right[5:]
    with pytest.raises(DataError, match="not the published ones"):
        get(tmp_path, server)
    assert not list(tmp_path.glob("mp3.zip.00?"))
    server.files["mp3.zip.002"] = right
    get(tmp_path, server)
    assert_complete(tmp_path)


def test_annotations_with_the_wrong_checksum_are_fetched_again(
    tmp_path: Path, server: Server
) -> None:
    server.files["annotations_final.csv"] += b"more"
    wrong = server.files["annotations_final.csv"]
    with pytest.raises(DataError, match=r"annotations_final\.csv: is not the published file; put"):
        get(tmp_path, server)
    assert (tmp_path / "annotations_final.csv.wrong").read_bytes() == wrong
    server.files["annotations_final.csv"] = annotations()
    get(tmp_path, server)
    assert_complete(tmp_path)


def test_files_fetched_by_hand_are_used_and_left_alone(tmp_path: Path, server: Server) -> None:
    (tmp_path / "given").mkdir()
    for name in ("mp3.zip.001", "mp3.zip.003", "annotations_final.csv"):
        (tmp_path / "given" / name).write_bytes(server.files[name])
    get(tmp_path / "mtat", server, given=tmp_path / "given")
    assert_complete(tmp_path / "mtat")
    assert {name for name, _ in server.asked} == {"mp3.zip.002", "clip_info_final.csv"}
    assert len(list((tmp_path / "given").iterdir())) == 3


def test_wrong_files_fetched_by_hand_are_told_and_not_deleted(
    tmp_path: Path, server: Server
) -> None:
    (tmp_path / "given").mkdir()
    for name, content in server.files.items():
        (tmp_path / "given" / name).write_bytes(content)
    (tmp_path / "given" / "mp3.zip.001").write_bytes(b"wrong")
    with pytest.raises(DataError, match=r"fetch the wrong one again.*given/mp3\.zip\.001"):
        get(tmp_path / "mtat", server, given=tmp_path / "given")
    assert (tmp_path / "given" / "mp3.zip.001").read_bytes() == b"wrong"
    (tmp_path / "given" / "annotations_final.csv").write_bytes(b"wrong")
    with pytest.raises(DataError, match=r"given/annotations_final\.csv: is not the published"):
        get(tmp_path / "other", server, given=tmp_path / "given")
    assert (tmp_path / "given" / "annotations_final.csv").read_bytes() == b"wrong"


def test_own_parts_stay_where_a_wrong_one_was_fetched_by_hand(
    tmp_path: Path, server: Server
) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "mp3.zip.001").write_bytes(b"wrong")
    with pytest.raises(DataError, match="fetch the wrong one again"):
        get(tmp_path / "mtat", server, given=tmp_path / "given")
    assert len(list((tmp_path / "mtat").glob("mp3.zip.00?"))) == 2


def test_files_fetched_by_hand_that_are_none(tmp_path: Path, server: Server) -> None:
    for name in ("mp3.zip.002", "annotations_final.csv"):
        given = tmp_path / f"given {name}"
        (given / name).mkdir(parents=True)
        with pytest.raises(DataError, match=rf"{name}: cannot be read \(Is a directory"):
            get(tmp_path / name, server, given=given)


KILLED = """
import os, signal, sys
from pathlib import Path
from earmark.datasets import fetch
def report(what, done, total):
    if what == "unpacking" and done == 2:
        os.kill(os.getpid(), signal.SIGKILL)
source = fetch.Source(sys.argv[2], {}, ("mp3.zip.001", "mp3.zip.002", "mp3.zip.003"), sys.argv[3])
fetch.fetch(Path(sys.argv[1]), report, source=source)
"""


def test_unpacking_goes_on_after_a_kill(tmp_path: Path, server: Server) -> None:
    done = alone(KILLED, tmp_path, server.url, server.digest)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(list(tmp_path.rglob("*.mp3"))) == 2
    asked = len(server.asked)
    assert get(tmp_path, server) == len(CLIPS) - 2
    assert not [name for name, _ in server.asked[asked:] if name.startswith("mp3")]
    assert_complete(tmp_path)


def test_a_clip_that_was_lost_comes_back_from_the_parts(tmp_path: Path, server: Server) -> None:
    get(tmp_path, server)
    (tmp_path / CLIPS[2][0]).unlink()
    assert get(tmp_path, server) == 1
    assert_complete(tmp_path)


def test_a_part_spoilt_after_it_was_checked_is_fetched_again(
    tmp_path: Path, server: Server
) -> None:
    get(tmp_path, server)
    (tmp_path / CLIPS[50][0]).unlink()
    part = tmp_path / "mp3.zip.003"
    when = part.stat().st_mtime_ns
    part.write_bytes(bytes(part.stat().st_size))
    os.utime(part, ns=(when, when))  # as a disk spoils it; a later time would be noticed at once
    with pytest.raises(DataError, match=r"zip is damaged .* checks its parts again"):
        get(tmp_path, server)
    with pytest.raises(DataError, match="not the published ones; removed"):
        get(tmp_path, server)
    assert get(tmp_path, server) == 1
    assert_complete(tmp_path)


def test_a_zip_that_reaches_out_of_the_folder_is_refused(tmp_path: Path, server: Server) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../outside.mp3", b"x")
    del server.files["mp3.zip.002"], server.files["mp3.zip.003"]
    server.files["mp3.zip.001"] = packed.getvalue()
    server.digest = hashlib.md5(packed.getvalue()).hexdigest()
    with pytest.raises(DataError, match="lies outside"):
        get(tmp_path / "mtat", server)
    assert not (tmp_path / "outside.mp3").exists()


def test_a_file_that_the_server_lacks(tmp_path: Path, server: Server) -> None:
    del server.files["clip_info_final.csv"]
    with pytest.raises(DataError, match=r"clip_info_final\.csv: the server says 404"):
        get(tmp_path, server)


def test_nobody_at_the_address(tmp_path: Path, server: Server) -> None:
    server.url = "http://127.0.0.1:9/"
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9/annotations.* refused"):
        get(tmp_path, server)


def test_an_address_or_a_folder_that_makes_no_sense(tmp_path: Path, server: Server) -> None:
    with pytest.raises(DataError, match="no such folder of files fetched by hand"):
        get(tmp_path, server, given=tmp_path / "missing")
    assert not server.asked
    for server.url in ("nonsense/", "http://no such host/"):
        with pytest.raises(DataError, match=r"/annotations_final\.csv: not an address"):
            get(tmp_path, server)


def test_no_permission(open_folder: Path, server: Server) -> None:
    (open_folder / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        get(open_folder / "file" / "mtat", server)


FULL = """
import resource, sys
from pathlib import Path
from earmark.datasets import fetch
from earmark.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
source = fetch.Source(sys.argv[2], {}, ("mp3.zip.001", "mp3.zip.002", "mp3.zip.003"), sys.argv[4])
try:
    fetch.fetch(Path(sys.argv[1]), lambda *_: None, source=source)
except OutputError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_the_rest_comes_later(tmp_path: Path, server: Server) -> None:
    limit = len(server.files["mp3.zip.001"]) // 2
    done = alone(FULL, tmp_path, server.url, limit, server.digest)
    assert "mp3.zip.001.part: cannot be written (File too large)" in done.stdout
    assert (tmp_path / "mp3.zip.001.part").stat().st_size <= limit
    get(tmp_path, server)
    assert_complete(tmp_path)


def test_the_command_fetches_and_checks(tmp_path: Path, server: Server, monkeypatch) -> None:
    """The whole verb; only the checksums are the miniature's."""
    from earmark.verbs import data

    monkeypatch.setattr(data, "OFFICIAL", server.source)
    errors = data.get(tmp_path, None, None, 1)
    assert errors == 0
    missing = tmp_path / CLIPS[2][0]
    missing.unlink()
    (tmp_path / CLIPS[50][0]).write_bytes(b"no sound")
    done = earmark("data", "check", tmp_path, "--sound")
    assert done.returncode == 1
    assert f"1 clips are not there, as {CLIPS[2][0]}" in done.stdout
    assert f"{tmp_path / CLIPS[50][0]}: not a sound" in done.stdout
    assert "1 clips are empty in the release, which is known" in done.stdout
    assert done.stdout.endswith("2 errors\n")
