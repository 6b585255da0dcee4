"""What may be listened to, and what people type for it."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from earmark.errors import LiveError
from earmark.sound.rates import checked_rate

DEVICE, FILE, PIPE, URL = "device", "file", "pipe", "url"
MICROPHONE = "mic"
MOST_CHANNELS = 64


@dataclass(frozen=True)
class Source:
    """What to listen to.

    Attributes
    ----------
    kind : str, "device", "file", "pipe" or "url"
    place : str, device's number or name ("" for the usual one), path, or address
    rate, channels : int or None
        Of raw samples in a pipe, 16 bits each, the lower byte first; what a device shall give.
    realtime : bool, whether sound comes no faster than it plays
    """

    kind: str
    place: str = ""
    rate: int | None = None
    channels: int | None = None
    realtime: bool = True

    @property
    def name(self) -> str:
        """How sentences call it; no password is shown."""
        if self.kind == DEVICE:
            return f"device {self.place}" if self.place else "microphone"
        if self.kind == PIPE:
            return "standard input"
        if self.kind == URL:
            parts = urlsplit(self.place)
            return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        return self.place

    @property
    def is_playlist(self) -> bool:
        """Whether sound comes in pieces that a list names."""
        return self.kind == URL and urlsplit(self.place).path.lower().endswith((".m3u8", ".m3u"))

    @property
    def comes_back(self) -> bool:
        """Whether it can be opened anew when it broke off."""
        return self.kind in (DEVICE, URL)


def source_of(
    text: str | os.PathLike,
    rate: int | None = None,
    channels: int | None = None,
    realtime: bool | None = None,
) -> Source:
    """The source that a text names.

    Parameters
    ----------
    text : str or path
        ``mic``, ``device:NUMBER`` or ``device:NAME``, ``-`` for standard input, an address that
        begins with http:// or https://, or a path.
    rate, channels : int or None, of raw samples on standard input, or of a device
    realtime : bool or None
        Whether sound comes no faster than it plays; None for addresses, not for files and pipes.

    Raises
    ------
    LiveError
        There is no such source; one sentence.
    """
    text = os.fspath(text)
    _require(rate, channels)
    if text == MICROPHONE or text.startswith("device:"):
        return Source(DEVICE, text.partition(":")[2], rate, channels)
    if text == "-":
        if channels is not None and rate is None:
            raise LiveError("standard input: raw samples need --rate, too")
        return Source(PIPE, "", rate, channels or (1 if rate else None), bool(realtime))
    scheme, mark, _ = text.partition("://")
    if mark and not os.path.exists(text):
        return Source(URL, _address(text, scheme), realtime=realtime is not False)
    if rate is not None or channels is not None:
        raise LiveError(f"{text}: has its own rate and channels; they are for raw samples")
    if not os.path.exists(text):
        raise LiveError(f"{text}: no such file, device or address")
    if os.path.isdir(text):
        raise LiveError(f"{text}: is a folder, not a sound")
    return Source(FILE, text, realtime=bool(realtime))


def _require(rate: int | None, channels: int | None) -> None:
    if rate is not None:
        try:
            checked_rate(rate)
        except ValueError as error:
            raise LiveError(f"raw samples cannot have {error}") from None
    if channels is not None and not 1 <= channels <= MOST_CHANNELS:
        raise LiveError(f"raw samples have 1 to {MOST_CHANNELS} channels, not {channels}")


def _address(text: str, scheme: str) -> str:
    if scheme.lower() not in ("http", "https"):
        raise LiveError(f"{text}: only addresses with http:// or https:// can be listened to")
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    if not host or any(c.isspace() for c in text):
        raise LiveError(f"{text}: is no address")
    return text
