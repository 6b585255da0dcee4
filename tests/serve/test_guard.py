"""Who may ask: names of this machine, tokens, other sites' pages, and what answers allow."""

import pytest

from earmark.errors import ServeError
from earmark.examples import example_path
from earmark.serve.settings import Settings

BAND = example_path("band").read_bytes()


def test_only_names_of_this_machine_are_answered(server) -> None:
    for host in ("127.0.0.1", f"localhost:{server.port}", "[::1]:80", "LOCALHOST"):
        assert server.client.get("/models", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "[::2]", "localhost.", "0.0.0.0"):
        answer = server.client.get("/models", headers={"Host": host})
        assert answer.status_code == 400, host
        assert answer.headers["content-type"] == "application/problem+json"


def test_another_sites_page_changes_nothing(server) -> None:
    origin = {"Origin": "http://evil.example"}
    answer = server.client.post("/tag", content=BAND, headers=origin)
    assert answer.status_code == 403
    assert server.client.delete("/jobs/x", headers=origin).status_code == 403
    own = {"Origin": server.url}
    assert server.client.post("/tag", content=BAND, headers=own).status_code == 200
    assert server.client.post("/tag", content=BAND, headers={"Origin": "null"}).status_code == 403
    assert "access-control-allow-origin" not in server.client.get("/models").headers


def test_answers_allow_no_other_hosts(server) -> None:
    headers = server.client.get("/models").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert server.client.get("/models", headers={"Host": "x"}).headers["x-content-type-options"]


def test_a_token_is_asked_of_everything_but_health(start) -> None:
    closed = start(token="long enough")
    assert closed.client.get("/models").status_code == 200
    without = {"Authorization": ""}
    for head in (without, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = closed.client.get("/models", headers=head)
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers
        assert closed.client.post("/tag", content=BAND, headers=head).status_code == 401
    assert closed.client.get("/health", headers=without).status_code == 200
    assert closed.client.get("/?token=wrong", headers=without).status_code == 401
    assert closed.client.get("/models?token=long%20enough", headers=without).status_code == 401
    opened = closed.client.get("/?token=long%20enough", headers=without)
    assert opened.status_code == 303
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert closed.client.get("/models", headers=without).status_code == 200  # by the cookie


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "music.example"])
def test_other_machines_need_a_token_or_an_open_word(host: str) -> None:
    with pytest.raises(ServeError, match=f"{host} can be reached from other machines"):
        Settings(host=host)
    assert Settings(host=host, token="long enough").token
    assert Settings(host=host, open=True).open


def test_settings_that_make_no_sense() -> None:
    with pytest.raises(ServeError, match="at least 8"):
        Settings(token="short")
    with pytest.raises(ServeError, match="at least one model"):
        Settings(models=())
