"""What an installation holds: all that runs, nothing that only makers need, and not much."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from command import ROOT

from earmark.zoo import load_card

pytest.importorskip("hatchling", reason="building needs hatchling")

LARGEST = 20e6  # bytes, unpacked


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Sizes of the files that an installation unpacks."""
    build = "import sys, hatchling.build; hatchling.build.build_wheel(sys.argv[1])"
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", build, folder], cwd=ROOT, check=True, timeout=120)
    (wheel,) = folder.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry.file_size for entry in archive.infolist()}


def test_an_installation_is_small(files: dict[str, int]) -> None:
    assert sum(files.values()) <= LARGEST


def test_an_installation_has_all_that_runs_and_no_more(files: dict[str, int]) -> None:
    for path in (ROOT / "src" / "earmark" / "zoo").glob("*/card.toml"):
        inside = {Path(name).name for name in files if f"/zoo/{path.parent.name}/" in name}
        assert inside == {"card.toml", *load_card(path.parent).sha256}
    names = {Path(name).name for name in files}
    assert {"__main__.py", "tags.toml", "schema.sql", "py.typed", "band.ogg"} <= names
    assert not {"compose.py", "midi.py", "render.py", "conftest.py"} & names
    assert not [name for name in files if name.split("/")[0] in ("tests", "workshop", "docs")]
