"""Earmark listens to music and writes down what it hears.

>>> import earmark
>>> earmark.tag("song.mp3").tags()  # doctest: +SKIP
{'rock': 0.61, 'guitar': 0.55, 'drums': 0.41}

The promise is what this module names: :func:`tag`, :class:`Tagger`, :class:`Tagging`,
:class:`EarmarkError` and ``__version__``. Everything else may move.
"""

from typing import TYPE_CHECKING, Any

from earmark.errors import EarmarkError

if TYPE_CHECKING:
    import os

    from earmark.tagging import Tagger, Tagging

__all__ = ["EarmarkError", "Tagger", "Tagging", "__version__", "tag"]
__version__ = "0.1.0"


def tag(
    sound: Any,
    model: "str | os.PathLike[str]" = "default",
    *,
    sample_rate: int | None = None,
    hop: float | None = None,
) -> "Tagging":
    """Tag one sound; for several, keep a :class:`Tagger`.

    Parameters
    ----------
    sound : path, bytes, binary file object, or samples
        Samples are an array, list or tensor [shape=(n,), (n, channels) or (channels, n)] and need
        their `sample_rate`.
    model : str or path
        Name of a shipped model, or a model folder.
    sample_rate : int > 0, in Hz
        Only for samples.
    hop : float or None
        Seconds from one row of the timeline to the next; None for windows side by side.

    Returns
    -------
    Tagging

    Raises
    ------
    EarmarkError
        One sentence naming the sound or model and the reason.
    """
    from earmark.tagging import Tagger

    return Tagger(model, hop=hop)(sound, sample_rate)


def __getattr__(name: str) -> Any:
    # numpy and ONNX Runtime load with the first use, so that `import earmark` is quick.
    if name in ("Tagger", "Tagging"):
        from earmark import tagging

        return getattr(tagging, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
