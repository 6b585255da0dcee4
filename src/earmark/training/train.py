"""Train the shipped models: ``python -m earmark.training.train default --corpus ...``.

``cnn3`` needs only the corpus; ``default`` needs windows made by :mod:`earmark.training.windows`
first. The result is ``weights.safetensors`` in the run folder, for
:mod:`earmark.training.export`.
"""

import argparse
import os
from pathlib import Path

from safetensors.torch import save_file

from earmark.training.clips import train_cnn3
from earmark.training.corpus import load_corpus
from earmark.training.distillation import train_default
from earmark.training.teachers import Teachers

EPOCHS = {"default": 18, "cnn3": 12}


def main() -> None:
    """Train a model and keep its weights in the run folder; a stopped run goes on."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", choices=sorted(EPOCHS))
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with the teachers")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--windows", type=Path, default=Path("runs/windows"))
    parser.add_argument("-o", "--out", type=Path, help="run folder [runs/MODEL]")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.out or Path("runs") / options.model
    epochs = options.epochs or EPOCHS[options.model]
    corpus = load_corpus(options.corpus, options.cache, os.cpu_count() or 1)
    soft = options.corpus / "soft_targets.npz"
    if options.model == "cnn3":
        network = train_cnn3(corpus, soft, options.cache, folder, epochs, options.seed)
    else:
        teachers = Teachers(options.teachers)
        network = train_default(
            corpus, teachers, options.windows, soft, folder, epochs, options.seed
        )
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, folder / "weights.safetensors")
    print(f"{folder / 'weights.safetensors'} written")


if __name__ == "__main__":
    main()
