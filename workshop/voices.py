"""Which tracks of a corpus are a voice alone, and which are music without one: to be laid together.

In songs a voice is never without the same instruments, so a network may take these for the voice. A
voice alone over music that certainly has none parts the two.
"""

from dataclasses import dataclass

import numpy as np

from earmark.errors import TrainingError
from earmark.vocabulary import official_vocabulary
from workshop.corpus import Corpus

ALONE_KINDS = ("stem", "solo")
BED_KINDS = (*ALONE_KINDS, "music", "recording", "ai-generated")
VOICE_DB = (-8.0, 8.0)  # level of the voice against the music


@dataclass(frozen=True)
class Voices:
    """Chances of tracks to be drawn for a window with a voice over music.

    Attributes
    ----------
    beds : np.ndarray [shape=(files,), float64], sums to 1, of music in which nobody sings
    alone : np.ndarray [shape=(files,), float64], sums to 1, of voices that nothing accompanies
    share : float in [0, 1], of windows that are made so
    """

    beds: np.ndarray
    alone: np.ndarray
    share: float

    def draw(self, rng: np.random.Generator) -> tuple[int, int, float]:
        """Rows of the music and of the voice, and the voice's level against the music in dB."""
        bed, alone = (int(rng.choice(len(p), p=p)) for p in (self.beds, self.alone))
        return bed, alone, rng.uniform(*VOICE_DB)


def find_voices(corpus: Corpus, weights: np.ndarray, share: float) -> Voices:
    """The voices of a corpus and the music for them.

    Parameters
    ----------
    corpus : Corpus
    weights : np.ndarray [shape=(files,)], chance of each track to be drawn at all
    share : float in [0, 1]

    Raises
    ------
    TrainingError
        No track of the one or the other kind may be drawn.
    """
    index, labels = official_vocabulary().index, corpus.human_labels()
    kinds = corpus.column("kind")
    sings = (labels[:, index("vocals")] == 1) & np.isin(kinds, ALONE_KINDS)
    plays = (labels[:, index("no vocals")] == 1) & np.isin(kinds, BED_KINDS)
    alone, beds = weights * sings, weights * plays
    for kind, found in (("voice alone", alone), ("music without a voice", beds)):
        if not found.any():
            raise TrainingError(f"no training track of the corpus is labelled as {kind}")
    return Voices(beds / beds.sum(), alone / alone.sum(), share)
