"""Open a sound with FFmpeg through PyAV, whichever of its releases is there."""

from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from av.container import InputContainer

ESCAPES = 19  # the release from which PyAV keeps what is no UTF-8 as surrogates, unasked


def av_open(source: str | BinaryIO, options: dict[str, str], **settings: Any) -> "InputContainer":
    """A container for reading. A field of it that is no UTF-8 is no reason to fail.

    Parameters
    ----------
    source : str or open binary file, an address as FFmpeg takes it (``file:NAME``), or what to read
    options : dict of str -> str, FFmpeg's own
    settings : others of ``av.open``

    Raises
    ------
    av.error.FFmpegError, UnicodeError, ValueError
        It cannot be opened.
    """
    import av

    if int(av.__version__.partition(".")[0]) < ESCAPES:
        settings["metadata_errors"] = "ignore"
    return cast("InputContainer", av.open(source, options=options, **settings))
