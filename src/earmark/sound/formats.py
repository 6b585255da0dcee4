"""What FFmpeg may open for us: the formats that hold sound themselves, and no other address.

FFmpeg chooses a format by what the bytes are, so a playlist called ``song.mp3`` would be followed
to files and hosts that it names. Only formats of this list are opened, and none leads elsewhere.
"""

FORMATS = frozenset(
    # uncompressed, and containers of it
    {"wav", "w64", "aiff", "au", "caf", "voc", "ircam", "nistsphere", "pvf", "epaf", "avr", "iff"}
    | {"sox", "wve", "sds", "xa", "dsf", "sln", "rso", "smjpeg", "wsd", "ast", "brstm", "bfstm"}
    # one compressed sound
    | {"mp3", "aac", "ac3", "ac4", "eac3", "dts", "dtshd", "loas", "latm", "flac", "ape", "wv"}
    | {"tta", "tak", "mpc", "mpc8", "shn", "truehd", "mlp", "amr", "amrnb", "amrwb", "gsm", "oma"}
    | {"qcp", "xwma", "osq", "qoa", "bonk", "vqf", "aa", "aax", "aptx", "aptx_hd", "sbc", "g722"}
    | {"spdif", "iamf", "adx", "aea", "optimfrog", "rka", "wavarc", "apac", "lc3", "dss", "hcom"}
    # sound beside pictures
    | {"ogg", "matroska", "webm", "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "asf", "avi", "flv"}
    | {"live_flv", "mpeg", "mpegts", "rm", "nut", "mxf", "swf", "dv", "gxf", "nsv", "wtv", "ivf"}
    | {"amv", "kux", "vob", "nuv", "mtv", "r3d", "roq", "smk", "bink", "thp"}
)

RAW = frozenset({"mp3", "aac", "ac3", "eac3", "dts", "loas", "truehd", "mlp"})  # frames, no index
ESTIMATED = RAW | {"asf"}  # FFmpeg guesses the length by the bit rate
CLOCKED = frozenset({"matroska,webm", "flv"})  # length is when the last track ends

_LISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD", b"[playlist]", b"v=0", b"<ASX", b"<smil")


def open_options(own_file: bool) -> dict[str, str]:
    """Options for FFmpeg: nothing but the file itself is opened, in a format of the list.

    Parameters
    ----------
    own_file : bool, whether FFmpeg opens the file by its name rather than reading an open one
    """
    return {
        "protocol_whitelist": "file" if own_file else "none",
        "format_whitelist": ",".join(sorted(FORMATS)),
    }


def names_others(head: bytes) -> bool:
    """Whether a file begins as a playlist does."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_LISTS)
