"""What may be asked over HTTP, of a real server with real workers."""

import json
import os
import signal
import socket
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sounds import music, write

import earmark
from earmark.examples import example_path
from earmark.serve.settings import Limits

BAND = example_path("band").read_bytes()


def left_over() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("earmark-serve-*/*")}


def long_sound(seconds: float) -> bytes:
    """A flac of silence that is small and takes long."""
    import io

    import soundfile

    out = io.BytesIO()
    silence = np.zeros(160000, np.float32)
    with soundfile.SoundFile(out, "w", 16000, 1, format="FLAC") as file:
        for _ in range(round(seconds / 10)):
            file.write(silence)
    return out.getvalue()


@pytest.fixture(scope="module")
def hours() -> bytes:
    return long_sound(36000)


def test_the_answer_is_the_commands_own_record(server) -> None:
    expected = earmark.tag(example_path("band"), "small").to_dict()
    answer = server.client.post("/tag", files={"file": ("band.ogg", BAND)})
    assert answer.status_code == 200
    assert answer.json() == {"file": "band.ogg"} | json.loads(json.dumps(expected))
    raw = server.client.post("/tag", content=BAND, params={"name": "band.ogg"})
    assert raw.json() == answer.json()


def test_options_change_what_is_told(server) -> None:
    options = {"model": "cnn3", "top": 3, "timeline": "true", "map": "discogs"}
    options |= {"embedding": "true", "picture": "true"}
    record = server.client.post("/tag", content=BAND, params=options).json()
    tagging = earmark.tag(example_path("band"), "cnn3")
    assert record["model"] == "cnn3"
    assert list(record["tags"]) == list(tagging.top(3))
    assert len(record["timeline"]) == len(tagging.timeline)
    np.testing.assert_allclose(record["embedding"], tagging.embedding, atol=1e-5)
    assert record["genres"] == pytest.approx(tagging.genres("discogs"), abs=1e-4)
    mel = record["picture"]["mel"]
    assert mel["columns"] > 500
    assert max(record["picture"]["peaks"]) > 0.1
    whole = server.client.post("/tag", content=BAND, params={"all": "true"}).json()
    assert len(whole["tags"]) == 188


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": "nonesuch"}, "no model 'nonesuch'"),
        ({"model": "../default"}, "no model '../default'"),
        ({"model": "crnn"}, "no model 'crnn': the server has small, cnn3"),
        ({"map": "/etc/passwd"}, "no map '/etc/passwd'"),
        ({"top": "0"}, "top: "),
        ({"hop": "30"}, "hop is at most a window"),
        ({"top": "3", "all": "true"}, "cannot be asked for together"),
        ({"nonsense": "1"}, "nonsense: "),
    ],
)
def test_wrong_options_are_one_sentence(server, options: dict, sentence: str) -> None:
    answer = server.client.post("/tag", content=BAND, params=options)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]
    assert answer.json()["status"] == 422


def test_what_is_no_sound_is_one_sentence_without_the_servers_paths(server) -> None:
    for content, status in ((b"just words, no sound", 422), (b"", 400), (b"RIFF" + bytes(60), 422)):
        answer = server.client.post("/tag", files={"file": ("song.mp3", content)})
        assert answer.status_code == status, answer.text
        assert tempfile.gettempdir() not in answer.text
    assert server.client.post("/tag", content=b"").status_code == 400
    form = server.client.post("/tag", files={"other": ("song.mp3", BAND)})
    assert form.status_code == 400
    assert "no field 'file'" in form.json()["detail"]
    head = {"Content-Type": "multipart/form-data"}
    assert server.client.post("/tag", content=BAND, headers=head).status_code == 400
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    assert server.client.post("/tag", content=BAND, headers=head).status_code == 400
    assert (
        server.client.post(
            "/tag",
            content=b'--x\r\nContent-Disposition: form-data; name="file"; '
            b'filename="a.ogg"\r\n\r\n' + BAND,
            headers=head,
        ).status_code
        == 400
    )
    assert not left_over()


def test_a_warning_comes_along(server, tmp_path: Path) -> None:
    path = write(tmp_path / "short.wav", music(1.0, 16000), 16000)
    record = server.client.post("/tag", files={"file": path.open("rb")}).json()
    assert record["warning"].startswith("short.wav: only 1 seconds long")


def test_names_are_cleaned(server) -> None:
    name = "../../etc/\x1b[31mso\nng.ogg"
    record = server.client.post("/tag", content=BAND, params={"name": name}).json()
    assert record["file"] == "�[31mso�ng.ogg"


def test_too_large_is_refused_while_it_comes(start) -> None:
    small = start(limits=Limits(upload_bytes=1 << 20))
    stream = (bytes(65536) for _ in range(1000))
    answer = small.client.post("/tag", content=stream)
    assert answer.status_code == 413
    assert "1 MiB" in answer.json()["detail"]
    assert not left_over()


def test_too_long_is_refused_while_it_is_decoded(start, hours: bytes) -> None:
    short = start(limits=Limits(sound_seconds=60))
    began = time.monotonic()
    answer = short.client.post("/tag", files={"file": ("bomb.flac", hours)})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "bomb.flac: longer than the 0.0167 hours allowed"
    assert time.monotonic() - began < 20


