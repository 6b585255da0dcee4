"""What is written, where, and what is refused; no browser and no real runtime is needed."""

import json
import re
from pathlib import Path

import pytest
from command import earmark

from earmark.errors import StaticPageError
from earmark.static_page.card import page_card
from earmark.static_page.export import export
from earmark.static_page.runtime import SCRIPT, WASM, find_runtime
from earmark.zoo import find_model, model_names


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The shape of the npm package, which is enough to be copied."""
    folder = tmp_path / "package"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist" / SCRIPT).write_text("script")
    (folder / "dist" / WASM).write_bytes(b"wasm")
    (folder / "package.json").write_text('{"version": "1.2.3"}')
    return folder


def test_everything_that_is_named_is_there(package: Path, tmp_path: Path) -> None:
    done = export(tmp_path / "site", "small", package)
    site = tmp_path / "site"
    written = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert done.files == len(written)
    assert done.size == sum((site / name).stat().st_size for name in written)
    page = (site / "index.html").read_text()
    worker = (site / "sw.js").read_text()
    kept = json.loads(re.search(r"const FILES = (\[.*\]);", worker)[1])
    assert set(kept[1:]) == written - {"sw.js", "runtime/LICENSE.txt"}
    for name in re.findall(r'(?:href|src)="([^"#]+)"', page):
        assert name in written
    for script in site.glob("page/*.js"):
        for name in re.findall(r'(?:from|import\(|new URL\()\s*"(\.[^"]+)"', script.read_text()):
            assert (script.parent / name).resolve().is_file(), (script.name, name)
    assert page.count('id="result"') == page.count('id="audio"') == 1
    assert not re.search(r'(?:href|src)="(?:/|https?:)', page)


def test_any_change_gives_another_service_worker(package: Path, tmp_path: Path) -> None:
    def version() -> str:
        export(tmp_path / "site", "small", package)
        return (tmp_path / "site" / "sw.js").read_text().split("\n")[0]

    first = version()
    assert version() == first
    (package / "dist" / SCRIPT).write_text("another")
    assert version() != first


def test_the_card_has_the_model_as_it_is() -> None:
    for name in model_names():
        card = find_model(name)
        told = page_card(card)
        assert [tag["name"] for tag in told["tags"]] == list(card.vocabulary.names)
        assert [tag["threshold"] for tag in told["tags"]] == pytest.approx(card.thresholds)
        assert told["frames"] == card.window_frames
        assert {frozenset(pair) for pair in told["opposites"]} == card.vocabulary.opposites


def test_the_runtime_is_found_where_npm_puts_it(package: Path, tmp_path: Path, monkeypatch) -> None:
    assert find_runtime(package).version == "1.2.3"
    assert find_runtime(tmp_path).folder == package / "dist"
    home = tmp_path / "node_modules" / "onnxruntime-web"
    home.parent.mkdir()
    package.rename(home)
    monkeypatch.chdir(tmp_path)
    assert find_runtime().folder.resolve() == home / "dist"
    assert find_runtime(tmp_path).folder == home / "dist"


def test_without_a_runtime_one_sentence_says_how(tmp_path: Path) -> None:
    done = earmark("page", "--static", tmp_path / "site", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "npm pack onnxruntime-web" in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_folder_of_other_things_stays_as_it_is(package: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("mine")
    with pytest.raises(StaticPageError, match="holds other things"):
        export(tmp_path / "mine", "small", package)
    assert (tmp_path / "mine" / "index.html").read_text() == "mine"
    done = earmark("page", "--static", tmp_path / "mine" / "index.html", "--runtime", package)
    assert done.returncode == 1
    assert done.stderr.startswith(f"earmark: {tmp_path}/mine/index.html: cannot be written")


def test_the_command_says_what_it_weighs(package: Path, tmp_path: Path) -> None:
    site = tmp_path / "new" / "site"
    done = earmark("page", "--static", site, "--runtime", package, "-m", "cnn3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{site}: 29 files, 1.2 MB, with onnxruntime-web")
    told = json.loads((site / "model" / "card.json").read_text())
    assert told["front_end"]["sample_rate"] == 12000
