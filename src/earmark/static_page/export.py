"""Write the static page: own files, those of the served page, a model, the runtime."""

import json
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from earmark.atomic import atomic_file
from earmark.errors import OutputError, StaticPageError
from earmark.examples import example_path
from earmark.static_page.card import page_card
from earmark.static_page.runtime import SCRIPT, WASM, Runtime, find_runtime
from earmark.zoo import find_model
from earmark.zoo.card import NETWORK

OWN = Path(__file__).with_name("page")
SERVED = Path(__file__).parents[1] / "serve" / "page"
SHARED = ("choose.js", "pictures.js", "player.js", "turn.js", "words.js", "style.css", "icon.svg")
LICENCE = Path(__file__).with_name("onnxruntime_licence.txt")


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes
    ----------
    folder : Path
    files : int
    size : int, bytes
    runtime : str, version of onnxruntime-web
    """

    folder: Path
    files: int
    size: int
    runtime: str

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            f"{self.folder}: {self.files} files, {self.size / 1e6:.1f} MB, "
            f"with onnxruntime-web {self.runtime}"
        )


def export(
    folder: Path, model: str | os.PathLike = "small", runtime: Path | None = None
) -> Exported:
    """Write a page that tags in the browser; files that it had before are replaced.

    Parameters
    ----------
    folder : Path
        Made where it is not there; one that holds other things is refused.
    model : str or path, as for :class:`earmark.Tagger`
    runtime : Path or None, as for :func:`~earmark.static_page.runtime.find_runtime`

    Raises
    ------
    StaticPageError, ModelError
        No runtime, a folder of other things, or a model that the page cannot hear with.
    OutputError
        The folder cannot be written.
    """
    found = find_runtime(runtime)
    contents = _contents(model, found)
    _require_own(folder)
    try:
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_file(path, "wb", over_sound=True) as file:
                file.write(content)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
    size = sum(map(len, contents.values()))
    return Exported(folder, len(contents), size, found.version)


def _contents(model: str | os.PathLike, runtime: Runtime) -> dict[str, bytes]:
    """Every file of the page, by its name in the folder; the service worker comes last."""
    card = find_model(model)
    told = json.dumps(page_card(card), ensure_ascii=False, separators=(",", ":"))
    contents = {
        f"page/{path.name}": path.read_bytes()
        for path in sorted(OWN.glob("*.js"))
        if path.name != "sw.js"
    }
    contents |= {f"page/{name}": (SERVED / name).read_bytes() for name in SHARED}
    contents["page/example.ogg"] = example_path("band").read_bytes()
    contents["model/card.json"] = told.encode()
    contents["model/model.onnx"] = card.checked_bytes(NETWORK)
    for name in (SCRIPT, WASM):
        contents[f"runtime/{name}"] = (runtime.folder / name).read_bytes()
    contents["runtime/LICENSE.txt"] = LICENCE.read_bytes()
    contents["index.html"] = _index().encode()
    contents["sw.js"] = _service_worker(contents).encode()
    return contents


def _index() -> str:
    """The page, with the elements of the served one that its comments name in their places."""
    served = (SERVED / "index.html").read_text("utf-8")
    own = (OWN / "index.html").read_text("utf-8")
    return re.sub(r"^ *<!-- (<.*) -->$", lambda found: _element(served, found[1]), own, flags=re.M)


def _element(page: str, opening: str) -> str:
    """An element that begins a line so, up to its end, which stands as far to the right."""
    begin = re.search(rf"^( *){re.escape(opening)}.*$", page, re.M)
    tag = re.match(r"<(\w+)", opening)
    assert begin and tag, opening  # both pages are ours
    if begin[0].endswith(f"</{tag[1]}>"):
        return begin[0]
    end = f"\n{begin[1]}</{tag[1]}>"
    return page[begin.start() : page.index(end, begin.end()) + len(end)]


def _service_worker(contents: dict[str, bytes]) -> str:
    """The service worker, which changes with any file and so brings all of them anew."""
    digest = sha256()
    for name, content in contents.items():
        digest.update(name.encode() + sha256(content).digest())
    code = (OWN / "sw.js").read_text("utf-8")
    files = json.dumps(["./", *(name for name in contents if name != "runtime/LICENSE.txt")])
    return f'const VERSION = "{digest.hexdigest()[:16]}";\nconst FILES = {files};\n{code}'


def _require_own(folder: Path) -> None:
    """Refuse a folder that holds other things than such a page."""
    try:
        there = list(folder.iterdir()) if folder.exists() else []
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
    if there and not (folder / "model" / "card.json").is_file():
        raise StaticPageError(f"{folder}: holds other things; name a new or empty folder")