def test_a_worker_that_takes_too_long_is_stopped(start, hours: bytes) -> None:
    quick = start(workers=1, limits=Limits(work_seconds=0.3))
    quick.client.post("/tag", content=BAND)  # the worker has begun
    answer = quick.client.post("/tag", content=hours, params={"name": "slow.flac"})
    assert answer.status_code == 422
    assert "slow.flac: not done in 0.3 seconds" in answer.json()["detail"]


def test_a_worker_that_dies_is_replaced_and_only_its_request_fails(start, hours: bytes) -> None:
    import multiprocessing

    one = start(workers=1, limits=Limits(waiting=4))
    assert one.client.post("/tag", content=BAND).status_code == 200
    workers = multiprocessing.active_children()
    youngest = max(workers, key=lambda worker: int(worker.name.rpartition("-")[2]))
    with ThreadPoolExecutor() as threads:
        long = threads.submit(one.client.post, "/tag", content=hours, params={"name": "x.flac"})
        time.sleep(1)
        os.kill(youngest.pid, signal.SIGKILL)
        answer = long.result()
    assert answer.status_code == 422
    assert answer.json()["detail"] == "x.flac: its decoder crashed"
    assert one.client.post("/tag", content=BAND).status_code == 200


def test_a_full_queue_says_so_at_once(start, hours: bytes) -> None:
    full = start(workers=1, limits=Limits(waiting=1))
    ids = [full.client.post("/jobs", content=hours).json()["id"] for _ in range(2)]
    began = time.monotonic()
    answer = full.client.post("/tag", content=BAND)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert time.monotonic() - began < 1
    assert full.client.get("/health").json()["status"] == "ok"
    for job in ids:
        assert full.client.delete(f"/jobs/{job}").status_code == 204
    until = time.monotonic() + 20
    while full.client.post("/tag", content=BAND).status_code == 503:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert not left_over()


def test_a_job_tells_its_progress_and_its_result(server) -> None:
    begun = server.client.post("/jobs", files={"file": ("a.flac", long_sound(300))})
    assert begun.status_code == 202
    job = begun.json()["id"]
    events = []
    with server.client.stream("GET", f"/jobs/{job}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                events.append(json.loads(line[6:]))
    assert events[-1]["state"] == "done"
    assert events[-1]["seconds"] == pytest.approx(300, abs=0.2)
    assert all(a["seconds"] <= b["seconds"] for a, b in pairwise(events))
    record = server.client.get(f"/jobs/{job}/result").json()
    assert record["file"] == "a.flac"
    assert server.client.delete(f"/jobs/{job}").status_code == 204
    assert server.client.get(f"/jobs/{job}").status_code == 404
    assert not left_over()


def test_a_cancelled_job_frees_its_worker(start, hours: bytes) -> None:
    one = start(workers=1)
    job = one.client.post("/jobs", content=hours).json()["id"]
    assert one.client.get(f"/jobs/{job}/result").status_code == 409
    assert one.client.delete(f"/jobs/{job}").status_code == 204
    assert one.client.post("/tag", content=BAND).status_code == 200
    assert one.client.get(f"/jobs/{job}").json()["state"] == "cancelled"
    assert one.client.get(f"/jobs/{job}/result").status_code == 410


def test_whoever_goes_away_frees_the_worker(start, hours: bytes) -> None:
    one = start(workers=1, limits=Limits(waiting=0))
    one.client.post("/tag", content=BAND)
    head = f"POST /tag HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(hours)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", one.port)) as away:
        away.sendall(head.encode() + hours)
        time.sleep(0.5)
        assert one.client.post("/tag", content=BAND).status_code == 503
    until = time.monotonic() + 20
    while one.client.post("/tag", content=BAND).status_code == 503:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert not left_over()


def test_what_there_is(server) -> None:
    models = server.client.get("/models").json()
    assert [model["name"] for model in models] == ["small", "cnn3"]
    words = server.client.get("/vocabulary", params={"model": "cnn3"}).json()
    assert len(words) == 188
    assert {"name": "violins", "category": "instrument", "group": "violin"} in words
    assert {m["name"] for m in server.client.get("/genres").json()} >= {"discogs", "id3", "moods"}
    server.client.post("/tag", content=BAND)
    text = server.client.get("/metrics").text
    count = float(text.split('earmark_sounds_total{outcome="tagged"} ')[1].splitlines()[0])
    server.client.post("/tag", content=BAND)
    text = server.client.get("/metrics").text
    assert float(text.split('earmark_sounds_total{outcome="tagged"} ')[1].splitlines()[0]) > count
    assert server.client.get("/nowhere").headers["content-type"] == "application/problem+json"


def test_what_a_path_allows_is_told_of_all_its_routes(server) -> None:
    for path, methods in (("/jobs/x", "DELETE, GET"), ("/jobs", "POST"), ("/tag", "POST")):
        answer = server.client.put(path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == methods
