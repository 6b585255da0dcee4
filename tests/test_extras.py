"""The command that adds a missing part fits how Earmark was installed."""

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from earmark import extras


class Distribution:
    """What an installer leaves beside a package."""

    def __init__(self, installer: str, url: dict | None) -> None:
        self._texts = {"INSTALLER": f"{installer}\n", "direct_url.json": url and json.dumps(url)}

    def read_text(self, name: str) -> str | None:
        return self._texts[name]


def command(
    monkeypatch: pytest.MonkeyPatch,
    prefix: Path,
    installer: str = "pip",
    url: dict | None = None,
    pip: bool = True,
) -> str:
    """What Earmark would say if it had been installed so, away from its checkout."""
    python = prefix / "bin" / "python"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "pip").write_text("#!/bin/sh\n")
    (prefix / "bin" / "pip").chmod(0o755)
    monkeypatch.setattr(extras, "ROOT", prefix / "nowhere")
    monkeypatch.setattr(metadata, "distribution", lambda _: Distribution(installer, url))
    monkeypatch.setattr(extras.util, "find_spec", lambda name: object() if pip else None)
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(prefix / "bin"))
    return extras.install_command("data").replace(str(prefix), "PREFIX")


def test_by_name_from_an_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert command(monkeypatch, tmp_path) == "pip install 'earmark[data]'"


def test_pip_of_an_environment_that_is_not_the_active_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command(monkeypatch, tmp_path / "env")
    monkeypatch.setenv("PATH", "/usr/bin")
    said = extras.install_command("data")
    assert said == f"{tmp_path}/env/bin/python -m pip install 'earmark[data]'"


def test_the_other_installers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patched:
        said = command(patched, tmp_path / "a" / "uv" / "tools" / "earmark", "uv", pip=False)
        assert said == "uv tool install --force 'earmark[data]'"
    with monkeypatch.context() as patched:
        said = command(patched, tmp_path / "b" / "pipx" / "venvs" / "earmark")
        assert said == "pipx install --force 'earmark[data]'"
    with monkeypatch.context() as patched:
        said = command(patched, tmp_path / "c", "uv", pip=False)
        assert said == "uv pip install --python PREFIX/bin/python 'earmark[data]'"


def test_where_it_came_from_is_where_the_rest_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my music").mkdir()
    (tmp_path / "e.whl").touch()
    for number, (url, wanted) in enumerate(
        [
            ({"url": (tmp_path / "my music").as_uri()}, f"'{tmp_path}/my music[data]'"),
            ({"url": (tmp_path / "e.whl").as_uri()}, f"'{tmp_path}/e.whl[data]'"),
            ({"url": "file:///gone.whl"}, "'earmark[data]'"),
            (
                {"url": "https://x.org/e.git", "vcs_info": {"vcs": "git"}},
                "'earmark[data] @ git+https://x.org/e.git'",
            ),
        ]
    ):
        with monkeypatch.context() as patched:
            said = command(patched, tmp_path / str(number), url=url)
            assert said == f"pip install {wanted}"


def test_a_checkout_names_itself() -> None:
    root = Path(extras.__file__).parents[2]
    if not (root / "pyproject.toml").is_file():
        pytest.skip("Earmark is not run from a checkout")
    assert extras.install_command("plots").endswith(f"install --editable '{root}[plots]'")
