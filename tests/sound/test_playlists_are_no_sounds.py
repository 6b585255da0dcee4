"""A playlist that is called a sound leads nowhere: no other file is read, nobody is asked."""

import socket
from pathlib import Path

import pytest
from sounds import MAKERS, decoded, music

from earmark.errors import SoundError

LISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{0}'\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="audio/mp4">'
    '<Representation id="1" bandwidth="9"><BaseURL>{0}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio 9 RTP/AVP 0\na=control:{0}\n",
    "pls": "[playlist]\nFile1={0}\nNumberOfEntries=1\n",
}


@pytest.mark.parametrize("suffix", ["mp4", "avi", "mp3", "m3u8"])
@pytest.mark.parametrize("kind", LISTS)
def test_no_address_in_a_playlist_is_followed(tmp_path, kind, suffix):
    secret = MAKERS["mp3 by libsndfile"](tmp_path, music(1, 44100), 44100, "secret")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        for address in (
            f"file://{secret}",
            f"file:{secret}",
            str(secret),
            f"concat:{secret}",
            f"http://{host}/a.mp3",
            f"tcp://{host}",
        ):
            path = Path(tmp_path, f"song.{suffix}")
            path.write_text(LISTS[kind].format(address))
            for source in (path, path.read_bytes()):
                with pytest.raises(SoundError, match="not a sound that can be read"):
                    decoded(source, 16000)
        with pytest.raises(BlockingIOError):  # nobody has connected
            listener.accept()
