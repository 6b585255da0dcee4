"""A radio station of our own that fails in every way that it is told to, on a free local port."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator

SECONDS = 60  # that a silent connection is held at most


class Radio:
    """Each connection gets the next fault; after the last one, that again.

    Faults: "404", "hang" (no answer), "garbage" (no sound at all), or, after the sound has been
    sent: "close" (a stream without a length ends), "end" (a file with a length ends), "half" (a
    file with a length stops half-way), "reset", "stall", "spoilt" (garbage, then it stalls).

    Parameters
    ----------
    bodies : iterable of bytes, sounds of which each connection sends the next, around and around
    faults : iterable of str
    """

    def __init__(self, bodies: Iterable[bytes], faults: Iterable[str]) -> None:
        self._bodies, self._faults = list(bodies), list(faults)
        self.connections = 0
        self.failed = 0.0  # when a connection last gave no sound, on the monotonic clock
        self._closing = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/radio"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._closing.set()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            number = self.connections
            self.connections += 1
            fault = self._faults[min(number, len(self._faults) - 1)]
            body = self._bodies[number % len(self._bodies)]
            threading.Thread(target=self._answer, args=(connection, fault, body)).start()

    def _answer(self, connection: socket.socket, fault: str, body: bytes) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(SECONDS)
            while b"\r\n\r\n" not in connection.recv(1 << 16):
                pass
            if fault == "hang":
                return self._hold(connection)
            if fault in ("404", "garbage"):
                self.failed = time.monotonic()
            if fault == "404":
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                return None
            length = {"end": len(body), "half": 2 * len(body)}.get(fault)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nConnection: close\r\n"
            if length is not None:
                head += b"Content-Length: %d\r\n" % length
            connection.sendall(head + b"\r\n")
            noise = bytes(i * i * 31 % 251 for i in range(100_000))
            connection.sendall(noise if fault == "garbage" else body)
            if fault == "spoilt":
                connection.sendall(noise)
            if fault in ("stall", "spoilt"):
                self._hold(connection)
            if fault == "half":
                connection.shutdown(socket.SHUT_WR)
            if fault == "reset":
                time.sleep(0.2)  # or what was sent is lost, too
                no_farewell = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_farewell)

    def _hold(self, connection: socket.socket) -> None:
        """Say nothing until the other side goes away."""
        until = time.monotonic() + SECONDS
        connection.settimeout(0.5)
        while time.monotonic() < until and not self._closing.is_set():
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue


@contextlib.contextmanager
def radio(bodies: Iterable[bytes], faults: Iterable[str]) -> Iterator[Radio]:
    station = Radio(bodies, faults)
    try:
        yield station
    finally:
        station.close()
