"""Write a file anew: one audio stream goes through a gate, everything else is copied by packets.

Pictures, subtitles, chapters, attachments, other audio streams and tags stay as they are. The
chosen audio stream is encoded in its own codec, rate and channels, at about its bit rate; what lies
outside the passages goes through a lossless codec unchanged.
"""

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from earmark.atomic import atomic_path, require_other
from earmark.censor.plan import Plan
from earmark.censor.tags import copy_tags, has_own_tags
from earmark.censor.voice import Voice
from earmark.errors import MediaError, OutputError
from earmark.media.encoder import add_encoder, sound_of
from earmark.media.opened import audio_stream, opened, start_of, suffix_of
from earmark.media.vorbis import VorbisFile

COVER = 1024  # FFmpeg's disposition of a picture that is a cover


def rewritten(
    plan: Plan,
    output: str | os.PathLike,
    *,
    stream: int = 0,
    gain: float = 0.0,
    tone: bool = False,
    cut: bool = False,
) -> list[str]:
    """Write a plan's file with its passages silenced, or cut out; whole or not at all.

    A plan without passages copies the file as it is, where the container stays the same.

    Parameters
    ----------
    plan : Plan
    output : path, whose suffix says the container; not the file itself
    stream : int, which audio stream
    gain : float in [0, 1), what is left of the sound inside the passages
    tone : bool, whether a tone sounds instead
    cut : bool, whether the passages are left out and the file gets shorter

    Returns
    -------
    list of str
        Sentences about what could not be taken along.

    Raises
    ------
    MediaError
        The file cannot be used, or its container cannot hold what it should.
    OutputError
        The output cannot be written.
    """
    import av

    output = Path(output)
    require_other(plan.file, output)
    with atomic_path(output) as part:
        try:
            if not plan.events and suffix_of(plan.file) == suffix_of(output):
                shutil.copyfile(plan.file, part)  # nothing to silence: no reason to encode again
                left_out = []
            else:
                left_out = _write(plan, part, output, stream, gain, tone, cut)
        except (av.error.FFmpegError, ValueError, IndexError) as error:
            if isinstance(error, OSError) and error.errno in (2, 13, 17, 20, 21, 28, 30):
                raise OutputError(f"{output}: cannot be written ({error.strerror})") from error
            kind = output.suffix or "a file without a suffix"
            raise MediaError(
                f"{output}: {kind} cannot hold what {plan.file} has ({_reason(error)})"
            ) from error
        if plan.events and has_own_tags(plan.file, part):
            copy_tags(plan.file, part)
    return left_out


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _write(plan, part, output, stream, gain, tone, cut) -> list[str]:
    with opened(plan.file) as source:
        chosen = audio_stream(source, plan.file, stream)
        if cut:
            _require_only_sound(source, plan.file)
        sound = sound_of(chosen, plan.file)
        left_out: list[str] = []
        with _target(part, output, sound, source, plan.file) as target:
            if isinstance(target, VorbisFile):
                streams = {chosen.index: target}
            else:
                streams = _streams(source, chosen, target, sound, plan, output, left_out)
                _describe_file(source, target, plan, cut)
            encoder = streams[chosen.index]
            voice = Voice(encoder, target, sound, plan, start_of(source), gain, tone, cut)
            bad = _pumped(source, chosen, streams, target, voice)
        if not voice.count:
            raise MediaError(f"{plan.file}: no sound is left to write")
        if bad > voice.frames:
            raise MediaError(f"{plan.file}: hardly any of its sound can be decoded")
        if bad:
            left_out.append(f"{plan.file}: {bad} damaged packets of its sound were left out")
    return left_out


@contextmanager
def _target(part: Path, output: Path, sound, source, name: str):
    """The file to write: a container, or an Ogg Vorbis file where that is all there is."""
    import av

    ogg = part.suffix.lower() in (".ogg", ".oga") and has_own_tags(name, part)
    if ogg and sound.codec == "vorbis" and len(source.streams.audio) == 1:
        try:
            file = VorbisFile(part, sound)
        except (RuntimeError, OSError) as error:  # what libsndfile raises
            raise OutputError(f"{output}: cannot be written ({error})") from error
        try:
            yield file
        finally:
            file.close()
        return
    try:
        container = av.open(f"file:{part}", "w")
    except UnicodeError:
        raise MediaError(f"{output}: a name that FFmpeg cannot take") from None
    with container:
        yield container


def _streams(source, chosen, target, sound, plan, output, left_out) -> dict:
    """The new file's stream for each of the old; None for one that is left out."""
    covers = has_own_tags(plan.file, output)
    streams = {}
    for one in source.streams:
        if one.index == chosen.index:
            streams[one.index] = add_encoder(target, sound, plan.file)
        else:
            streams[one.index] = _copy_of(one, target, covers, output, left_out)
        _describe(one, streams[one.index])
    return streams


def _describe_file(source, target, plan: Plan, cut: bool) -> None:
    """Tags and chapters."""
    target.metadata.update(_lasting(source.metadata))
    chapters = source.chapters()
    if chapters:
        target.set_chapters([_moved(one, plan) for one in chapters] if cut else chapters)


def _pumped(source, chosen, streams: dict, target, voice: Voice) -> int:
    """Send every packet where it goes; how many of the chosen stream were damaged."""
    import av

    bad = 0
    for packet in source.demux():
        if packet.stream_index == chosen.index:
            try:
                frames = packet.decode()
            except (av.error.FFmpegError, ValueError):
                bad += 1
                continue
            for frame in frames:
                voice.take(frame)
        elif packet.size and streams.get(packet.stream_index) is not None:
            packet.stream = streams[packet.stream_index]
            target.mux(packet)
    voice.end()
    return bad


def _require_only_sound(source, file: str) -> None:
    others = [s for s in source.streams if not (s.type == "video" and int(s.disposition) & COVER)]
    if len(others) > 1:
        kinds = sorted({stream.type for stream in others})
        raise MediaError(
            f"{file}: it has {len(others)} streams ({', '.join(kinds)}), and only a file with"
            " nothing but one sound can be cut; mute it, or cut it by its EDL in a video editor"
        )


def _copy_of(one, target, covers: bool, output: Path, left_out: list[str]):
    """A stream that takes a copy of another's packets; None where it cannot be taken along."""
    if covers and one.type == "video":
        return None  # the cover goes with the tags
    if one.type == "data":
        # Time codes, and the text of chapters, which are set on their own.
        if one.name != "bin_data":
            left_out.append(f"{output}: a stream of data ({one.name}) was left out")
        return None
    return target.add_stream_from_template(one)


def _describe(one, copy) -> None:
    if copy is None:
        return
    copy.metadata.update(_lasting(one.metadata))
    with suppress(AttributeError, ValueError):
        copy.disposition = one.disposition


def _lasting(metadata: dict[str, str]) -> dict[str, str]:
    """Tags without what the next writer says itself."""
    own = ("encoder", "major_brand", "minor_version", "compatible_brands", "duration")
    return {name: value for name, value in metadata.items() if name.lower() not in own}


def _moved(chapter: dict, plan: Plan) -> dict:
    """A chapter where its sound is after the cut."""
    scale = float(chapter["time_base"])

    def place(ticks: int) -> int:
        at = ticks * scale
        gone = sum(max(0.0, min(at, e.end) - e.start) for e in plan.events if e.start < at)
        return round((at - gone) / scale)

    return {**chapter, "start": place(chapter["start"]), "end": place(chapter["end"])}
