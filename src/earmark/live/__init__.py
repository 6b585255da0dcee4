"""What is playing now: a microphone, a stream from the net, standard input or a file, as it sounds.

In: a source. Out: events, that is which tags begin and end, how loud it is, and the state of the
source. The sound is decoded in a child process, which a watchdog replaces when the source hangs,
breaks off or sends what is no sound; a file and what is playing get the same scores.

>>> import earmark.live
>>> for event in earmark.live.listen("https://example.org/radio.mp3"):  # doctest: +SKIP
...     print(event.kind, event.tag, event.seconds)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from earmark.live.event import LiveEvent
    from earmark.live.listening import listen, listen_async
    from earmark.live.patience import Patience
    from earmark.live.source import Source

__all__ = ["LiveEvent", "Patience", "Source", "listen", "listen_async"]

_PLACES = {
    "LiveEvent": "event",
    "Patience": "patience",
    "Source": "source",
    "listen": "listening",
    "listen_async": "listening",
}


def __getattr__(name: str) -> Any:
    # numpy and all that hears load with the first use.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
