"""Which voice is heard in a moment: sung, rapped, spoken or none, from a row's embedding.

A network learns its tags from songs, and says of half a window in a song with rap what it would say
of the song. A model may have a small head beside it, taught on moments (docs/time.md), plain
numbers in ``voices.toml``: one line on the embedding tells, together with the network's own tags,
whether there is a voice, three tell which. In a timeline with a hop it decides the tags of voices;
the scores of songs, and of windows side by side, are the network's alone.
"""

import tomllib
from dataclasses import dataclass

import numpy as np

from earmark.errors import ModelError
from earmark.tagging.calibration import sigmoid
from earmark.tagging.events import THRESHOLD_SHARE
from earmark.tagging.smoothing import log_odds
from earmark.zoo.card import Card

VOICES = "voices.toml"
KINDS = ("singing", "rap", "speech", "none")
LINES = ("voice", *KINDS[:3])
NONE = 3
# Synonym groups -> the chances that add up to theirs; *voice* is one of those of *vocals*.
DECIDED = {"vocals": (0, 1, 2), "rap": (1,), "talking": (2,), "no vocals": (NONE,)}
# Whose voice or how it sings is the network's to say, but not more surely than that there is one.
BOUNDED = (
    "male vocals",
    "female vocals",
    "choir",
    "chant",
    "opera",
    "male opera",
    "female opera",
    "soprano",
    "duet",
)
ANY_VOICE = (0, 1, 2)
LEAST = 1e-6  # of a limit
SURE = 1e-6  # chances are kept this far from 0 and 1, where odds end


@dataclass(frozen=True)
class Head:
    """Logistic regression for a voice at all, and softmax regression for which.

    Attributes
    ----------
    voice : np.ndarray [shape=(d,), float32], weights on embeddings
    voice_offset : float
    kinds : np.ndarray [shape=(d, 3), float32], weights for singing, rap and speech
    kind_offsets : np.ndarray [shape=(3,), float32]
    own : float in [0, 1]
        Share of the network's own opinion in the log-odds of a voice; that of the line is the rest.
    """

    voice: np.ndarray
    voice_offset: float
    kinds: np.ndarray
    kind_offsets: np.ndarray
    own: float = 0.0

    def chances(self, embeddings: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Chances of each of ``KINDS`` [shape=(n, 4), float32], which sum to 1.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(n, d), float32]
        own : np.ndarray [shape=(n,)], log-odds of a voice by the network's own tags
        """
        line = embeddings @ self.voice + np.float32(self.voice_offset)
        voice = sigmoid((1 - self.own) * line + self.own * own).astype(np.float32)
        lines = embeddings @ self.kinds + self.kind_offsets
        powers = np.exp(lines - lines.max(axis=1, keepdims=True))
        which = powers / powers.sum(axis=1, keepdims=True)
        return np.concatenate([voice[:, None] * which, 1 - voice[:, None]], axis=1)


class Voices:
    """The tags of voices in the rows of a timeline.

    A tag that the head decides gets the score whose strength in an expression is the chance: with a
    chance of a half it just holds, from 65 % on it is shown.

    Parameters
    ----------
    card : Card, of the model
    head : Head
    """

    def __init__(self, card: Card, head: Head) -> None:
        self._name, self._head = card.name, head
        groups = [card.vocabulary.group(name) for name in card.vocabulary.names]
        self._decided = [
            (places, list(kinds))
            for group, kinds in DECIDED.items()
            if (places := [place for place, own in enumerate(groups) if own == group])
        ]
        self._bounded = [place for place, group in enumerate(groups) if group in BOUNDED]
        voiced = {*BOUNDED, *(group for group, kinds in DECIDED.items() if kinds != (NONE,))}
        self._voiced = [place for place, group in enumerate(groups) if group in voiced]
        # Strength is s / (s + limit): a score at the limit has a strength of a half.
        self._limits = np.maximum(card.thresholds * np.float32(THRESHOLD_SHARE), np.float32(LEAST))

    def __call__(self, scores: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
        """Scores with those of voices as the head hears them.

        Parameters
        ----------
        scores : np.ndarray [shape=(n, tags), float32, in [0, 1]], calibrated
        embeddings : np.ndarray [shape=(n, d), float32], of the same windows

        Returns
        -------
        np.ndarray [shape=(n, tags), float32, in [0, 1]]

        Raises
        ------
        ModelError
            The head is made for other embeddings.
        """
        chances = self.chances(scores, embeddings)
        result = scores.copy()
        for places, kinds in self._decided:
            result[:, places] = self._scores(chances[:, kinds], places)
        most = self._scores(chances[:, list(ANY_VOICE)], self._bounded)
        result[:, self._bounded] = np.minimum(result[:, self._bounded], most)
        return result

    def chances(self, scores: np.ndarray, embeddings: np.ndarray) -> np.ndarray:
        """Chances of each of ``KINDS`` [shape=(n, 4), float32]; parameters as of a call."""
        if embeddings.shape[1] != len(self._head.voice):
            raise ModelError(
                f"model {self._name!r}: its {VOICES} is for embeddings of "
                f"{len(self._head.voice)} numbers, not {embeddings.shape[1]}"
            )
        own = scores[:, self._voiced]
        strengths = own / (own + self._limits[self._voiced])
        return self._head.chances(embeddings, log_odds(strengths.max(axis=1, initial=0)))

    def _scores(self, chances: np.ndarray, places: list[int]) -> np.ndarray:
        """Scores [shape=(n, places)] with the strength of the sum of chances [shape=(n, kinds)]."""
        chance = np.clip(chances.sum(axis=1, keepdims=True), SURE, 1 - SURE)
        scores: np.ndarray = np.minimum(self._limits[places] * chance / (1 - chance), 1)
        return scores


def find_voices(card: Card) -> Voices | None:
    """The voices of a model; None where it has no head for them.

    Raises
    ------
    ModelError
        The file is missing, damaged or makes no sense; one sentence.
    """
    if VOICES not in card.sha256:
        return None
    content = card.checked_bytes(VOICES)
    try:
        details = tomllib.loads(content.decode("utf-8"))
        lines = [details["line"][name] for name in LINES]
        weights = np.array([line["weights"] for line in lines], np.float32).T
        offsets = np.array([line["offset"] for line in lines], np.float32)
        own = float(lines[0]["own"])
    except (KeyError, TypeError, ValueError) as error:
        reason = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ModelError(f"model {card.name!r}: its {VOICES} makes no sense ({reason})") from error
    if weights.ndim != 2 or not (np.isfinite(weights).all() and np.isfinite(offsets).all()):
        raise ModelError(f"model {card.name!r}: its {VOICES} makes no sense (not lines of numbers)")
    return Voices(card, Head(weights[:, 0], offsets[0], weights[:, 1:], offsets[1:], own))
