"""Addresses: only public ones, the one that was checked, each redirect again. A listener counts."""

import socket
import threading
from collections.abc import Iterator

import pytest

from earmark.examples import example_path
from earmark.serve import fetch as module
from earmark.serve.fetch import fetch, is_public, public_address
from earmark.serve.problems import ProblemError
from earmark.serve.settings import Limits

BAND = example_path("band").read_bytes()


class Listener:
    """A little web server that counts who comes and answers by path."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.asked: list[str] = []
        self.answers: dict[str, bytes] = {}
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                line = connection.recv(65536).decode("latin-1").split("\r\n")[0]
                self.asked.append(line)
                path = line.split(" ")[1] if " " in line else "/"
                connection.sendall(self.answers.get(path, b"HTTP/1.1 404 No\r\n\r\n"))

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.close()


PRIVATE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1",
    "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "fe80::1%eth0", "2001:db8::1", "nonsense",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]",
     "[::ffff:127.0.0.1]", "0", "127.0.0.1.", "LOCALHOST"],
)  # fmt: skip
def test_this_machine_is_never_reached_however_it_is_written(
    host: str, listener: Listener, tmp_path
) -> None:
    with pytest.raises(ProblemError) as error:
        fetch(f"http://{host}:{listener.port}/song.ogg", tmp_path / "x", Limits())
    assert error.value.status in (400, 403, 502)
    assert not listener.asked


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x/y", "gopher://x", "concat:a|b", "", "http://", "//x/y",
     "http://a b/", "http://user:secret@example.com/", "http://x:99999/", "http://[::1", "data:,x",
     "javascript:x", "http://x/\r\nHost: y", "http://x/ü"],
)  # fmt: skip
def test_what_is_no_address(url: str, tmp_path) -> None:
    with pytest.raises(ProblemError) as error:
        fetch(url, tmp_path / "x", Limits())
    assert error.value.status == 400


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, listener: Listener) -> None:
    """A name, public.example, that counts as public and leads to the listener."""

    def lookup(host: str, port: int) -> str:
        if host == "public.example":
            return "127.0.0.1"
        return public_address(host, port)

    monkeypatch.setattr(module, "public_address", lookup)


def reply(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{key}: {value}" for key, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_public_address_is_fetched(public, listener: Listener, tmp_path) -> None:
    listener.answers["/band.ogg?x=1"] = reply(BAND)
    name = fetch(f"http://public.example:{listener.port}/band.ogg?x=1", tmp_path / "x", Limits())
    assert name == "band.ogg"
    assert (tmp_path / "x").read_bytes() == BAND


def test_redirects_are_checked_again(public, listener: Listener, tmp_path) -> None:
    there = f"http://public.example:{listener.port}"
    listener.answers["/a"] = reply(b"", "302 Found", Location="/band.ogg")
    listener.answers["/band.ogg"] = reply(BAND)
    assert fetch(f"{there}/a", tmp_path / "x", Limits()) == "band.ogg"
    for target in (f"http://127.0.0.1:{listener.port}/band.ogg", "file:///etc/passwd"):
        listener.answers["/b"] = reply(b"", "302 Found", Location=target)
        before = len(listener.asked)
        with pytest.raises(ProblemError):
            fetch(f"{there}/b", tmp_path / "x", Limits())
        assert len(listener.asked) == before + 1  # only the first one was asked
    listener.answers["/c"] = reply(b"", "302 Found", Location="/c")
    with pytest.raises(ProblemError, match="redirects more than"):
        fetch(f"{there}/c", tmp_path / "x", Limits())


def test_what_the_other_server_does_wrong(public, listener: Listener, tmp_path) -> None:
    there = f"http://public.example:{listener.port}"
    listener.answers["/large"] = reply(bytes(3 << 20))
    listener.answers["/empty"] = reply(b"")
    listener.answers["/garbage"] = b"\x00\x01\x02 nothing of http\r\n\r\n"
    with pytest.raises(ProblemError, match="larger than the 1 MiB"):
        fetch(f"{there}/large", tmp_path / "x", Limits(upload_bytes=1 << 20))
    for path, status in (("empty", 502), ("garbage", 502), ("nowhere", 502)):
        with pytest.raises(ProblemError) as error:
            fetch(f"{there}/{path}", tmp_path / "x", Limits())
        assert error.value.status == status
        assert str(tmp_path) not in error.value.detail


def test_a_server_fetches_only_where_it_may(server, start, listener: Listener) -> None:
    url = {"url": f"http://127.0.0.1:{listener.port}/band.ogg"}
    assert server.client.post("/tag", params=url).status_code == 403
    allowing = start(allow_urls=True)
    answer = allowing.client.post("/tag", params=url)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "the address is not a public one"
    assert not listener.asked
