"""What the served page costs a browser: time, bytes, and the memory of its tab with a long file.

    python benchmarks/page.py [--hours 10] [--model small]

Prints: first paint and bytes of the page without models; after 20 seeks, how far the line over the
taggram is from the player and how long it took to get there; with --hours, resident memory of the
tab's process with a file of so many hours (mp3 of 8 kbit/s, noise in steps), after it was heard,
shown, played from and looked through.
"""

import argparse
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import sync_playwright
from serve import serving

RATE = 8000
MINUTE = 60 * RATE
LONGEST_WAIT = 3600.0

SEEKS = """async () => {
    const [audio, seek, head] = ["audio", "seek", "head"].map((id) => document.getElementById(id));
    const seconds = audio.duration;
    const far = [];
    for (let i = 0; i < 20; i += 1) {
        const wanted = ((i * 7) % 20) / 20;
        const began = performance.now();
        seek.value = wanted;
        seek.dispatchEvent(new Event("input"));
        await new Promise((next) => audio.addEventListener("seeked", next, { once: true }));
        await new Promise((next) => requestAnimationFrame(next));
        const line = parseFloat(head.style.left) / 100 * seconds;
        far.push([Math.abs(line - audio.currentTime), performance.now() - began]);
    }
    return far;
}"""
SIZES = """["navigation", "resource"].flatMap((kind) =>
    performance.getEntriesByType(kind).map((one) => one.decodedBodySize))"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
DONE = "!document.getElementById('result').hidden && document.getElementById('progress').hidden"


def long_file(path: Path, hours: float) -> Path:
    """An mp3 of so many hours: the frames of ten minutes of noise in steps, again and again."""
    random = np.random.default_rng(0)
    with av.open(str(path), "w", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = 8000
        for minute in range(10):
            noise = random.normal(0, 0.02 * (1 + minute), (1, MINUTE)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, minute * MINUTE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    path.write_bytes(path.read_bytes() * max(1, round(hours * 6)))
    return path


def tab_memory(browser) -> float:
    """MiB resident of the largest process of a tab."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    sizes = [0.0]
    for one in told:
        if one["type"] == "renderer":
            with contextlib.suppress(OSError):
                pages = int(Path(f"/proc/{one['id']}/statm").read_text().split()[1])
                sizes.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
    return max(sizes)


def until(page, condition: str) -> None:
    """Wait; the page's policy forbids Playwright's own way."""
    end = time.monotonic() + LONGEST_WAIT
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise SystemExit(f"never so: {condition}")
        page.wait_for_timeout(100)


@contextlib.contextmanager
def opened(browser, url: str) -> Iterator:
    """The page, ready."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(url, wait_until="networkidle")
    yield page
    page.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hours", type=float, default=0.0)
    parser.add_argument("--model", default="small")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as temporary,
        serving(1, temporary, wanted.model) as (port, _),
        sync_playwright() as playwright,
    ):
        url = f"http://127.0.0.1:{port}/"
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        paints = []
        for _ in range(5):
            with opened(browser, url) as page:
                until(page, f"{PAINT} > 0")
                paints.append(page.evaluate(PAINT))
                sizes = page.evaluate(SIZES)
        told = ", ".join(f"{paint:.0f}" for paint in paints)
        print(f"first paint after {told} ms; {sum(sizes) / 1000:.1f} kB in {len(sizes)} files")
        with opened(browser, url) as page:
            page.click("#example")
            until(page, DONE)
            until(page, "document.getElementById('audio').readyState > 0")
            far = np.array(page.evaluate(SEEKS))
            print(
                f"20 seeks: line at most {1000 * far[:, 0].max():.1f} ms from the player, there "
                f"after {np.median(far[:, 1]):.0f} ms, at most {far[:, 1].max():.0f} ms"
            )
            print(f"tab with the example: {tab_memory(browser):.0f} MiB", flush=True)
        if wanted.hours:
            path = long_file(Path(temporary) / "long.mp3", wanted.hours)
            with opened(browser, url) as page:
                page.set_input_files("#file", path)
                most, began = 0.0, time.monotonic()
                while not page.evaluate(DONE):
                    most = max(most, tab_memory(browser))
                    page.wait_for_timeout(500)
                took = time.monotonic() - began
                shown = tab_memory(browser)
                until(page, "document.getElementById('audio').readyState > 0")
                page.evaluate(SEEKS)
                page.locator("#chips .chip, .tagrow").first.scroll_into_view_if_needed()
                played = tab_memory(browser)
                print(
                    f"{page.inner_text('#name')}, {path.stat().st_size / 1e6:.0f} MB, heard in "
                    f"{took:.0f} s; MiB of the tab: at most {most:.0f} while it was heard, "
                    f"{shown:.0f} when shown, {played:.0f} after 20 seeks"
                )
        browser.close()


if __name__ == "__main__":
    main()
