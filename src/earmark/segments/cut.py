"""Cut passages out of a file's sound, each into a file of its own.

A lossy codec's packets are copied as they are, so nothing is lost and a clip begins and ends at a
packet (10 to 30 ms); a lossless one is encoded again, sample by sample the same. Where a container
cannot take the packets the sound is encoded anew in its own codec.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

from earmark.atomic import atomic_path
from earmark.errors import MediaError, OutputError
from earmark.media.encoder import (
    Sound,
    add_encoder,
    frame_of,
    lossless,
    samples_of,
    sound_of,
)
from earmark.media.opened import audio_stream, decoded, opened, start_of, suffix_of
from earmark.segments.find import Found

SOUND_ONLY = {".mp4": ".m4a", ".m4v": ".m4a", ".mov": ".m4a", ".3gp": ".m4a", ".mkv": ".mka"}
SOUND_OF = {"mp3": ".mp3", "aac": ".m4a", "pcm_s16le": ".wav"}  # for suffixes of pictures alone


def clip_name(path: str | os.PathLike, start: float) -> str:
    """A clip's file name: its source's, and where it starts, as ``song-00-01-23.500.mp3``."""
    whole = round(max(start, 0.0) * 1000)
    clock = f"{whole // 3600000:02d}-{whole // 60000 % 60:02d}-{whole // 1000 % 60:02d}"
    return f"{Path(path).stem}-{clock}.{whole % 1000:03d}"


def cut(found: Found, folder: Path, stream: int = 0) -> Iterator[Path]:
    """Write each passage of a file as a clip in a folder; the path of each as it is done.

    Raises
    ------
    MediaError
        The file's sound cannot be cut.
    OutputError
        A clip cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
    for event in found.events:
        with opened(found.file) as container:
            sound = sound_of(audio_stream(container, found.file, stream), found.file)
        suffix = suffix_of(found.file)
        suffix = SOUND_ONLY.get(suffix, suffix)
        if suffix in (".avi", ""):
            suffix = SOUND_OF.get(sound.codec, ".mka")
        path = folder / f"{clip_name(found.file, event.start)}{suffix}"
        if path.exists() and os.path.samefile(path, found.file):
            raise OutputError(f"{path}: is the very file to cut from")
        _cut(found.file, stream, sound, event.start, event.end, path)
        yield path


def _cut(file: str, stream: int, sound: Sound, start: float, end: float, path: Path) -> None:
    import av

    ways = [_encoded] if lossless(sound.codec) else [_copied, _encoded]
    with atomic_path(path) as part:
        for way in ways:
            try:
                way(file, stream, sound, start, end, part)
                break
            except (av.error.FFmpegError, ValueError) as error:
                if isinstance(error, OSError) and error.errno in (2, 13, 28):
                    raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
                if way is ways[-1]:
                    raise MediaError(
                        f"{file}: a clip of its sound cannot be written as {path.suffix} ({error})"
                    ) from error


def _seek(container, audio, start: float) -> None:
    with suppress(Exception):
        # A little before: decoders need a packet or two to get going.
        container.seek(int((start - 0.3) * 1e6), backward=True)


def _copied(file: str, stream: int, sound: Sound, start: float, end: float, part: Path) -> None:
    import av

    with opened(file) as container, av.open(f"file:{part}", "w") as out:
        audio = audio_stream(container, file, stream)
        base = start_of(container)
        target = out.add_stream_from_template(audio)
        _describe(container, out)
        _seek(container, audio, start + base)
        first = None
        for packet in container.demux(audio):
            if packet.pts is None:
                continue
            at = float(packet.pts * packet.time_base) - base
            if at + float((packet.duration or 0) * packet.time_base) <= start:
                continue
            if at >= end:
                break
            first = packet.pts if first is None else first
            packet.pts -= first
            packet.dts = packet.pts
            packet.stream = target
            out.mux(packet)
        if first is None:
            raise ValueError("no packet lies there")


def _encoded(file: str, stream: int, sound: Sound, start: float, end: float, part: Path) -> None:
    import av

    with opened(file) as container, av.open(f"file:{part}", "w") as out:
        audio = audio_stream(container, file, stream)
        base = start_of(container)
        target = add_encoder(out, sound, file)
        _describe(container, out)
        _seek(container, audio, start + base)
        count = 0
        for frame in decoded(container, audio, file):
            at = float(frame.time or 0) - base
            first = max(0, round((start - at) * frame.sample_rate))
            last = min(frame.samples, round((end - at) * frame.sample_rate))
            if last <= 0:
                break
            if first >= last:
                continue
            piece = frame_of(samples_of(frame)[:, first:last], frame)
            piece.pts, piece.time_base = count, Fraction(1, frame.sample_rate)
            count += last - first
            out.mux(target.encode(piece))
        out.mux(target.encode(None))


def _describe(container, out) -> None:
    """A clip has its file's own tags."""
    for name, value in container.metadata.items():
        if name.lower() not in ("encoder", "major_brand", "minor_version", "compatible_brands"):
            out.metadata[name] = value
