"""What a cluster costs: ``python benchmarks/cluster.py FILES... [--short 10000]``.

The same files once by `Tagger.files` with two processes and once by two Ray actors on this machine
(the cluster's start apart), as a ratio; the memory of each actor and of the process in which it
hears; and, with --short, seconds a thousand one-second sounds on top of hearing them.
"""

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import soundfile

from earmark import Tagger
from earmark.cluster.batch import batch


def by_processes(files: list[str], model: str) -> float:
    """Seconds that two processes take."""
    began = time.monotonic()
    for _ in Tagger(model).files(files, jobs=2):
        pass
    return time.monotonic() - began


class Memory:
    """The largest resident memory of Ray's actors and of what they start, in MiB."""

    def __init__(self) -> None:
        self.actor = self.hearer = 0.0
        self._done = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            for process in psutil.process_iter():
                try:
                    if "MapWorker" not in " ".join(process.cmdline()):
                        continue
                    self.actor = max(self.actor, process.memory_info().rss / 2**20)
                    for child in process.children():
                        self.hearer = max(self.hearer, child.memory_info().rss / 2**20)
                except psutil.Error:
                    continue

    def stop(self) -> None:
        """No more."""
        self._done.set()


def by_actors(listed: str, model: str, partitions: int) -> float:
    """Seconds that two actors take for a list, the cluster being there."""
    with tempfile.TemporaryDirectory() as out:
        began = time.monotonic()
        batch(listed, out, model=model, actors=2, partitions=partitions)
        return time.monotonic() - began


def write_list(folder: Path, files: list[str]) -> str:
    """A list of files."""
    (folder / "list.txt").write_text("".join(f"{os.path.abspath(file)}\n" for file in files))
    return str(folder / "list.txt")


def main() -> None:
    """Measure and print."""
    import ray

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+")
    parser.add_argument("-m", "--model", default="default")
    parser.add_argument("--short", type=int, default=0)
    options = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        memory = Memory()
        actors = by_actors(write_list(folder, options.files), options.model, 4)
        memory.stop()
        processes = by_processes(options.files, options.model)
        print(f"{len(options.files)} files: processes {processes:.1f} s, actors {actors:.1f} s;")
        print(f"actors reach {processes / actors:.0%} of the processes' speed")
        print(f"memory: actor {memory.actor:.0f} MiB, its hearing process {memory.hearer:.0f} MiB")
        if options.short:
            noise = np.random.default_rng(0).standard_normal(16000).astype(np.float32) * 0.1
            soundfile.write(folder / "0.wav", noise, 16000)
            files = [str(folder / f"{n}.wav") for n in range(options.short)]
            for file in files[1:]:
                os.link(files[0], file)
            alone = by_processes(files, options.model)
            listed = by_actors(write_list(folder, files), options.model, 10)
            more = 1000 * (listed - alone) / options.short
            print(f"{options.short} one-second sounds: {more:.1f} s a thousand more than processes")


if __name__ == "__main__":
    main()
