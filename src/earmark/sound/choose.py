"""Which reader comes first for a sound, by what its data are and by what each reader gets wrong.

libsndfile first: wav, aiff, au, caf and w64 of plain samples, flac, and mp3 whose header agrees
with the file. It reads an mp3 no further than an estimated length otherwise, takes DTS or AC-3
that a wav carries as samples for noise, mp3 within wav for shorter than it is, and the end of a
flac without a length for damage.

FFmpeg first: everything else. It takes a big-endian wav (RIFX) for noise, so that is never its
own, and it does not know MATLAB, HTK, XI, MPC 2000 and free-format mp3, where libsndfile follows.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from earmark.sound.av_reader import AvReader
from earmark.sound.chunks import SIMPLE, Layout, holds_coded_sound, layout
from earmark.sound.headers import flac_has_length, head_and_size, xing_bytes
from earmark.sound.reader import Reader
from earmark.sound.samples import Samples, SamplesReader
from earmark.sound.soundfile_reader import SoundfileReader
from earmark.sound.views import View

Source = Path | BinaryIO | Samples
Opener = Callable[[], Reader]
Readers = list[Opener]


def readers(source: Source) -> tuple[Readers, Layout | None]:
    """Readers to try in turn, each a callable that opens the sound; and where its samples lie.

    A later one is for what an earlier cannot open, or where it stopped too early.
    """
    if isinstance(source, Samples):
        return [partial(SamplesReader, source)], None
    head, size = head_and_size(source)
    found = layout(source, head)
    by_soundfile = partial(SoundfileReader, source, found)
    by_av = partial(AvReader, source)
    if found:
        return _of_layout(source, found, by_soundfile, by_av), found
    if head.startswith(b"fLaC"):
        return [by_soundfile, by_av] if flac_has_length(head) else [by_av, by_soundfile], None
    promised = xing_bytes(head)
    if promised and abs(promised - size) <= 0.01 * promised and not head.startswith(b"OggS"):
        return [by_soundfile, by_av], None
    return [by_av, by_soundfile], None


def _of_layout(
    source: Path | BinaryIO, found: Layout, by_soundfile: Opener, by_av: Opener
) -> Readers:
    if found.kind == "rifx":
        return [by_soundfile]
    if holds_coded_sound(source, found):
        return [by_av]
    if found.stale and found.tag in SIMPLE:
        mended = partial(_mended, source, found)
        return [by_soundfile, mended]
    if found.tag in SIMPLE:
        return [by_soundfile, by_av]
    return [by_av, by_soundfile]


def _mended(source: Path | BinaryIO, found: Layout) -> AvReader:
    return AvReader(cast(BinaryIO, View(source, end=found.end, patches=found.patches)))
