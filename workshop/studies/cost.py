"""What a network costs: its parameters, and its arithmetic for a second of sound.

Convolutions and matrix products count, those of recurrent nets included; what is done once a number
(normalisation, activations, pooling) does not. A multiplication and its addition are two
operations. Run ``python -m workshop.studies.cost RECIPE ...``; it prints a line for each recipe.
"""

import argparse
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from earmark.sound import FrontEnd
from earmark.training.networks.make import make_network
from earmark.vocabulary import official_vocabulary
from workshop.recipes import workshop_recipe, workshop_recipes


@dataclass(frozen=True)
class Cost:
    """What a network costs.

    Attributes
    ----------
    parameters : int >= 0, learned numbers
    flops : int >= 0, floating-point operations a window
    flops_per_second : float >= 0, of sound
    """

    parameters: int
    flops: int
    flops_per_second: float


@torch.no_grad()
def cost(network: nn.Module, front_end: FrontEnd, frames: int) -> Cost:
    """Count a network's parameters and what it does for one window.

    Parameters
    ----------
    network : nn.Module, on the processor; is left in the mode it has
    front_end : FrontEnd
    frames : int > 0, of a window
    """
    training = network.training
    with FlopCounterMode(display=False) as counter:
        network.eval()(torch.zeros(1, frames, front_end.bands))
    network.train(training)
    flops = counter.get_total_flops()
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Cost(parameters, flops, flops / front_end.seconds(frames))


def main() -> None:
    """Print what the networks of recipes cost."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("recipes", nargs="*", default=workshop_recipes(), metavar="RECIPE")
    for name in parser.parse_args().recipes:
        recipe = workshop_recipe(name)
        network = make_network(recipe, len(official_vocabulary()))
        found = cost(network, recipe.front_end, recipe.data.frames)
        print(
            f"{name:14}{recipe.architecture.name:12}{found.parameters / 1e6:6.2f} M parameters"
            f"{found.flops_per_second / 1e6:8.1f} MFLOP a second of sound"
        )


if __name__ == "__main__":
    main()
