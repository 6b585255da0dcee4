"""`/live`: samples in, events out, over a real WebSocket."""

import json
import time
from contextlib import suppress

import pytest
from passages import DRUMS, changing

pytest.importorskip("websockets")
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from earmark.live.raw import to_pcm


def address(server, query: str = "") -> str:
    return f"ws://127.0.0.1:{server.port}/live{query}"


def test_events_come_while_samples_go(server) -> None:
    data = to_pcm(changing()[5 * 16000 : 25 * 16000])
    told = []
    with connect(address(server, "?rate=16000&tag=drums")) as socket:
        for first in range(0, len(data), 9999):  # no whole number of samples
            socket.send(data[first : first + 9999])
        socket.send("end")
        told = [json.loads(message) for message in socket]
    changes = [(event["event"], event["seconds"]) for event in told if "tag" in event]
    assert [kind for kind, _ in changes] == ["on", "off"]
    assert [at for _, at in changes] == pytest.approx([DRUMS[0] - 5, DRUMS[1] - 5], abs=1.5)
    moments = [event for event in told if event["event"] == "now"]
    assert len(moments) == 40 and all(len(event["tags"]) == 5 for event in moments)


def test_what_makes_no_sense_is_closed_with_a_sentence(server) -> None:
    for query, word in [
        ("?rate=5", "Hz"),
        ("?rate=x", "x"),
        ("?hop=99", "hop"),
        ("?model=nobody", "nobody"),
        ("?tag=drumz", "drumz"),
        ("?channels=1000", "channels"),
    ]:
        with connect(address(server, query)) as socket, pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
        assert closed.value.rcvd.code == 1008 and word in closed.value.rcvd.reason, query


def test_who_leaves_frees_the_place(server) -> None:
    for _ in range(4):  # more than there are workers
        with connect(address(server)) as socket:
            socket.send(bytes(32000))
    told: list[str] = []
    for _ in range(100):  # the last one may not have left yet
        with connect(address(server)) as socket, suppress(ConnectionClosed):
            socket.send(to_pcm(changing()[: 3 * 16000]))
            socket.send("end")
            told = [json.loads(message)["event"] for message in socket]
        if told:
            break
        time.sleep(0.1)
    assert told.count("now") == 6


def test_another_sites_page_cannot_listen(server) -> None:
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        connect(address(server), origin="http://evil.example").recv(timeout=30)
