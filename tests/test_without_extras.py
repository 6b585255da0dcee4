"""Without the extras, what needs them says which one, in one sentence."""

import os
from pathlib import Path

import pytest
from command import earmark_process
from sounds import music, write

from earmark.extras import install_command

MISSING = """
import sys
for name in ("pyarrow", "matplotlib", "torch"):
    sys.modules[name] = None
"""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment in which the packages of the extras cannot be imported."""
    (tmp_path / "sitecustomize.py").write_text(MISSING)
    write(tmp_path / "a.wav", music(3, 16000), 16000)
    (tmp_path / "m.csv").write_text("file,tags\na.wav,guitar\n")
    (tmp_path / "m.parquet").write_bytes(b"PAR1")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("predict", "--data", "m.csv", "-o", "p.parquet"), "data"),
        (("evaluate", "m.parquet"), "data"),
        (("data", "stats", "m.parquet"), "data"),
        (("data", "manifest", ".", "-o", "n.parquet"), "data"),
        (("train", "tags", "--data", "m.csv"), "train"),
        (("export", "run", "-o", "model"), "train"),
        (("plot", "waveform", "a.wav", "-o", "w.png"), "plots"),
    ],
)
def test_the_extra_is_named(
    tmp_path: Path, bare: dict[str, str], arguments: tuple[str, ...], extra: str
) -> None:
    done = earmark_process(*arguments, cwd=tmp_path, env=bare)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.endswith(f": {install_command(extra)}") and f"[{extra}]" in line


def test_the_rest_works(tmp_path: Path, bare: dict[str, str]) -> None:
    for arguments in (("tag", "a.wav"), ("tag", "--data", "m.csv"), ("data", "check", "m.csv")):
        done = earmark_process(*arguments, cwd=tmp_path, env=bare)
        assert done.returncode == 0, done.stderr
