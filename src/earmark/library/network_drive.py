"""Whether a path lies on another machine's disk, where SQLite's write-ahead log is not safe."""

import os
import re
import subprocess
import sys
from pathlib import Path

KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "webdav"}
    | {"9p", "ceph", "glusterfs", "lustre", "beegfs", "davfs", "virtiofs", "gfs2", "ocfs2"}
    | {"fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.davfs"}
)
REMOTE = 4  # GetDriveTypeW


def on_network_drive(path: str | os.PathLike) -> bool:
    """Whether the file system of a path is a network's; False where the system does not tell."""
    path = Path(os.path.realpath(path))
    if sys.platform == "win32":
        return _remote_drive(path)
    try:
        mounts = _linux_mounts() if sys.platform == "linux" else _bsd_mounts()
    except (OSError, subprocess.SubprocessError):
        return False
    return _kind_at(path, mounts) in KINDS


def _kind_at(path: Path, mounts: list[tuple[str, str]]) -> str:
    """File system at a path, of (place, kind) pairs in the order of mounting."""
    best, kind = -1, ""
    for place, of in mounts:
        if (path == Path(place) or Path(place) in path.parents) and len(place) >= best:
            best, kind = len(place), of
    return kind


def _linux_mounts() -> list[tuple[str, str]]:
    text = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    rows = (line.split(" ") for line in text.splitlines())
    return [(_unescaped(row[1]), row[2]) for row in rows if len(row) > 2]


def _unescaped(place: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)


def _bsd_mounts() -> list[tuple[str, str]]:
    text = subprocess.run(["mount"], capture_output=True, text=True, timeout=10).stdout
    found = re.findall(r"^.* on (.*) \((\w+)[,)]", text, re.MULTILINE)
    return [(place, kind) for place, kind in found]


def _remote_drive(path: Path) -> bool:
    import ctypes

    return ctypes.windll.kernel32.GetDriveTypeW(str(Path(path.anchor))) == REMOTE
