"""Write the networks of shipped models again, with the same weights, as the exporter now does.

Run ``python -m workshop.rewrite [MODEL ...]`` after the exporter has changed. Of the card only the
sha-256 and the size change; it remembers the sha-256 that it had, so that what an earlier file has
heard counts as heard by this one. That holds only while no song's score changes, so a model whose
scores of the example songs move by more than a millionth stays as it is.
"""

import argparse
from pathlib import Path

import numpy as np

from earmark.errors import TrainingError
from earmark.examples import example_paths
from earmark.tagging import Tagger
from earmark.training.export.model_folder import digest, write_card, write_network
from earmark.training.export.publish import new_model
from earmark.training.loop.start import trained_weights
from earmark.training.networks.make import make_network
from earmark.zoo import find_model, model_names
from earmark.zoo.card import NETWORK
from workshop.recipes import workshop_recipe

LARGEST = 1e-6  # difference of a song's calibrated score


def rewrite(folder: Path, name: str) -> float:
    """Write a model folder's network again and return by how much scores move.

    Parameters
    ----------
    folder : Path, of a model in float32
    name : str, of the recipe that made it

    Raises
    ------
    TrainingError
        Scores would move by more than :data:`LARGEST`; the folder is as it was.
    """
    card = find_model(folder)
    network = make_network(workshop_recipe(name), len(card.vocabulary))
    network.load_state_dict(trained_weights(str(folder)))
    with new_model(folder) as part:
        write_network(network, card.front_end, card.window_frames, part)
        details = {**card.details, "sha256": {NETWORK: digest(part / NETWORK)}}
        if details["sha256"][NETWORK] != card.sha256[NETWORK]:
            details["earlier_sha256"] = [*card.earlier, card.sha256[NETWORK]]
        details["measured"]["megabytes"] = round((part / NETWORK).stat().st_size / 1e6, 2)
        write_card(part, details)
        before, after = Tagger(folder), Tagger(part)
        moved = max(
            float(np.abs(before(song).scores - after(song).scores).max())
            for song in example_paths()
        )
        if not moved <= LARGEST:
            raise TrainingError(f"{folder}: scores would move by {moved:.2g}")
    return moved


def main() -> None:
    """Write the networks of shipped models again."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("models", nargs="*", default=model_names(), metavar="MODEL")
    for name in parser.parse_args().models:
        moved = rewrite(find_model(name).folder, name)
        print(f"{name}: scores of the example songs moved by {moved:.1g}", flush=True)


if __name__ == "__main__":
    main()
