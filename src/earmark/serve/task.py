"""What a worker is asked, and what it answers: plain data that crosses between processes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """One sound to hear.

    Attributes
    ----------
    path : str, where it lies
    name : str, how answers and sentences call it
    model : str, name or folder of a model
    top : int or None, how many of all scores; None for the tags over their thresholds
    all : bool, whether all scores are listed
    timeline : bool
    hop : float or None, seconds from one row of the timeline to the next
    map : str or None, name of a genre map
    embedding : bool
    picture : bool, whether peaks and a log-mel picture are wanted too
    scores : bool, whether all scores are wanted beside the tags
    most_seconds : float, longest sound
    """

    path: str
    name: str
    model: str = "default"
    top: int | None = None
    all: bool = False
    timeline: bool = False
    hop: float | None = None
    map: str | None = None
    embedding: bool = False
    picture: bool = False
    scores: bool = False
    most_seconds: float = float("inf")


@dataclass(frozen=True)
class PreviewTask:
    """One sound to make an Opus of.

    Attributes
    ----------
    path, name, most_seconds : as in `Task`
    out : str, where it goes
    most_bytes : int, of it
    """

    path: str
    name: str
    out: str
    most_seconds: float
    most_bytes: int


@dataclass(frozen=True)
class Progress:
    """How far a worker is: seconds of sound heard."""

    seconds: float


@dataclass(frozen=True)
class Done:
    """The same record that the command writes as JSON; of a preview its seconds alone."""

    record: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """One sentence, and whether it is about the sound (else about the server)."""

    sentence: str
    about_sound: bool = True
