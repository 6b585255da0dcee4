"""The workers where the system has no room for one."""

import pytest

pytest.importorskip("fastapi")

from earmark.serve import crew
from earmark.serve.settings import Limits
from earmark.serve.task import Task


def test_where_no_process_can_be_started_nobody_waits_for_ever(monkeypatch) -> None:
    def none(_: object) -> None:
        raise BlockingIOError("no room")

    monkeypatch.setattr(crew, "_Worker", none)
    one = crew.Crew(1, ("small",), Limits())
    for _ in range(2):
        ticket = one.reserve().hear(Task("song.mp3", "song.mp3"))
        assert ticket.answer.result(20) == crew.NO_WORKER
    one.close()
