"""How to get a part of Earmark that is not installed: a command that fits how Earmark was.

pip, uv and pipx each keep environments of their own, and a checkout is no package by name; a
command that is right for one of them fails or does nothing with another.
"""

import json
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

PACKAGE = "earmark"
ROOT = Path(__file__).parents[2]  # of a checkout


@dataclass(frozen=True)
class Installation:
    """How Earmark came to where it runs.

    Attributes
    ----------
    installer : str, "pip", "uv", "uv tool" or "pipx"
    source : str, folder, file or address that it came from; "" where it came by its name
    editable : bool, whether the source itself is run
    python : str, of the environment
    """

    installer: str
    source: str
    editable: bool
    python: str

    def command(self, extra: str) -> str:
        """The command that adds an extra."""
        named = f"{PACKAGE}[{extra}]"
        if self.source:
            address = "://" in self.source
            named = f"{named} @ {self.source}" if address else f"{self.source}[{extra}]"
        what = f"--editable {_quoted(named)}" if self.editable else _quoted(named)
        return {
            "uv tool": f"uv tool install --force {what}",
            "pipx": f"pipx install --force {what}",
            "uv": f"uv pip install --python {shlex.quote(self.python)} {what}",
            "pip": f"{_pip(self.python)} install {what}",
        }[self.installer]


def install_command(extra: str) -> str:
    """The command that adds an extra to this Earmark, as ``pip install 'earmark[data]'``."""
    return this_installation().command(extra)


def this_installation() -> Installation:
    """How the Earmark that runs was installed."""
    try:
        found = metadata.distribution(PACKAGE)
        origin = json.loads(found.read_text("direct_url.json") or "{}")
        by = (found.read_text("INSTALLER") or "pip").strip()
    except (metadata.PackageNotFoundError, ValueError, OSError):
        origin, by = {}, "pip"
    return Installation(_installer(by), *_source(origin), sys.executable)


def _source(origin: dict[str, Any]) -> tuple[str, bool]:
    """Where the package came from, as it lies here or by PEP 610, and whether it runs there."""
    if (ROOT / "pyproject.toml").is_file() and Path(__file__).parent == ROOT / "src" / PACKAGE:
        return str(ROOT), True
    address = origin.get("url", "")
    url = urlparse(address)
    if url.scheme == "file":
        path = url2pathname(url.path)
        return path if os.path.exists(path) else "", False
    system = origin.get("vcs_info", {}).get("vcs")
    return f"{system}+{address}" if system else address, False


def _pip(python: str) -> str:
    """``pip`` where that is the environment's own, else the long way to it."""
    first = shutil.which("pip")
    own = first and Path(first).parent == Path(python).parent
    return "pip" if own else f"{shlex.quote(python)} -m pip"


def _quoted(text: str) -> str:
    """A word that every shell of the system takes as it is; brackets mean something to some."""
    return f'"{text}"' if os.name == "nt" else shlex.quote(text)


def _installer(by: str) -> str:
    """Whose environment this is."""
    place = Path(sys.prefix).parts
    if place[-3:] == ("uv", "tools", PACKAGE):
        return "uv tool"
    if place[-2:-1] == ("venvs",) and "pipx" in place:
        return "pipx"
    # An environment of uv has no pip, and pip itself cannot reach into it.
    return "uv" if by == "uv" and util.find_spec("pip") is None else "pip"
