"""How many small mistakes in a room its tests notice: each mistake alone, under those tests.

    python tests/mutants.py src/earmark/tagging --tests tests/tagging [--sample 200] [--seed 0]

What counts as a mistake is in mutations.py. A sample is drawn from all of them, none twice. A
mistake is noticed when a test fails, or when its file needs five times the processor seconds that
it needs without it. One that changes nothing is never noticed and counts all the same. The package
that is run is a copy; the tests are those of the checkout. Needs a system that forks.
"""

import argparse
import contextlib
import importlib
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mutations import Mutation, mutations

ROOT = Path(__file__).parents[1]
PATIENCE, LEAST_PATIENCE = 5, 10  # times the processor seconds of the code as it is; seconds
WAITING = 900  # seconds after which a mistake that makes tests wait counts as noticed
LOADED_ONCE = ("pytest", "numpy", "onnxruntime", "soundfile", "soxr", "av", "pyarrow.parquet")


def main() -> None:
    """Draw, run, and say what stayed unnoticed."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("code", nargs="+", type=Path, help="files or folders of the package")
    asked.add_argument("--tests", nargs="+", type=Path, required=True)
    asked.add_argument("--sample", type=int, help="how many to draw; all without")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    files = sorted({file for path in options.code for file in _files(path.resolve(), "*.py")})
    every = [(file, one) for file in files for one in mutations(file.read_text())]
    drawn = every
    if options.sample is not None and options.sample < len(every):
        drawn = random.Random(options.seed).sample(every, options.sample)
        drawn.sort(key=lambda each: (each[0], each[1].line))
    with tempfile.TemporaryDirectory() as place:
        package = Path(place) / "src"
        shutil.copytree(ROOT / "src", package, ignore=shutil.ignore_patterns("__pycache__"))
        _prepare(package)
        tests = [file for path in options.tests for file in _files(path.resolve(), "test_*.py")]
        costs: dict[Path, float] = {}
        for test in tests:
            noticed, costs[test] = _tried(test, None)
            if noticed:
                sys.exit(f"{test}: fails as things are")
        seconds = sum(costs.values())
        print(f"{len(drawn)} of {len(every)} mistakes; tests of {seconds:.1f} processor seconds")
        killed = Counter()
        for number, (file, one) in enumerate(drawn, 1):
            noticed = _under_tests(file, one, package, costs)
            killed[file, noticed] += 1
            if not noticed:
                print(f"  alive: {file.relative_to(ROOT)}:{one.line}: {_difference(one)}")
            if number % 50 == 0:
                print(f"  after {number}: {_share(killed)}", flush=True)
    for file in files:
        of_file = Counter({key: count for key, count in killed.items() if key[0] == file})
        if of_file:
            print(f"{file.relative_to(ROOT)}: {_share(of_file)}")
    print(f"noticed: {_share(killed)}")


def _files(path: Path, pattern: str) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob(pattern))


def _share(killed: Counter) -> str:
    noticed = sum(count for (_, seen), count in killed.items() if seen)
    return f"{noticed} of {killed.total()}, {noticed / killed.total():.1%}"


def _prepare(package: Path) -> None:
    """Let this process and its children find the copy of the package, and load the rest once."""
    os.environ |= {
        "PYTHONPATH": str(package),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # a second for each mistake
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(package))
    os.chdir(ROOT)
    for name in LOADED_ONCE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _under_tests(file: Path, one: Mutation, package: Path, costs: dict[Path, float]) -> bool:
    """Whether a mistake is noticed; cheap tests and those named like its file are asked first."""
    copy = package / file.relative_to(ROOT / "src")
    whole = copy.read_text()
    copy.write_text(one.code)
    try:
        order = sorted(costs, key=lambda test: costs[test] * (0.2 if file.stem in test.stem else 1))
        limits = {test: max(LEAST_PATIENCE, round(PATIENCE * costs[test])) for test in order}
        return any(_tried(test, limits[test])[0] for test in order)
    finally:
        copy.write_text(whole)


def _tried(test: Path, limit: int | None) -> tuple[bool, float]:
    """Whether a file of tests fails or does not come to an end, and its processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.setsid()
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        import pytest

        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", str(test)]) != 0)
    status = _waited(child)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return status != 0, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _waited(child: int) -> int:
    """Status of a child, which is ended with all that it started."""
    until = time.monotonic() + WAITING
    status = None
    while status is None and time.monotonic() < until:
        done, code = os.waitpid(child, os.WNOHANG)
        status = code if done else None
        if not done:
            time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] if status is None else status


def _difference(one: Mutation) -> str:
    """What a mistake changes, in its first line that differs."""
    pairs = zip(one.before.splitlines(), one.after.splitlines(), strict=False)
    before, after = next((pair for pair in pairs if pair[0] != pair[1]), (one.before, "nothing"))
    return f"{before.strip()[:90]}  ->  {after.strip()[:90]}"


if __name__ == "__main__":
    main()
