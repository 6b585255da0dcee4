"""How well a student says what the model it follows says: of windows that it learned, and others.

Run ``python -m workshop.studies.echo RECIPE RUN --corpus CORPUS --heard HEARD``. Agreement is the
correlation over windows with the model's scores, the mean of the top 50 tags and of all; the
embedding's share is what it tells of the variance of the model's.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from earmark.training.loop.checkpoint import load_weights
from earmark.training.networks.make import make_network
from earmark.training.songs.validation import AT_ONCE
from earmark.vocabulary import official_vocabulary
from workshop.corpus import load_corpus
from workshop.follower import EchoJudge
from workshop.heard import DRAWN, OWN, load_heard
from workshop.labelled import Arrays
from workshop.recipes import workshop_recipe


@torch.no_grad()
def embedding_share(network: torch.nn.Module, windows: Arrays) -> float:
    """Share of the variance of the model's embedding that the student's tells."""
    said, own = windows["embedding"].astype(np.float32), []
    for first in range(0, len(said), AT_ONCE):
        mel = torch.from_numpy(windows["mel"][first : first + AT_ONCE].astype(np.float32))
        own.append(network(mel)[1].numpy())
    return 1 - float(((np.concatenate(own) - said) ** 2).mean() / said.var(0).mean())


def main() -> None:
    """Print a row for each kind of windows, as many of each."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("recipe", help="of the student")
    parser.add_argument("run", type=Path, help="its run folder")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with corpus.csv")
    parser.add_argument("--cache", type=Path, default=Path("runs/corpus"), help="decoded sound")
    parser.add_argument("--heard", type=Path, default=Path("runs/heard"))
    options = parser.parse_args()
    recipe, corpus = workshop_recipe(options.recipe), load_corpus(options.corpus, options.cache, 1)
    network = make_network(recipe, len(official_vocabulary()))
    load_weights(options.run, network)
    network.eval()
    own, drawn = (
        load_heard(options.heard, kind, corpus, recipe.front_end, recipe.data.frames)
        for kind in (OWN, DRAWN)
    )
    valid = (corpus.column("split") == "valid")[own["track"]]
    kinds = {
        "own, of valid tracks": (own, np.flatnonzero(valid)),
        "own, learned": (own, np.flatnonzero(~valid)),
        "drawn, learned": (drawn, np.arange(len(drawn["mel"]))),
    }
    most, rng = min(len(rows) for _, rows in kinds.values()), np.random.default_rng(0)
    print("| windows | agreement, top 50 | all tags | share of the embedding |\n|---|---|---|---|")
    for name, (windows, rows) in kinds.items():
        some = np.sort(rng.choice(rows, most, replace=False))
        part = {key: array[some] for key, array in windows.items()}
        found, share = EchoJudge(part)(network), embedding_share(network, part)
        cells = [found["agreement_top50"], found["agreement"], share]
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in cells)} |", flush=True)


if __name__ == "__main__":
    main()
