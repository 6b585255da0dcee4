"""Three short pieces of music that come with Earmark, to try it on; nothing is loaded here.

`compose.py` is how they were made; README.md says what they are and what they are rendered with.
"""

from pathlib import Path

from earmark.errors import SoundError

EXAMPLES = ("piano", "strings", "band")
_HERE = Path(__file__).parent


def example_path(name: str) -> Path:
    """Path of one example, `piano`, `strings` or `band`: an Ogg Vorbis file of half a minute.

    Raises
    ------
    SoundError
        When there is no example of this name.
    """
    if name not in EXAMPLES:
        raise SoundError(f"There is no example {name!r}; there are {', '.join(EXAMPLES)}")
    return _HERE / f"{name}.ogg"


def example_paths() -> list[Path]:
    """Paths of all examples, in the order of :data:`EXAMPLES`."""
    return [example_path(name) for name in EXAMPLES]
