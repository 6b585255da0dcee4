"""A model's card: all that the tagger must know of a model, and what people should.

A model is a folder with ``card.toml`` and ``model.onnx``. The card names the front end, the window,
each tag with its calibration and threshold, the sha-256 of the network, and tells what the weights
were trained on and what was measured. A network in 8 bits has the weights that training goes on
from beside it, in ``model.safetensors``.
"""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from earmark.errors import ModelError, VocabularyError
from earmark.sound.melspectrogram import FrontEnd
from earmark.vocabulary import Vocabulary, official_vocabulary

CARD = "card.toml"
NETWORK = "model.onnx"


@dataclass(frozen=True)
class Card:
    """What ``card.toml`` says.

    Attributes
    ----------
    folder : Path, where the model lies
    name : str
    summary : str, one line for a list of models
    front_end : FrontEnd
    window_frames : int > 0, log-mel frames that the network hears at once
    pooling_exponent : float > 0, of the power mean over windows; 1 where the card is silent
    vocabulary : Vocabulary, the model's tags in the order of its scores
    slopes, offsets : np.ndarray [shape=(tags,), float32], Platt scaling of each tag's score
    thresholds : np.ndarray [shape=(tags,), float32], calibrated score from which a tag is shown
    sha256 : dict of file name -> hex digest
    earlier : tuple of str, sha-256 of earlier network files that held the same weights
    details : dict, the whole card, with data, training and measurements
    """

    folder: Path
    name: str
    summary: str
    front_end: FrontEnd
    window_frames: int
    pooling_exponent: float
    vocabulary: Vocabulary
    slopes: np.ndarray
    offsets: np.ndarray
    thresholds: np.ndarray
    sha256: dict[str, str]
    earlier: tuple[str, ...]
    details: dict[str, Any]

    @property
    def window_seconds(self) -> float:
        """Seconds from one window to the next."""
        return self.front_end.seconds(self.window_frames)

    def is_of(self, sha256: str) -> bool:
        """Whether a network file with this sha-256 is this model's, now or in an earlier form."""
        return sha256 in (self.sha256.get(NETWORK), *self.earlier)

    def checked_bytes(self, name: str) -> bytes:
        """A file of the model, read whole; ModelError unless its sha-256 is the card's."""
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"model {self.name!r}: {path} cannot be read ({error.strerror})"
            ) from error
        if sha256(content).hexdigest() != self.sha256.get(name):
            raise ModelError(
                f"model {self.name!r}: {path} is damaged (its sha-256 is not the one in the card)"
            )
        return content


def load_card(folder: Path) -> Card:
    """Read the card of a model folder; ModelError with one sentence if it makes no sense."""
    path = folder / CARD
    try:
        details = tomllib.loads(path.read_text(encoding="utf-8"))
        tags = details["tag"]

        def column(name: str) -> np.ndarray:
            return np.array([tag[name] for tag in tags], dtype=np.float32)

        return Card(
            folder=folder,
            name=details["name"],
            summary=details["summary"],
            front_end=FrontEnd(**details["front_end"]),
            window_frames=int(details["window"]["frames"]),
            pooling_exponent=_positive(details.get("pooling", {}).get("exponent", 1)),
            vocabulary=official_vocabulary().ordered([tag["name"] for tag in tags]),
            slopes=column("slope"),
            offsets=column("offset"),
            thresholds=column("threshold"),
            sha256=details["sha256"],
            earlier=tuple(details.get("earlier_sha256", ())),
            details=details,
        )
    except OSError as error:
        reason = f"{CARD} cannot be read ({error.strerror})"
        raise ModelError(f"no model in {folder}: {reason}") from error
    except KeyError as error:
        raise ModelError(f"the card {path} lacks {error.args[0]!r}") from error
    except (ValueError, TypeError, VocabularyError) as error:
        raise ModelError(f"the card {path} makes no sense: {error}") from error


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError(f"the exponent of pooling must be over 0, not {value}")
    return float(value)
