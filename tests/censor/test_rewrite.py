"""Censored files: silent where they should be, the same elsewhere, nothing else touched."""

import hashlib
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from passages import changing
from sounds import MAKERS, lag, own_rate, read_av, snr, write, write_video
from sounds import cut as cut_short

from earmark.censor import Plan, rewritten
from earmark.errors import EarmarkError, MediaError, OutputError
from earmark.tagging.events import Event

SECONDS = 5
SPANS = [(0.0, 0.5), (1.5, 3.0)]
LOSSLESS = ["wav of 16 bits", "wav of 24 bits", "wav of floats", "flac", "alac", "flac in matroska"]
LOSSY = ["mp3 by lame", "mp3 by libsndfile", "vorbis", "opus", "webm", "m4a", "aac", "ac3", "wma"]


def plan_of(path: Path, spans=SPANS) -> Plan:
    return Plan(str(path), SECONDS, [Event(*span, "x", 0.9) for span in spans])


def made(kind: str, folder: Path, channels: int = 2) -> tuple[Path, int]:
    rate = own_rate(kind)
    samples = changing(rate, channels)[: rate * SECONDS]
    return MAKERS[kind](folder, samples, rate), rate


def inside(rate: int, count: int, edge: float = 0.0) -> np.ndarray:
    times = np.arange(count) / rate
    return np.any([(times >= a + edge) & (times < b - edge) for a, b in SPANS], axis=0)


def first_time(path: Path) -> float:
    with av.open(str(path)) as container:
        return next(container.decode(audio=0)).time


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_sound_is_the_same_outside_and_silent_inside(kind: str, tmp_path: Path) -> None:
    path, rate = made(kind, tmp_path)
    out = tmp_path / f"out{path.suffix}"
    assert rewritten(plan_of(path), out) == []
    old, new = read_av(path)[0], read_av(out)[0]
    assert old.shape == new.shape
    muted = inside(rate, len(old))
    np.testing.assert_array_equal(new[~muted], old[~muted])
    assert np.abs(new[inside(rate, len(old), 0.021)]).max() == 0
    with av.open(str(path)) as before, av.open(str(out)) as after:
        one, other = before.streams.audio[0].codec_context, after.streams.audio[0].codec_context
        assert (one.name, one.format.name, one.sample_rate) == (
            other.name,
            other.format.name,
            other.sample_rate,
        )


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_sound_keeps_codec_rate_time_and_about_its_bits(kind: str, tmp_path: Path) -> None:
    path, rate = made(kind, tmp_path)
    out = tmp_path / f"out{path.suffix}"
    rewritten(plan_of(path), out)
    (old, old_rate), (new, new_rate) = read_av(path), read_av(out)
    assert old_rate == new_rate == rate and old.shape[1] == new.shape[1]
    rest = slice(int(3.2 * rate), int(4.8 * rate))
    late = lag(old[rest, 0], new[rest, 0])
    # A decoder may begin a frame later; what counts is when each sample is played.
    assert abs(late / rate + first_time(out) - first_time(path)) <= 0.03
    shifted = np.roll(new, -late, axis=0)
    assert snr(old[rest, 0], shifted[rest, 0]) > 9
    with av.open(str(path)) as container:
        begun = first_time(path) - (container.start_time or 0) / 1e6
    quiet = shifted[int((1.6 - begun) * rate) : int((2.9 - begun) * rate)]
    assert 20 * np.log10(np.abs(quiet).max() / np.abs(old).max() + 1e-9) < -45
    with av.open(str(path)) as before, av.open(str(out)) as after:
        one, other = before.streams.audio[0], after.streams.audio[0]
        assert one.codec_context.codec.canonical_name == other.codec_context.codec.canonical_name
        assert one.codec_context.layout.nb_channels == other.codec_context.layout.nb_channels
    assert 0.5 < out.stat().st_size / path.stat().st_size < 1.6


