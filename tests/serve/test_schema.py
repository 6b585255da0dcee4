"""The interface is what its description says: every route, asked by a machine in every way."""

import io
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from libraries import chance, make_library
from servers import SMALL, Server

from earmark.examples import example_path
from earmark.serve.settings import Limits

schemathesis = pytest.importorskip("schemathesis")
config = pytest.importorskip("schemathesis.config")
engine = pytest.importorskip("schemathesis.engine")
events = pytest.importorskip("schemathesis.engine.events")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with all that can be attached, and a library of which one song is there."""
    folder = tmp_path_factory.mktemp("music")
    shutil.copy(example_path("band"), folder / "0000000.ogg")
    names = ["0000000.ogg", *(f"{i:07d}.mp3" for i in range(1, 8))]
    make_library(folder / "music.db", *chance(8), names=names, folder=str(folder))
    limits = Limits(upload_bytes=1 << 20, sound_seconds=60, work_seconds=20, waiting=8)
    running = Server(
        replace(SMALL, library=folder / "music.db", limits=limits, allow_urls=True, write=True)
    )
    yield running
    running.stop()


def short_sound() -> bytes:
    import soundfile

    out = io.BytesIO()
    noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    soundfile.write(out, noise, 16000, format="WAV")
    return out.getvalue()


SHORT = short_sound()


@pytest.fixture(autouse=True)
def sounds() -> Iterator[None]:
    """Every third body of a route is a sound, so that there is something to hear."""
    posts = {path: count() for path in ("/tag", "/jobs", "/preview")}

    def instead(context, case, kwargs) -> None:
        if case.path in posts and next(posts[case.path]) % 3 == 0:
            case.media_type, case.body = "application/octet-stream", SHORT
            case.query.pop("url", None)

    schemathesis.hook("before_call")(instead)
    yield
    schemathesis.hooks.unregister(instead)


def run(server: Server, examples: int, seed: int = 1) -> tuple[Counter, list[str]]:
    """All phases; how many cases there were by route and status, and a line for each violation."""
    told = config.SchemathesisConfig(seed=seed, projects=config.ProjectsConfig())
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json", config=told)
    schema.config.generation.update(max_examples=examples)
    schema.config.update(continue_on_failure=True, request_timeout=60)
    checks = schema.config.checks
    # A well-formed request may still ask for what is not there: an expression without sense, bytes
    # that are no sound, a job that was stopped. The description says so of each.
    checks.positive_data_acceptance.expected_statuses += ["400", "403", "410", "413", "422"]
    # A job that is stopped says so when it is asked again; it is forgotten with the second DELETE.
    checks.use_after_free.enabled = False

    statuses: Counter[tuple[str, int]] = Counter()
    wrong: dict[str, str] = {}
    for event in engine.from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            wrong.setdefault(str(event), f"{getattr(event, 'label', '')}: {event.info.format()}")
        if not isinstance(event, events.ScenarioFinished):
            continue
        for interaction in event.recorder.interactions.values():
            if interaction.response is not None:
                statuses[event.recorder.label, interaction.response.status_code] += 1
        for case, checks in event.recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    request = event.recorder.interactions[case].request
                    failure = check.failure_info.failure
                    line = f"{request.method} {request.uri}"
                    line += f" {check.name}: {failure.title}. {failure.message}"
                    kind = f"{event.recorder.label} {check.name} {failure.title}"
                    wrong.setdefault(kind, line[:1500])
    return statuses, list(wrong.values())


def check(server: Server, examples: int, least: int) -> None:
    statuses, wrong = run(server, examples)
    assert wrong == []
    told = Counter(status for _, status in statuses.elements())
    assert sum(told.values()) >= least
    assert not [status for status in told if status >= 500 and status != 503]
    well = {label for label, status in statuses if status < 300}
    described = server.client.get("/openapi.json").json()["paths"]
    routes = {f"{method.upper()} {path}" for path in described for method in described[path]}
    assert routes - well == set()  # each route had something to tell, and it was as described


def test_every_answer_is_as_described(asked: Server) -> None:
    check(asked, 1, 500)


@pytest.mark.slow
def test_every_answer_is_as_described_thousands_of_times(asked: Server) -> None:
    check(asked, 100, 2000)
