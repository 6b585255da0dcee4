"""A server under load, on this machine, against `Tagger.files` on the same cores.

    python benchmarks/serve.py FILES... [--clips 200] [--clients 8] [--workers 2] [--requests 0]

Prints: clips a second by `Tagger.files` and over HTTP and their ratio; the times of /health
meanwhile; what three times as many requests as there are places are answered; temporary files that
are left; with --requests, the memory of the server and its workers over so many.
"""

import argparse
import os
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import uvicorn

import earmark
from earmark.cores import available_cores
from earmark.serve.app import create_app
from earmark.serve.settings import Limits, Settings

MODEL = "default"
WAITING = 16


def listening(settings: Settings) -> tuple[uvicorn.Server, str]:
    """A server that listens, and its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return server, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


def asked(client: httpx.Client, content: bytes) -> tuple[int, float]:
    """Status and seconds of one sound."""
    began = time.monotonic()
    status = client.post("/tag", content=content).status_code
    return status, time.monotonic() - began


def health(url: str, until: threading.Event, times: list[float]) -> None:
    """Ask for /health until told to stop."""
    with httpx.Client(base_url=url, timeout=60) as client:
        while not until.is_set():
            began = time.monotonic()
            client.get("/health")
            times.append(time.monotonic() - began)
            time.sleep(0.02)


def left_over() -> int:
    """Temporary folders of servers that are still there."""
    return len(list(Path(tempfile.gettempdir()).glob("earmark-serve-*")))


def memory() -> float:
    """MiB of this process and its children that are resident."""
    pids = {os.getpid()}
    for task in Path("/proc/self/task").iterdir():
        pids.update(int(pid) for pid in (task / "children").read_text().split())
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=available_cores())
    parser.add_argument("--requests", type=int, default=0)
    wanted = parser.parse_args()
    files = [wanted.files[i % len(wanted.files)] for i in range(wanted.clips)]
    sounds = [Path(file).read_bytes() for file in files]
    print(f"{wanted.clips} clips, {wanted.clients} clients, {wanted.workers} workers, {MODEL}")

    list(earmark.Tagger(MODEL).files(files[:2], jobs=wanted.workers))
    began = time.monotonic()
    list(earmark.Tagger(MODEL).files(files, jobs=wanted.workers))
    alone = wanted.clips / (time.monotonic() - began)

    settings = Settings(models=(MODEL,), workers=wanted.workers, limits=Limits(waiting=WAITING))
    server, url = listening(settings)
    client = httpx.Client(base_url=url, timeout=600, limits=httpx.Limits(max_connections=512))
    with ThreadPoolExecutor(wanted.workers) as threads:  # every worker has begun
        list(threads.map(lambda sound: asked(client, sound), sounds[: wanted.workers]))
    done, times = threading.Event(), []
    watch = threading.Thread(target=health, args=(url, done, times))
    watch.start()
    began = time.monotonic()
    with ThreadPoolExecutor(wanted.clients) as threads:
        statuses = Counter(status for status, _ in threads.map(lambda s: asked(client, s), sounds))
    served = wanted.clips / (time.monotonic() - began)
    done.set()
    watch.join()
    print(f"Tagger.files {alone:.2f} clips/s, over HTTP {served:.2f}: {100 * served / alone:.0f} %")
    p50, p99 = 1000 * np.quantile(times, [0.5, 0.99])
    print(f"/health meanwhile, {len(times)} times: median {p50:.1f} ms, p99 {p99:.1f} ms")
    print(f"answers: {dict(statuses)}")

    many = 3 * (wanted.workers + WAITING)
    with ThreadPoolExecutor(many) as threads:
        found = list(threads.map(lambda i: asked(client, sounds[i % len(sounds)]), range(many)))
    refused = [seconds for status, seconds in found if status == 503]
    print(f"{many} at once: {dict(Counter(status for status, _ in found))}")
    if refused:
        p50, most = 1000 * np.median(refused), 1000 * max(refused)
        print(f"503 after: median {p50:.0f} ms, latest {most:.0f} ms")
    print(f"temporary files left: {left_over()}")

    if wanted.requests:
        marks = []
        for i in range(wanted.requests):
            asked(client, sounds[i % len(sounds)])
            if i % max(1, wanted.requests // 10) == wanted.requests // 20:
                marks.append(memory())
        print("MiB over", wanted.requests, "requests:", *(f"{mark:.0f}" for mark in marks))
    client.close()
    server.should_exit = True


if __name__ == "__main__":
    main()
