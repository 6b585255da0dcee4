"""Train and measure every row of the comparison; a stopped run goes on with what is missing.

Run ``OMP_NUM_THREADS=1 python -m workshop.comparison.run --corpus CORPUS --teachers TEACHERS``
after the tracks are made (docs/training.md). Each training adds a line to ``records.jsonl``;
``page.py`` makes docs/comparison.md of them. Several processes may run at a time, each with rows
of its own (``--only``): what is missing is looked up once, at the start.
"""

import argparse
from dataclasses import asdict

import torch

from workshop.comparison.data import open_ears
from workshop.comparison.learn import learned
from workshop.comparison.records import add_record, read_records
from workshop.comparison.rows import Row, all_rows


def missing(rows: list[Row], seeds: int) -> list[tuple[Row, int]]:
    """Rows and seeds that no record has, all rows' first seeds before the second ones."""
    known = {(record["table"], record["name"], record["seed"]) for record in read_records()}
    pairs = [(row, seed) for seed in range(seeds) for row in rows if seed < row.seeds]
    return [(row, seed) for row, seed in pairs if (row.table, row.name, seed) not in known]


def main() -> None:
    """Train what is missing."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--only", nargs="*", help="tables, or rows by name [all]")
    parser.add_argument("--seeds", type=int, default=3, help="at most")
    ears, options = open_ears(parser), parser.parse_args()
    torch.set_num_threads(1)
    only = options.only
    rows = [row for row in all_rows() if not only or {row.table, row.name} & set(only)]
    for row, seed in missing(rows, options.seeds):
        clips = ears.clips(row.recipe)
        network, seen, minutes = learned(row, clips, seed)
        record = {
            "table": row.table,
            "name": row.name,
            "seed": seed,
            "clips": seen,
            "minutes": round(minutes, 2),
            "front_end": asdict(row.recipe.front_end),
            "frames": row.recipe.data.frames,
            **ears.judge(network, clips.mels, row.recipe.data.frames),
        }
        add_record(record)
        facts = f"{minutes:.1f} min  agreement {record['agreement']:.3f}"
        print(f"{row.table}: {row.name}, seed {seed}  {facts}", flush=True)


if __name__ == "__main__":
    main()
