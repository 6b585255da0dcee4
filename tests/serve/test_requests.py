"""Requests that are meant to confuse: two lengths, two hosts, ways out of a folder, bad forms."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from servers import SMALL, Server

from earmark.examples import example_path
from earmark.serve.run import listening
from earmark.serve.settings import Limits, Settings

BAND = example_path("band").read_bytes()
HOST = b"Host: 127.0.0.1\r\n"
INNER = b"GET /models HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /tag HTTP/1.1\r\n" + HOST
GET = b"GET /models HTTP/1.1\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server(replace(SMALL, models=("small",), workers=1, limits=Limits(upload_seconds=2)))
    yield running
    running.stop()


def sent(server: Server, request: bytes, more: bool = False) -> bytes:
    """All that comes back until the server closes; it knows that no `more` is sent."""
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(20)
        try:
            connection.sendall(request)
            if not more:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        except OSError:  # it closed before it read all of what it refused
            pass
    return answer


CONFUSING = {
    "two ways to tell a length": POST
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + INNER,
    "two lengths": POST + b"Content-Length: 6\r\nContent-Length: 0\r\n\r\nabcdef" + INNER,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + INNER,
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + INNER,
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n" + INNER,
    "a length with a plus": POST + b"Content-Length: +5\r\n\r\nabcde" + INNER,
    "a piece below nothing": POST
    + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n" + INNER,
    "a zero in a header": GET + HOST + b"X: a\0b\r\n\r\n",
    "two hosts": GET + HOST + b"Host: evil.example\r\n\r\n",
    "two hosts, this one last": GET + b"Host: evil.example\r\n" + HOST + b"\r\n",
    "no host": GET + b"\r\n",
    "no host, as of old": b"GET /models HTTP/1.0\r\n\r\n",
    "another host in the target": b"GET http://127.0.0.1/models HTTP/1.1\r\n"
    + b"Host: evil.example\r\n\r\n",
    "a huge header": GET + HOST + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
    "a huge target": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "tls where there is none": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "bytes that are no target": b"GET /page/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", CONFUSING)
def test_what_is_not_clear_is_refused_once(server, kind: str) -> None:
    answer = sent(server, CONFUSING[kind])
    # Where it closed on what it will not read, its answer may be lost on the way.
    assert answer.startswith(b"HTTP/1.1 400") or (not answer and "huge" in kind), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == bool(answer)
    assert b"window_seconds" not in answer  # the request within was not answered


PATHS = [
    "/page/../app.py", "/page/..%2fapp.py", "/page/%2e%2e/app.py", "/page/%2e%2e%2fapp.py",
    "/page/....//app.py", "/page/..\\app.py", "/page/..%5capp.py", "/page/%252e%252e%252fapp.py",
    "/page//etc/passwd", "//etc/passwd", "/page/main.js%00.css", "/page/main.js/",
    "/page/index.html", "/page/.", "/page/", "/page/MAIN.JS", "/page/main.js;x",
    "/..%2f..%2fetc/passwd", "/.git/config", "/jobs/..%2f..%2fetc", "/jobs/%ff%fe%00",
    "/docs/../page", "/openapi.json/", "/static/x", "/tag/x",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(server, path: str) -> None:
    head = HOST + b"Connection: close\r\n\r\n"
    answer = sent(server, b"GET " + path.encode() + b" HTTP/1.1\r\n" + head, more=True)
    status = answer.split(b" ")[1]
    assert status in (b"400", b"404", b"405", b"307"), answer[:300]
    assert b"root:" not in answer
    assert b"import " not in answer
    if status == b"307":  # to the same path without the slash at its end
        assert f"http://127.0.0.1{path.rstrip('/')}\r\n".encode() in answer


def form(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + end


def field(name: str = "file", filename: str = "a.ogg", more: bytes = b"", data=BAND) -> bytes:
    told = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'.encode()
    return told + more + b"\r\n" + data


BROKEN = {
    "no end": form(field(), end=b""),
    "half an end": form(field(), end=b"--x"),
    "nothing": b"",
    "another boundary": form(field()).replace(b"--x", b"--y"),
    "no empty line": b"--x\r\nContent-Disposition: form-data\r\n--x--\r\n",
    "a header of 100 KB": form(field(more=b"X: " + b"a" * 100_000 + b"\r\n")),
    "10000 headers": form(field(more=b"X: a\r\n" * 10_000)),
    "a name of 20 KB": form(field(filename="a" * 20_000)),
    "another field": form(field(name="sound")),
    "no disposition": form(b"Content-Type: audio/ogg\r\n\r\n" + BAND),
    "an empty file": form(field(data=b"")),
    "a zero in a header's name": form(b"\0: x\r\n" + field()),
}
KINDS = [
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 5000,
    "multipart/form-data; boundary*=utf-8''%E2%82%AC",
    "multipart/form-data; boundary*=x'y",
    'multipart/form-data; boundary*0*=x; boundary*9="',
    "multipart/form-data; boundary=\xff\xfe",
]


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_form_is_one_sentence(server, kind: str) -> None:
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = server.client.post("/tag", content=BROKEN[kind], headers=head)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_kind_is_one_sentence(server, kind: str) -> None:
    head = {"Content-Type": kind.encode("latin-1")}
    answer = server.client.post("/tag", content=form(field()), headers=head)
    assert answer.status_code == 400, answer.text
    assert "the form makes no sense" in answer.json()["detail"]


def test_a_form_of_many_fields_gives_the_first_file_and_nothing_else(server) -> None:
    others = [field(name=f"f{i}", data=b"x" * 100) for i in range(2000)]
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    content = form(*others, field(filename="a.ogg"), field(filename="b.ogg", data=b"no sound"))
    answer = server.client.post("/tag", content=content, headers=head)
    assert answer.status_code == 200
    assert answer.json()["file"] == "a.ogg"


def test_a_sender_that_stops_is_told_to_hurry(server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.settimeout(20)
        slow.sendall(POST + b"Content-Length: 1000\r\n\r\nabc")
        assert slow.recv(65536).startswith(b"HTTP/1.1 408")
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.settimeout(20)
        slow.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc")
        assert slow.recv(65536).startswith(b"HTTP/1.1 408")


def test_an_option_that_is_given_twice_is_refused(server) -> None:
    for path in ("/tag", "/preview", "/jobs"):
        answer = server.client.post(f"{path}?name=a&name=b", content=BAND)
        assert answer.status_code == 422
        assert answer.json()["detail"] == "name: given more than once"


def test_a_refusal_reaches_who_has_not_sent_all(start) -> None:
    running = start(workers=1, limits=Limits(upload_bytes=1 << 10))
    head = b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (16 << 20)
    with socket.create_connection(("127.0.0.1", running.port)) as sender:
        sender.settimeout(20)
        sender.sendall(POST + head + bytes(16 << 20))  # all of it, before it looks
        assert sender.recv(65536).startswith(b"HTTP/1.1 413")


def test_an_answer_waits_for_no_acknowledgement() -> None:
    async def accepted() -> int:
        found = asyncio.get_running_loop().create_future()

        def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            ours = writer.get_extra_info("socket")
            found.set_result(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listening(Settings(port=0))
        async with await asyncio.start_server(meet, sock=listener):
            with socket.create_connection(listener.getsockname()):
                return await found

    assert asyncio.run(accepted())


def test_a_socket_of_another_sites_page_is_not_opened(server) -> None:
    head = (
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    for origin in (b"http://evil.example", b"null", b"http://127.0.0.1.evil.example"):
        asked = b"GET /live HTTP/1.1\r\n" + HOST + b"Origin: " + origin + b"\r\n" + head
        assert sent(server, asked + b"\r\n").startswith(b"HTTP/1.1 403")
