"""A larger model as one more teacher of a smaller one.

That is what Hinton et al. 2015 call *Distilling the knowledge in a neural network*.

In: windows with what they are taught, the model. Out: the same with the model's scores blended in,
each as sure as a person's word. It hears the very log-mel that the smaller one does, so this costs
one pass over the windows.
"""

import numpy as np

from earmark.errors import TrainingError
from earmark.tagging.network import Network
from earmark.training.songs.validation import AT_ONCE
from earmark.vocabulary import official_vocabulary
from earmark.zoo import find_model
from workshop.labelled import EMPTY_ROOM, Arrays
from workshop.targets import blend
from workshop.windows import FRAMES, FRONT_END


def imitating(data: Arrays, model: str) -> Arrays:
    """Windows that teach a model's scores, too; where nothing sounds it is not asked.

    Parameters
    ----------
    data : dict as from :func:`workshop.labelled.taught_windows`
    model : str, name or folder

    Returns
    -------
    dict, the same with other ``target`` and ``weight``

    Raises
    ------
    TrainingError
        The model hears other windows or names other tags.
    ModelError
        There is no such model, or it is damaged.
    """
    card = find_model(model)
    if (card.front_end, card.window_frames) != (FRONT_END, FRAMES):
        raise TrainingError(f"{model}: hears other windows than {FRAMES} frames of {FRONT_END}")
    if card.vocabulary.names != official_vocabulary().names:
        raise TrainingError(f"{model}: its tags are not those of MagnaTagATune")
    network, mels = Network(card), data["mel"]
    said = [
        network(mels[first : first + AT_ONCE].astype(np.float32))[0]
        for first in range(0, len(mels), AT_ONCE)
    ]
    scores = np.concatenate(said)
    scores[mels.max((1, 2)) <= EMPTY_ROOM] = np.nan
    target, weight = (data[name].astype(np.float32) for name in ("target", "weight"))
    target, weight = blend(target, weight, scores)
    return data | {"target": target.astype(np.float16), "weight": weight.astype(np.float16)}
