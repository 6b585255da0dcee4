"""Sounds that stand one after the other in one file: the links of a chained Ogg, joined FLACs.

FFmpeg carries on into the next link only where its codec, channels and rate stay the same.
"""

import io
from collections.abc import Iterator

from earmark.sound.choose import Source
from earmark.sound.headers import head_and_size, ogg_links, zeros_from
from earmark.sound.samples import Samples
from earmark.sound.views import View


def links(source: Source) -> Iterator[Source]:
    """The sound itself, or each link of a chain as a file of its own."""
    starts: list[int] = []
    stop = None
    if isinstance(source, Samples):
        yield source
        return
    head, _ = head_and_size(source)
    if head.startswith(b"OggS"):
        starts, stop = ogg_links(source), zeros_from(source)
    if len(starts) < 2 and stop is None:
        yield source
        return
    starts = starts or [0]
    for start, end in zip(starts, [*starts[1:], stop], strict=True):
        with io.BufferedReader(View(source, start, end)) as link:
            yield link
