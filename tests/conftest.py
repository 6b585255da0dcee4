"""Fixtures for all; standing here, it also lets every test import `sounds` from this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from earmark.session import forbid_telemetry

forbid_telemetry()  # tests that import ONNX Runtime themselves write nothing at home either


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A temporary folder that any user may enter, as pytest's own are not."""
    closed = {
        place: place.stat().st_mode
        for place in (tmp_path, *tmp_path.parents)
        if place.owner() == tmp_path.owner() and place.stat().st_mode & 0o005 != 0o005
    }
    for place in closed:
        place.chmod(0o755)
    yield tmp_path
    for place, mode in closed.items():
        place.chmod(mode)
