"""What a summary of predictions holds, as types; :meth:`Summary.to_dict` is the same for JSON."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class TopKRates:
    """How often a song's tags are among its highest scores.

    Attributes
    ----------
    k : int, how many of the highest scores
    songs, untagged : int, songs that count, and those without a tag that the model knows
    success : dict of str -> float
        Share of its tags that a song has there, as "0.8" -> share of the songs; NaN without songs.
    """

    k: int
    songs: int
    untagged: int
    success: dict[str, float]


@dataclass(frozen=True)
class Rates:
    """Precision, recall and F1, each in [0, 1] or NaN."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class SeenTags:
    """What people see: tags a song, and the share of them that is right."""

    tags_per_song: float
    precision: float


@dataclass(frozen=True)
class Contradictions:
    """Songs in which tags are shown that contradict each other, and pairs of groups with theirs."""

    songs: int
    pairs: list[list[Any]]


@dataclass(frozen=True)
class Shown:
    """How good the tags are that the model shows.

    Attributes
    ----------
    by : str, what shows a tag
    tags_per_song : float
    macro, micro : Rates, the mean of tags, and all tags as one
    seen : SeenTags or None, where thresholds show
    contradictions : Contradictions, that people do not see
    """

    by: str
    tags_per_song: float
    macro: Rates
    micro: Rates
    seen: SeenTags | None
    contradictions: Contradictions


@dataclass(frozen=True)
class Honesty:
    """Expected calibration error, Brier score, and whether against "labels" or "shares"."""

    error: float
    brier: float
    against: str


@dataclass(frozen=True)
class TagMeasures:
    """What is measured of one tag: its songs with and without it, areas, and what is shown."""

    positives: int
    negatives: int
    roc_auc: float
    pr_auc: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Summary:
    """Everything that a predictions file tells about a model.

    Attributes
    ----------
    songs, tags : int, of tags those that count
    roc_auc, pr_auc : float, macro means
    roc_auc_ci, pr_auc_ci : [low, high], their intervals
    roc_auc_weighted, pr_auc_weighted : float, by positives
    per_clip : dict, both over the tags of each song
    measures : dict of str -> float, those of :data:`earmark.evaluation.summary.MEASURES`
    top_k : TopKRates
    shown : Shown
    missed : dict
        The tags missed most often among the highest scores, and what is heard instead.
    calibration : Honesty or None, where scores are no chances
    per_tag : dict of str -> TagMeasures, of the tags that count
    too_few : list of str, those that do not
    model, data : str, as the predictions name them
    """

    songs: int
    tags: int
    roc_auc: float
    roc_auc_ci: list[float]
    pr_auc: float
    pr_auc_ci: list[float]
    roc_auc_weighted: float
    pr_auc_weighted: float
    per_clip: dict[str, float]
    measures: dict[str, float]
    top_k: TopKRates
    shown: Shown
    missed: dict[str, dict[str, Any]]
    calibration: Honesty | None
    per_tag: dict[str, TagMeasures]
    too_few: list[str]
    model: str
    data: str

    def to_dict(self) -> dict[str, Any]:
        """Plain types, each of the measures under its own name."""
        found: dict[str, Any] = {}
        for name, value in asdict(self).items():
            found |= value if name == "measures" else {name: value}
        return found
