"""What "no piano" can learn from "piano": the one is little said, the other well known.

Few listeners say that something is missing, so a network hears "no piano" badly. In log-odds, a
part of the tag it denies is taken off its own score; both come from one linear layer, so the result
is one too.
"""

import torch
from torch import nn

from earmark.vocabulary import Vocabulary

DENIES = "no "
SHARE = 0.5


def denied(vocabulary: Vocabulary) -> dict[str, str]:
    """Each tag that denies another, and that one: 'no piano' -> 'piano'."""
    pairs = {tag: tag.removeprefix(DENIES) for tag in vocabulary if tag.startswith(DENIES)}
    return {tag: other for tag, other in pairs.items() if other in vocabulary}


@torch.no_grad()
def heed_complements(head: nn.Linear, vocabulary: Vocabulary, share: float = SHARE) -> None:
    """Change a last layer so that tags which deny others heed them.

    Parameters
    ----------
    head : nn.Linear, an output a tag
    vocabulary : Vocabulary, of the outputs
    share : float >= 0
        Part of the denied tag's log-odds, without its bias (which tells how common it is, not
        whether it is there), that is taken off.
    """
    before = head.weight.clone()
    for tag, other in denied(vocabulary).items():
        head.weight[vocabulary.index(tag)] -= share * before[vocabulary.index(other)]
