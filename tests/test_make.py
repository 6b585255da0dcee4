"""`make test` asks for a torch without CUDA, wherever torch comes from."""

import json
import subprocess
from pathlib import Path

import pytest
from command import ROOT

PIP = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
    show*) exit {shown} ;;
    *--dry-run*) cat {report} ;;
esac
"""


def asked(folder: Path, brings: list[str], installed: bool = False) -> list[str]:
    """What the script asks of a pip whose index brings these packages with torch."""
    report, log, pip = folder / "report.json", folder / "log", folder / "pip"
    items = [{"metadata": {"name": name, "version": "1"}} for name in brings]
    report.write_text(json.dumps({"version": "1", "install": items}, indent=2))
    pip.write_text(PIP.format(log=log, report=report, shown=0 if installed else 1))
    pip.chmod(0o755)
    subprocess.run([ROOT / "tests" / "torch.sh", pip], check=True, timeout=60)
    return log.read_text().splitlines()


@pytest.mark.parametrize("brings", [["torch", "nvidia-cudnn-cu13"], ["nvidia_nccl", "torch"]])
def test_cuda_is_never_installed(tmp_path: Path, brings: list[str]) -> None:
    last = asked(tmp_path, brings)[-1]
    assert "--index-url https://download.pytorch.org/whl/cpu torch==" in last


def test_an_index_without_cuda_is_taken_as_it_is(tmp_path: Path) -> None:
    last = asked(tmp_path, ["torch", "sympy"])[-1]
    assert last.startswith("install --quiet torch==")


def test_torch_that_is_there_stays(tmp_path: Path) -> None:
    assert asked(tmp_path, ["torch"], installed=True) == ["show --quiet torch"]


def test_make_test_uses_the_script() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8")
    assert recipe.index("tests/torch.sh $(BIN)/pip") < recipe.index('--editable ".[train,')
    assert "install --quiet torch" not in recipe
