"""Where the part of onnxruntime-web lies that runs a network in a browser."""

import json
from dataclasses import dataclass
from pathlib import Path

from earmark.errors import StaticPageError

PACKAGE = "onnxruntime-web"
SCRIPT, WASM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"
HOW = f"npm pack {PACKAGE} && tar xzf {PACKAGE}-*.tgz, then --runtime package"


@dataclass(frozen=True)
class Runtime:
    """The files of an unpacked onnxruntime-web.

    Attributes
    ----------
    folder : Path, where both lie
    version : str
    """

    folder: Path
    version: str


def find_runtime(folder: Path | None = None) -> Runtime:
    """The runtime in a folder, or in ``node_modules`` of the current one.

    Parameters
    ----------
    folder : Path or None
        The unpacked npm package, a ``node_modules``, or a folder that has one.

    Raises
    ------
    StaticPageError
        It is not there; the sentence says how to get it.
    """
    given = folder or Path("node_modules", PACKAGE)
    for place in (given, given / "package", given / PACKAGE, given / "node_modules" / PACKAGE):
        if all((place / "dist" / name).is_file() for name in (SCRIPT, WASM)):
            return Runtime(place / "dist", _version(place))
    raise StaticPageError(f"{given}: no {PACKAGE} with {SCRIPT} and {WASM}; get it with: {HOW}")


def _version(place: Path) -> str:
    try:
        return str(json.loads((place / "package.json").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"
