"""Sound files with the metadata that people have: every container, made on the spot."""

import base64
import functools
import os
import random
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import av
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF, ASFByteArrayAttribute
from mutagen.flac import FLAC, Picture
from mutagen.id3 import (
    APIC,
    CHAP,
    COMM,
    CTOC,
    ID3,
    IPLS,
    PRIV,
    TALB,
    TCON,
    TDAT,
    TDRC,
    TIT2,
    TPE1,
    TXXX,
    TYER,
    UFID,
    USLT,
    Frames,
    MakeID3v1,
)
from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from sounds import music, write, write_av

RTL, FAR = "שלום עולם — مرحبا", "日本語のうた 🎻 naïve"
LONG = "words " * 12_000  # over 64 KB
COVER = b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(5_000_000)
SMALL_COVER = COVER[:3000]
RATE = 44100


def make(kind: str, folder: Path, name: str = "song") -> Path:
    """One of ``KINDS`` in a folder."""
    path = folder / f"{name}{SUFFIX[kind.split()[0]]}"
    path.write_bytes(_made(kind))
    return path


@functools.cache
def _made(kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{SUFFIX[kind.split()[0]]}")
        path.write_bytes(_bare(BARE.get(kind, kind.split()[0])))
        KINDS[kind](path)
        return path.read_bytes()


@functools.cache
def _bare(kind: str) -> bytes:
    """A sound without metadata."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{SUFFIX[kind.split()[0]]}")
        samples = music(1.2, 48000 if kind == "opus" else RATE, 2)
        if kind in ("flac", "wav", "aiff", "ogg", "mp3"):
            write(path, samples, RATE)
        elif kind == "opus":
            write(path, samples, 48000, format="OGG", subtype="OPUS")
        elif kind == "wma":
            write_av(path, samples, RATE, "wmav2", format="asf", bit_rate=128_000)
        else:
            flags = {"m4a faststart": "faststart", "m4a fragmented": "frag_keyframe+empty_moov"}
            options = {"movflags": flags[kind]} if kind in flags else {}
            write_av(path, samples, RATE, "aac", format="ipod", options=options)
        return path.read_bytes()


def _id3(version: int, cover: bytes = SMALL_COVER, *, long: bool = False) -> ID3:
    tags = ID3()
    coded = 1 if version == 3 else 3
    tags.add(TIT2(encoding=coded, text=[RTL]))
    tags.add(TALB(encoding=coded, text=[FAR]))
    tags.add(TPE1(encoding=coded, text=["A", "B"]))
    tags.add(TXXX(encoding=coded, desc="MusicBrainz Album Id", text=["123"]))
    tags.add(UFID(owner="http://musicbrainz.org", data=b"abc"))
    tags.add(PRIV(owner="x", data=bytes(range(256))))
    tags.add(COMM(encoding=0, lang="eng", desc="iTunNORM", text=[" 0001 0002"]))
    tags.add(APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=cover))
    tags.add(USLT(encoding=coded, lang="deu", desc="", text=FAR + "\n" + RTL))
    if long:
        tags.add(COMM(encoding=coded, lang="eng", desc="notes", text=[LONG + FAR]))
    if version == 3:
        tags.add(TYER(encoding=0, text=["1999"]))
        tags.add(TDAT(encoding=0, text=["3112"]))
        tags.add(IPLS(encoding=0, people=[["producer", "C"]]))
    else:
        tags.add(TDRC(encoding=3, text=["1999-12-31"]))
    title = [TIT2(encoding=coded, text=["I"])]
    tags.add(CHAP(element_id="c1", start_time=0, end_time=500, sub_frames=title))
    tags.add(CTOC(element_id="toc", flags=3, child_element_ids=["c1"], sub_frames=[]))
    return tags


def _mp3(path: Path, version: int, **more) -> None:
    _id3(version, **more).save(path, v1=0, v2_version=version, v23_sep=None)


def _mp3_ape(path: Path) -> None:
    """ID3v2.3 in front, an APE tag and ID3v1 at the end, none of which agree."""
    _mp3(path, 3)
    tags = APEv2()
    tags["Title"], tags["Genre"] = "of the APE tag", "Polka"
    tags.save(path)
    with open(path, "ab") as file:
        file.write(MakeID3v1({"TIT2": TIT2(text=["of version 1"]), "TCON": TCON(text=["Polka"])}))


def _mp3_v1(path: Path) -> None:
    with open(path, "ab") as file:
        title = {"TIT2": TIT2(text=["of version 1"]), "TPE1": TPE1(text=["Somebody"])}
        file.write(MakeID3v1(title))


def _mp3_v22(path: Path) -> None:
    """A tag of version 2.2, written by hand since nobody writes it."""

    def frame(name: bytes, data: bytes) -> bytes:
        return name + len(data).to_bytes(3, "big") + data

    body = frame(b"TT2", b"\0old title") + frame(b"TP1", b"\0Somebody") + bytes(100)
    body += b""
    size = bytes([0, 0, len(body) >> 7, len(body) & 127])
    path.write_bytes(b"ID3\x02\x00\x00" + size + body + path.read_bytes())


def _mp3_unsynchronised(path: Path) -> None:
    """A 2.3 tag in which every FF is followed by a 00, with an extended header."""

    def frame(name: bytes, data: bytes) -> bytes:
        return name + struct.pack(">IH", len(data), 0) + data

    body = struct.pack(">IHI", 6, 0, 0)
    body += frame(b"TIT2", b"\1" + "\ufeffünsync".encode("utf-16-le"))
    body += frame(b"PRIV", b"x\0\xff\xe0\xff\x00\xff") + bytes(50)
    body = body.replace(b"\xff", b"\xff\x00")
    size = bytes([0, 0, len(body) >> 7, len(body) & 127])
    path.write_bytes(b"ID3\x03\x00\xc0" + size + body + path.read_bytes())


def _chunked(kind: type, path: Path, version: int, **more) -> None:
    sound = kind(path)
    sound.add_tags()
    for frame in _id3(version, **more).values():
        sound.tags.add(frame)
    sound.tags.save(path, v2_version=version, v23_sep=None)


def _wav_info(path: Path) -> None:
    """RIFF INFO and a chunk nobody knows, before the sound and behind it."""
    body = path.read_bytes()[12:]
    info = b"INFO" + b"".join(
        name + struct.pack("<I", len(text)) + text
        for name, text in ((b"INAM", b"title of INFO\0"), (b"IGNR", b"Polka\0"))
    )
    before = b"LIST" + struct.pack("<I", len(info)) + info
    odd = b"xyz " + struct.pack("<I", 5) + b"odd!!\0"
    body = body + bytes(len(body) % 2) + odd
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(before + body)) + b"WAVE" + before + body)


def _flac(path: Path, cover: bytes, *, long: bool = False) -> None:
    sound = FLAC(path)
    sound.add_tags() if sound.tags is None else None
    _vorbis(sound.tags, long=long)
    picture = Picture()
    picture.type, picture.mime, picture.desc, picture.data = 3, "image/jpeg", FAR, cover
    sound.add_picture(picture)
    sound.save()


def _flac_id3(path: Path) -> None:
    _flac(path, SMALL_COVER)
    sound = path.read_bytes()
    path.write_bytes(b"")
    _id3(3).save(path, v1=0, v2_version=3)
    path.write_bytes(path.read_bytes() + sound)


def _ogg(kind: type, path: Path, cover: bytes, *, long: bool = False) -> None:
    sound = kind(path)
    _vorbis(sound.tags, long=long)
    picture = Picture()
    picture.type, picture.mime, picture.desc, picture.data = 3, "image/jpeg", FAR, cover
    sound["METADATA_BLOCK_PICTURE"] = [base64.b64encode(picture.write()).decode()]
    for i, at in enumerate(("00:00:00.000", "00:00:00.500")):
        sound[f"CHAPTER00{i}"], sound[f"CHAPTER00{i}NAME"] = [at], [FAR]
    sound.save()


def _vorbis(tags, *, long: bool) -> None:
    tags["TITLE"], tags["artist"], tags["Album"] = [RTL], ["A", "B"], [FAR]
    tags["REPLAYGAIN_TRACK_GAIN"], tags["EMPTY"] = ["-6.5 dB"], [""]
    if long:
        tags["NOTES"] = [LONG + FAR]


def _m4a(path: Path, cover: bytes = SMALL_COVER, *, long: bool = False) -> None:
    sound = MP4(path)
    if sound.tags is None:
        sound.add_tags()
    sound["\xa9nam"], sound["\xa9alb"], sound["\xa9ART"] = [RTL], [FAR], ["A", "B"]
    sound["trkn"], sound["tmpo"], sound["cpil"] = [(1, 9)], [120], True
    sound["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_JPEG)]
    sound["----:com.apple.iTunes:MusicBrainz Album Id"] = [MP4FreeForm(b"123")]
    if long:
        sound["\xa9lyr"] = [LONG + FAR]
    sound.save()


def _m4a_chapters(path: Path) -> None:
    """Chapters as Nero and QuickTime have them: a list in udta, and a track of text."""
    source = path.with_name("source.m4a")
    os.replace(path, source)
    with av.open(str(source)) as old, av.open(str(path), "w", format="ipod") as new:
        stream = new.add_stream_from_template(old.streams.audio[0])
        names = [
            {
                "id": i,
                "start": i * 500,
                "end": i * 500 + 500,
                "time_base": av.time_base and _thousandth(),
                "metadata": {"title": f"{FAR} {i}"},
            }
            for i in range(2)
        ]
        new.set_chapters(names)
        for packet in old.demux(old.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    _m4a(path)


def _thousandth():
    from fractions import Fraction

    return Fraction(1, 1000)


def _wma(path: Path, cover: bytes, *, long: bool = False) -> None:
    sound = ASF(path)
    sound["Title"], sound["WM/AlbumTitle"], sound["Author"] = [RTL], [FAR], ["A", "B"]
    picture = struct.pack("<bI", 3, len(cover)) + "image/jpeg\0".encode("utf-16-le")
    sound["WM/Picture"] = [ASFByteArrayAttribute(picture + "\0".encode("utf-16-le") + cover)]
    sound["WM/TrackNumber"] = ["1"]
    if long:
        sound["WM/Lyrics"] = [LONG + FAR]
    sound.save()


def _nothing(path: Path) -> None:
    pass


SUFFIX = {kind: f".{kind}" for kind in ("mp3", "flac", "ogg", "opus", "m4a", "wma", "aiff", "wav")}
BARE = {
    "m4a faststart": "m4a faststart",
    "m4a faststart without metadata": "m4a faststart",
    "m4a fragmented": "m4a fragmented",
}
KINDS: dict[str, Callable[[Path], None]] = {
    "mp3 without metadata": _nothing,
    "mp3 of 2.3": lambda path: _mp3(path, 3),
    "mp3 of 2.4": lambda path: _mp3(path, 4),
    "mp3 of 2.3 with a large cover": lambda path: _mp3(path, 3, cover=COVER, long=True),
    "mp3 of 2.4 with a large cover": lambda path: _mp3(path, 4, cover=COVER, long=True),
    "mp3 of 2.3 with APE and version 1": _mp3_ape,
    "mp3 of version 1": _mp3_v1,
    "mp3 of 2.2": _mp3_v22,
    "mp3 of 2.3, unsynchronised": _mp3_unsynchronised,
    "flac without metadata": _nothing,
    "flac": lambda path: _flac(path, SMALL_COVER),
    "flac with a large cover": lambda path: _flac(path, COVER, long=True),
    "flac behind ID3": _flac_id3,
    "ogg without metadata": _nothing,
    "ogg": lambda path: _ogg(OggVorbis, path, SMALL_COVER),
    "ogg with a large cover": lambda path: _ogg(OggVorbis, path, COVER, long=True),
    "opus without metadata": _nothing,
    "opus": lambda path: _ogg(OggOpus, path, SMALL_COVER),
    "opus with a large cover": lambda path: _ogg(OggOpus, path, COVER, long=True),
    "m4a without metadata": _nothing,
    "m4a": _m4a,
    "m4a faststart": _m4a,
    "m4a faststart without metadata": _nothing,
    "m4a with chapters": _m4a_chapters,
    "m4a with a large cover": lambda path: _m4a(path, COVER, long=True),
    "wma without metadata": _nothing,
    "wma": lambda path: _wma(path, SMALL_COVER),
    "wma with a large cover": lambda path: _wma(path, COVER, long=True),
    "aiff without metadata": _nothing,
    "aiff of 2.3": lambda path: _chunked(AIFF, path, 3),
    "aiff of 2.4 with a large cover": lambda path: _chunked(AIFF, path, 4, cover=COVER, long=True),
    "wav without metadata": _nothing,
    "wav with INFO": _wav_info,
    "wav of 2.3 with INFO": lambda path: (_wav_info(path), _chunked(WAVE, path, 3)),
    "wav of 2.4 with a large cover": lambda path: _chunked(WAVE, path, 4, cover=COVER, long=True),
    "m4a fragmented": _nothing,
}
REFUSED = ("m4a fragmented",)
WRITABLE = [kind for kind in KINDS if kind not in REFUSED]
assert Frames  # every frame above is one that mutagen knows
