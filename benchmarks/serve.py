"""A server under load, on this machine, against `Tagger.files` on the same cores.

    python benchmarks/serve.py FILES... [--clips 200] [--clients 8] [--workers 2] [--requests 0]

The server is `earmark serve` in a process of its own. Prints: clips a second by `Tagger.files` and
over HTTP and their ratio; the times of /health meanwhile; what three times as many requests as
there are places are answered, and how soon; temporary files that are left; with --requests, the
memory of the server and its workers over so many, each with 3 seconds of sound.
"""

import argparse
import asyncio
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import soundfile

import earmark
from earmark.cores import available_cores
from earmark.serve.scratch import LOCK
from earmark.sound import decode

MODEL = "default"
WAITING = 16
SHORT_SECONDS = 3
MARKS = 20  # looks at the memory


@dataclass
class Answer:
    """Status, seconds until it came, and what the server said about coming again."""

    status: int
    seconds: float
    retry: bool


@contextlib.contextmanager
def serving(workers: int, temporary: str, model: str = MODEL) -> Iterator[tuple[int, int]]:
    """Port and process number of a server that listens."""
    command = [sys.executable, "-m", "earmark", "serve", "--port", "0", "--models", model]
    command += ["--workers", str(workers), "--queue", str(WAITING)]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": temporary}
    )
    try:
        told = process.stderr.readline()  # ends also where the server does
        if "listening on" not in told:
            raise SystemExit(f"the server did not begin: {told}{process.stderr.read()}")
        yield int(told.partition("127.0.0.1:")[2].partition("/")[0]), process.pid
    finally:
        process.terminate()
        process.wait()


async def asked(port: int, sound: bytes) -> Answer:
    """Send one sound; the time is from before the connection to the first bytes of the answer."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /tag HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        + b"Content-Length: %d\r\n\r\n" % len(sound)
    )
    writer.write(sound)
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        seconds = time.monotonic() - began
        while await reader.read(1 << 16):
            pass
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(0, time.monotonic() - began, False)  # nothing, or not all
    finally:
        writer.close()
    return Answer(int(head.split()[1]), seconds, b"\r\nretry-after:" in head.lower())


async def by_clients(port: int, sounds: list[bytes], clients: int) -> list[Answer]:
    """Each client sends its next sound when it has the answer to the last."""
    waiting, answers = iter(sounds), []

    async def client() -> None:
        for sound in waiting:
            answers.append(await asked(port, sound))

    await asyncio.gather(*(client() for _ in range(clients)))
    return answers


def health(port: int, until: threading.Event, times: list[float]) -> None:
    """Ask for /health until told to stop."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    while not until.is_set():
        began = time.monotonic()
        connection.request("GET", "/health")
        connection.getresponse().read()
        times.append(time.monotonic() - began)
        time.sleep(0.02)
    connection.close()


def memory(process: int) -> float:
    """MiB of a process and its children that are resident."""
    pids = {process}
    for task in Path(f"/proc/{process}/task").iterdir():
        pids.update(int(pid) for pid in (task / "children").read_text().split())
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def short(path: str) -> bytes:
    """The first seconds of a sound."""
    samples = np.concatenate(list(decode(path, 16000)))[: SHORT_SECONDS * 16000]
    out = io.BytesIO()
    soundfile.write(out, samples, 16000, format="WAV")
    return out.getvalue()


def throughput(port: int, files: list[str], clients: int, workers: int) -> None:
    """The same clips by `Tagger.files` and over HTTP, and /health meanwhile."""
    began = time.monotonic()
    list(earmark.Tagger(MODEL).files(files, jobs=workers))
    alone = len(files) / (time.monotonic() - began)
    sounds = [Path(file).read_bytes() for file in files]
    done, times = threading.Event(), []
    watch = threading.Thread(target=health, args=(port, done, times))
    watch.start()
    began = time.monotonic()
    answers = asyncio.run(by_clients(port, sounds, clients))
    served = len(files) / (time.monotonic() - began)
    done.set()
    watch.join()
    print(f"Tagger.files {alone:.2f} clips/s, over HTTP {served:.2f}: {100 * served / alone:.0f} %")
    p50, p99 = 1000 * np.quantile(times, [0.5, 0.99])
    print(f"/health meanwhile, {len(times)} times: median {p50:.1f} ms, p99 {p99:.1f} ms")
    print(f"answers: {dict(Counter(answer.status for answer in answers))}")


def told(what: str, found: list[Answer]) -> None:
    """Say what was answered, and how soon where it was refused."""
    print(f"{what}: {dict(Counter(answer.status for answer in found))}")
    refused = [answer for answer in found if answer.status == 503]
    if refused:
        times = [1000 * answer.seconds for answer in refused]
        again = sum(answer.retry for answer in refused)
        print(
            f"  503 after: median {np.median(times):.0f} ms, latest {max(times):.0f} ms; with "
            f"Retry-After {again} of {len(refused)}"
        )


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
    places = wanted.workers + WAITING
    print(f"{wanted.clips} clips, {wanted.clients} clients, {wanted.workers} workers, {MODEL}")
    with (
        tempfile.TemporaryDirectory() as temporary,
        serving(wanted.workers, temporary) as (port, process),
    ):
        warm = [Path(file).read_bytes() for file in files[: wanted.workers]]
        asyncio.run(by_clients(port, warm, wanted.workers))  # every worker has begun
        throughput(port, files, wanted.clients, wanted.workers)
        many = [Path(files[i % len(files)]).read_bytes() for i in range(3 * places)]
        told(f"{len(many)} at once", asyncio.run(by_clients(port, many, len(many))))
        there = (path for path in Path(temporary).rglob("*") if path.is_file())
        left = [path for path in there if path.suffix != LOCK]
        print(f"temporary files left: {len(left)}", flush=True)
        if wanted.requests:
            sounds = [short(file) for file in wanted.files[:20]]
            marks = []
            for _ in range(MARKS):
                part = [sounds[i % len(sounds)] for i in range(wanted.requests // MARKS)]
                asyncio.run(by_clients(port, part, wanted.clients))
                marks.append(memory(process))
            shown = " ".join(f"{mark:.0f}" for mark in marks)
            print(f"MiB after each {MARKS}th of {wanted.requests} requests: {shown}")


if __name__ == "__main__":
    main()
