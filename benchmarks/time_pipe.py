"""What ``earmark censor - -`` mutes of a sound: the command itself, samples in, samples out."""

import json
import subprocess
import sys

import numpy as np

RATE = 16000
FADE = round(0.02 * RATE)  # samples at either end of a passage that are neither whole nor silent


def piped(samples: np.ndarray, expression: str, *more: str) -> tuple[list, int]:
    """Spans that the pipe muted, in seconds, and how many rows were late.

    That the samples within are silent and all others are as they were is checked.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,), float32 in [-1, 1]], at 16 kHz
    expression : str
    *more : str, options as "--careful"
    """
    data = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2")
    command = [sys.executable, "-m", "earmark", "censor", "-", "-", "--rate", str(RATE)]
    done = subprocess.run(
        [*command, "--mute", expression, "--format", "json", *more],
        input=data.tobytes(),
        capture_output=True,
        check=True,
    )
    *passages, whole = [json.loads(line) for line in done.stderr.decode().splitlines()]
    spans = [(passage["start"], passage["end"]) for passage in passages]
    _check(data, np.frombuffer(done.stdout, "<i2"), spans)
    return spans, whole["late"]


def _check(before: np.ndarray, after: np.ndarray, spans: list) -> None:
    assert before.shape == after.shape
    inside, edge = np.zeros(len(before), bool), np.zeros(len(before), bool)
    for start, end in spans:
        first, last = round(start * RATE), round(end * RATE)
        inside[first:last] = True
        edge[first : first + FADE] = edge[last : last + FADE] = True
    assert not after[inside & ~edge].any()
    assert np.array_equal(after[~inside & ~edge], before[~inside & ~edge])
