"""The options of benchmarks that need a labelled corpus: where it and what was made of it lie."""

import argparse
from pathlib import Path


def corpus_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with ``--corpus``, ``--teachers``, ``--cache`` and ``--tracks``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"))
    parser.add_argument("--tracks", type=Path, default=Path("runs/tracks"))
    return parser
