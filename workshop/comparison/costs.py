"""What the rows of the comparison cost: parameters, arithmetic, and speed on one core.

Run ``OMP_NUM_THREADS=1 python -m workshop.comparison.costs``; it writes ``costs.json``. Weights
need not be trained for that. ONNX Runtime runs the network in one thread; times are the
processor's own.
"""

import json
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from torch import nn

from earmark.session import open_session
from earmark.sound import FrontEnd
from earmark.sound.features import features_stream
from earmark.training.export.network_file import write_onnx
from earmark.training.networks.make import make_network
from earmark.vocabulary import official_vocabulary
from earmark.zoo.card import NETWORK
from workshop.comparison.records import COSTS
from workshop.comparison.rows import Row, all_rows
from workshop.studies.cost import cost

SECONDS, BLOCK = 60, 24_000
FEW, MANY = 3, 10  # rounds


def best_of(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of the processor that some work takes, the least of some rounds."""
    times = []
    for _ in range(rounds):
        started = time.thread_time()
        work()
        times.append(time.thread_time() - started)
    return min(times)


def front_end_speed(front_end: FrontEnd) -> float:
    """Seconds of sound a second that become frames."""
    samples = np.random.default_rng(0).normal(0, 0.1, SECONDS * front_end.sample_rate)
    samples = samples.astype(np.float32)
    blocks = np.split(samples, range(BLOCK, len(samples), BLOCK))
    return SECONDS / best_of(FEW, lambda: deque(features_stream(blocks, front_end), maxlen=0))


def network_speed(network: nn.Module, front_end: FrontEnd, frames: int) -> float:
    """Seconds of sound a second that the network alone takes, half a minute at once."""
    seconds = front_end.seconds(frames)
    shape = (max(1, round(SECONDS / 2 / seconds)), frames, front_end.bands)
    mel = np.random.default_rng(0).random(shape, dtype=np.float32)
    with TemporaryDirectory() as folder:
        path = Path(folder) / NETWORK
        write_onnx(network.eval(), front_end, frames, path)
        session = open_session(path)
    return len(mel) * seconds / best_of(MANY, lambda: session.run(None, {"mel": mel}))


def cost_of(row: Row) -> dict[str, float]:
    """Parameters, MFLOP a second of sound, and times real time of front end and network."""
    recipe, front_end, frames = row.recipe, row.recipe.front_end, row.recipe.data.frames
    network = make_network(recipe, len(official_vocabulary()))
    found = cost(network, front_end, frames)
    return {
        "parameters": found.parameters,
        "mflops": round(found.flops_per_second / 1e6, 2),
        "front_end_speed": round(front_end_speed(front_end)),
        "network_speed": round(network_speed(network, front_end, frames)),
    }


def main() -> None:
    """Measure every row once."""
    found = {}
    for row in all_rows():
        found[f"{row.table}/{row.name}"] = cost_of(row)
        print(row.table, row.name, found[f"{row.table}/{row.name}"], flush=True)
    COSTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