def test_six_channels_stay_six(tmp_path: Path) -> None:
    path, _ = made("video", tmp_path, channels=6)
    rewritten(plan_of(path), tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.audio[0].codec_context.layout.name == "5.1"


@pytest.mark.parametrize("channels", [1, 3])
def test_vorbis_of_any_channels_stays_so(channels: int, tmp_path: Path) -> None:
    path, rate = made("vorbis", tmp_path, channels)
    rewritten(plan_of(path), tmp_path / "out.ogg")
    old, new = read_av(path)[0], read_av(tmp_path / "out.ogg")[0]
    assert new.shape == old.shape
    assert snr(old[4 * rate :, 0], new[4 * rate :, 0]) > 12
    assert np.abs(new[int(1.6 * rate) : int(2.9 * rate)]).max() < 1e-3
    with pytest.raises(OutputError, match="cannot be written"):
        rewritten(plan_of(path), tmp_path / "nowhere" / "out.ogg")


def test_nothing_clicks(tmp_path: Path) -> None:
    rate = 44100
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate * SECONDS) / rate)
    path = write(tmp_path / "tone.wav", tone.astype(np.float32), rate, "FLOAT")
    own = np.abs(np.diff(tone)).max()
    beep = 2 * np.pi * 1000 / rate * 0.1
    for name, how in {"mute": {}, "beep": {"tone": True}, "duck": {"gain": 0.25}}.items():
        rewritten(plan_of(path), tmp_path / f"{name}.wav", **how)
        got = read_av(tmp_path / f"{name}.wav")[0][:, 0]
        # At a fade the slopes of the tone, the beep and the fade itself add up.
        assert np.abs(np.diff(got)).max() <= max(own, beep) * 1.05, name
    middle = slice(int(1.6 * rate), int(2.9 * rate))
    ducked, beeped = (read_av(tmp_path / f"{n}.wav")[0][middle, 0] for n in ("duck", "beep"))
    np.testing.assert_allclose(ducked, tone[middle] / 4, atol=1e-6)
    assert np.argmax(np.abs(np.fft.rfft(beeped))) / 1.3 == pytest.approx(1000, abs=2)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, two sounds, subtitles, an attachment, chapters and tags."""
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    rate = 44100
    with av.open(str(path), "w") as out:
        pictures = out.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "yuv420p"
        sounds = [out.add_stream(codec, rate=rate, layout="stereo") for codec in ("aac", "mp3")]
        for sound, language in zip(sounds, ("eng", "deu"), strict=True):
            sound.metadata["language"] = language
        out.add_attachment("font.ttf", "font/ttf", b"not a font" * 50)
        out.metadata["title"] = "The film"
        second = {"time_base": Fraction(1, 1000)}
        out.set_chapters(
            [
                {"id": 1, "start": 0, "end": 2000, "metadata": {"title": "One"}, **second},
                {"id": 2, "start": 2000, "end": 5000, "metadata": {"title": "Two"}, **second},
            ]
        )
        samples = changing(rate, 2)[: rate * SECONDS].T
        for number in range(25 * SECONDS):
            picture = np.full((32, 32, 3), number * 2 % 256, np.uint8)
            out.mux(pictures.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            for sound in sounds:
                first = number * rate // 25
                block = np.ascontiguousarray(samples[:, first : first + rate // 25])
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = rate, first
                out.mux(sound.encode(frame))
        for stream in (pictures, *sounds):
            out.mux(stream.encode(None))
    return path


def packets(path: Path, index: int) -> list[tuple[str, float]]:
    """What each packet of a stream holds, and when it is shown."""
    with av.open(str(path)) as container:
        return [
            (hashlib.sha1(bytes(p)).hexdigest(), round(float(p.pts * p.time_base), 2))
            for p in container.demux(container.streams[index])
            if p.size
        ]


@pytest.mark.parametrize("stream", [0, 1])
def test_all_but_the_chosen_sound_is_copied_packet_for_packet(
    film: Path, tmp_path: Path, stream: int
) -> None:
    out = tmp_path / "out.mkv"
    before = film.read_bytes()
    assert rewritten(plan_of(film), out, stream=stream) == []
    assert film.read_bytes() == before
    with av.open(str(film)) as one, av.open(str(out)) as other:
        assert [s.type for s in one.streams] == [s.type for s in other.streams]
        assert other.metadata["title"] == "The film"
        for name in ("start", "end", "metadata"):
            assert [c[name] for c in one.chapters()] == [c[name] for c in other.chapters()]
        languages = [s.metadata["language"] for s in other.streams.audio]
        assert languages == ["eng", "deu"]
        attached = [s for s in other.streams if s.type == "attachment"]
        assert attached[0].metadata["filename"] == "font.ttf"
    for index in range(3):
        same = packets(film, index) == packets(out, index)
        assert same == (index != stream + 1)


def test_sound_stays_with_its_pictures(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mkv"
    rewritten(plan_of(film), out)

    def first_times(path: Path) -> tuple[float, np.ndarray]:
        with av.open(str(path)) as container:
            pictures = next(container.decode(video=0)).time
        with av.open(str(path)) as container:
            frames = list(container.decode(audio=0))
        samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
        return frames[0].time - pictures, samples

    (old, before), (new, after) = first_times(film), first_times(out)
    rest = slice(int(3.2 * 44100), int(4.8 * 44100))
    late = lag(before[rest], after[rest]) / 44100 + new - old
    assert abs(late) <= 1 / 25


@pytest.mark.parametrize("kind", ["mp3 by lame", "flac", "m4a", "opus", "vorbis"])
def test_tags_and_covers_are_taken_along(kind: str, tmp_path: Path) -> None:
    import mutagen
    from mutagen.flac import Picture
    from mutagen.id3 import APIC, TIT2, TXXX
    from mutagen.mp4 import MP4Cover

    path, _ = made(kind, tmp_path)
    tags = mutagen.File(path)
    if tags.tags is None:
        tags.add_tags()
    if kind.startswith("mp3"):
        tags.tags.add(TIT2(encoding=3, text="Söng"))
        tags.tags.add(TXXX(encoding=3, desc="EARMARK", text=["a", "b"]))
        tags.tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=b"\x89PNG" * 9))
    elif kind == "m4a":
        tags["\xa9nam"], tags["covr"] = "Söng", [MP4Cover(b"\x89PNG" * 9, MP4Cover.FORMAT_PNG)]
    else:
        tags["title"], tags["mood"] = "Söng", ["a", "b"]
        if kind == "flac":
            picture = Picture()
            picture.data, picture.mime = b"\x89PNG" * 9, "image/png"
            tags.add_picture(picture)
    tags.save()
    out = tmp_path / f"out{path.suffix}"
    rewritten(plan_of(path), out)
    old, new = mutagen.File(path), mutagen.File(out)
    assert {k: str(v) for k, v in old.tags.items()} == {k: str(v) for k, v in new.tags.items()}
    if kind == "flac":
        assert new.pictures[0].data == b"\x89PNG" * 9


@pytest.mark.parametrize("kind", ["wav of 24 bits", "flac"])
def test_cutting_leaves_the_rest_as_it_is(kind: str, tmp_path: Path) -> None:
    path, rate = made(kind, tmp_path)
    out = tmp_path / f"out{path.suffix}"
    rewritten(plan_of(path), out, cut=True)
    old, new = read_av(path)[0], read_av(out)[0]
    gone = sum(end - start for start, end in SPANS) - 2 * 0.02
    assert len(old) - len(new) == round(gone * rate)
    kept = rate - rate // 50
    np.testing.assert_array_equal(new[882 : 882 + kept], old[rate // 2 : rate // 2 + kept])
    np.testing.assert_array_equal(new[-rate:], old[-rate:])


def test_a_film_is_not_cut(film: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="only a file with nothing but one sound can be cut"):
        rewritten(plan_of(film), tmp_path / "out.mkv", cut=True)
    assert not list(tmp_path.iterdir())


def test_a_file_never_takes_its_own_place(tmp_path: Path) -> None:
    path, _ = made("flac", tmp_path)
    before = path.read_bytes()
    (tmp_path / "soft.flac").symlink_to(path)
    os.link(path, tmp_path / "hard.flac")
    for name in (path.name, "soft.flac", "hard.flac"):
        with pytest.raises(MediaError, match="the very file to read"):
            rewritten(plan_of(path), tmp_path / name)
    assert path.read_bytes() == before


def test_what_cannot_be_is_one_sentence_and_leaves_nothing(film: Path, tmp_path: Path) -> None:
    song, _ = made("flac", tmp_path)
    silent, broken = write_video(tmp_path / "silent.mp4"), made("m4a", tmp_path)[0]
    cut_short(broken, 0.3)
    text = tmp_path / "notes.mp3"
    text.write_bytes(b"no sound " * 999)
    before = sorted(tmp_path.iterdir())
    cases = [
        (film, "out.webm", MediaError, "cannot hold"),
        (song, "out.xyz", MediaError, "cannot hold"),
        (song, "out", MediaError, "cannot hold"),
        (song, "nowhere/out.flac", OutputError, "cannot be written"),
        (silent, "out.mp4", MediaError, "no sound track"),
        (broken, "out.m4a", MediaError, "unknown or damaged"),
        (text, "out.mp3", MediaError, "no sound track|unknown or damaged|decoded"),
        (tmp_path, "out.mp3", MediaError, "is a folder"),
        (tmp_path / "missing.mp3", "out.mp3", MediaError, "no such file"),
    ]
    for path, name, kind, why in cases:
        with pytest.raises(EarmarkError, match=why) as caught:
            rewritten(plan_of(path), tmp_path / name)
        assert caught.type is kind, name
        assert "\n" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


def test_what_was_there_stays_when_writing_fails(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.webm"
    out.write_text("mine")
    with pytest.raises(MediaError):
        rewritten(plan_of(film), out)
    assert out.read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_where_nothing_is_to_be_silenced_the_file_is_copied(tmp_path: Path) -> None:
    path, _ = made("mp3 by lame", tmp_path)
    rewritten(plan_of(path, []), tmp_path / "out.mp3")
    assert (tmp_path / "out.mp3").read_bytes() == path.read_bytes()
    rewritten(plan_of(path, []), tmp_path / "out.mka")
    assert read_av(tmp_path / "out.mka")[0].shape[1] == 2
    with pytest.raises(OutputError, match="cannot be written"):
        rewritten(plan_of(path, []), tmp_path / "nowhere" / "out.mp3")


def test_a_hole_in_the_sound_stays_where_it_was(tmp_path: Path) -> None:
    path, rate = tmp_path / "hole.mka", 44100
    samples = changing(rate, 1)[: 4 * rate, 0]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("flac", rate=rate, layout="mono")
        whole = (samples[None] * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            if packet.pts is not None and packet.pts * packet.time_base >= 2:
                packet.pts = packet.dts = packet.pts + round(1 / packet.time_base)
            out.mux(packet)
    rewritten(plan_of(path, [(4.5, 5.0)]), tmp_path / "out.mka")
    got = read_av(tmp_path / "out.mka")[0][:, 0]
    assert abs(len(got) / rate - 5) < 0.01
    assert not got[int(2.2 * rate) : int(2.9 * rate)].any()
    wanted = samples[int(2.3 * rate) : int(3.4 * rate)]
    assert abs(lag(wanted, got[int(3.3 * rate) : int(4.4 * rate)])) <= 0.005 * rate
    assert not got[int(4.53 * rate) : int(4.97 * rate)].any()
