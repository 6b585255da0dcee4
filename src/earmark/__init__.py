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

    from earmark.sound.decode import Sound
    from earmark.tagging import Tagger, Tagging

__all__ = ["EarmarkError", "Tagger", "Tagging", "__version__", "tag"]
__version__ = "0.1.0"


def tag(sound: "Sound", model: "str | os.PathLike" = "default") -> "Tagging":
    """Tag one sound; for several, keep a :class:`Tagger`.

    Parameters
    ----------
    sound : path, bytes or binary file object
    model : str or path
        Name of a shipped model, or a model folder.

    Returns
    -------
    Tagging

    Raises
    ------
    EarmarkError
        One sentence naming the sound or model and the reason.
    """
    from earmark.tagging import Tagger

    return Tagger(model)(sound)


def __getattr__(name: str) -> Any:
    # numpy and ONNX Runtime load with the first use, so that `import earmark` is quick.
    if name in ("Tagger", "Tagging"):
        from earmark import tagging

        return getattr(tagging, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
