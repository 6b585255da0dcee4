"""What listening costs: the processor's share and the delay, of a sound in real time.

    python benchmarks/live.py [--seconds 60] [--hop .5] [--model default]

Prints the share of one core of both processes (the one that hears and the one that decodes), how
long after its end each row was told, and memory at a third and at the end.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from earmark.examples import example_path
from earmark.live import Source
from earmark.live.listening import Listening
from earmark.sound import decode
from earmark.tagging import Tagger


def processor(pid: int) -> float:
    """Seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident() -> float:
    """MiB of memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--hop", type=float, default=0.5)
    parser.add_argument("--model", default="default")
    asked = parser.parse_args()
    band = np.concatenate(list(decode(example_path("band"), 44100)))
    samples = np.resize(band, (round(asked.seconds * 44100),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.wav"
        soundfile.write(path, np.stack([samples, samples], 1), 44100)
        tagger = Tagger(asked.model)
        listening = Listening(Source("file", str(path)), model=tagger, hop=asked.hop)
        delays, sizes, began, before, child = [], [], None, 0.0, 0
        while (event := listening.next()) is not None:
            if event.kind == "state" and began is None:
                child = listening._watch._decoder._process.pid
                # The first block comes when it has sounded.
                began = time.monotonic() - event.seconds
                before = processor(os.getpid())
            if event.kind == "now":
                delays.append(time.monotonic() - began - event.seconds)
                sizes.append(resident())
                if event.seconds < asked.seconds - 5:
                    decoding = processor(child)
                    hearing, passed = processor(os.getpid()) - before, time.monotonic() - began
        listening.stop()
    print(f"hearing {100 * hearing / passed:.1f} %, decoding {100 * decoding / passed:.1f} %")
    steady = sorted(delays[3:-3])
    print(
        f"told {np.median(steady):.2f} s after a row's end in the median, {steady[-1]:.2f} s most"
    )
    print(f"memory {sizes[len(sizes) // 3]:.0f} MiB at a third, {sizes[-1]:.0f} MiB at the end")


if __name__ == "__main__":
    main()
