"""Which file systems are a network's, by what the system lists as mounted."""

from pathlib import Path

import pytest

from earmark.library.network_drive import _kind_at, _unescaped, on_network_drive

MOUNTS = [
    ("/", "ext4"),
    ("/home", "xfs"),
    ("/home/me/nas", "nfs4"),
    ("/home/me/nas/local", "ext4"),
    ("/mnt/my music", "cifs"),
    ("/over", "ext4"),
    ("/over", "nfs"),
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/etc/x", "ext4"),
        ("/home/me/x", "xfs"),
        ("/home/me/nas", "nfs4"),
        ("/home/me/nas/a/b.db", "nfs4"),
        ("/home/me/nasty/b.db", "xfs"),
        ("/home/me/nas/local/b.db", "ext4"),
        ("/mnt/my music/b.db", "cifs"),
        ("/over/b.db", "nfs"),
    ],
)
def test_the_last_and_longest_mount_counts(path: str, kind: str) -> None:
    assert _kind_at(Path(path), MOUNTS) == kind


def test_names_with_spaces_as_linux_writes_them() -> None:
    assert _unescaped(r"/mnt/my\040music\134x") == "/mnt/my music\\x"


def test_a_folder_here_is_on_a_disk_here(tmp_path: Path) -> None:
    assert on_network_drive(tmp_path / "not there yet.db") is False
