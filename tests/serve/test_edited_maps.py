"""A genre map that is edited on the page, and what is asked of the server for it."""

import json
from pathlib import Path

import pytest
from browsers import heard, until

from earmark.examples import example_path
from earmark.tagging import Tagger

RULES = '"Loud" = "rock or hard rock"\n"Calm" = "not rock and slow"\n'


def test_an_edited_map_is_asked_with_all_scores(server, tmp_path: Path) -> None:
    sound = example_path("band")
    answer = server.client.post("/tag?scores=true", content=sound.read_bytes()).json()
    (tmp_path / "map.toml").write_text(RULES)
    wanted = Tagger("small")(sound).genres(tmp_path / "map.toml")
    asked = {"map": RULES, "scores": answer["scores"]}
    assert server.client.post("/genres", json=asked).json()["genres"] == pytest.approx(
        wanted, abs=1e-3
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"a" = "no such word"', "the map: 'a'"),
        ("no toml", "the map is no TOML"),
        ("", "the map: it has no rules"),
        ("a = " + "[" * 9000, "the map"),
        ('"a" = "' + "(" * 9000 + '"', "the map: 'a'"),
        ('"a" = "' + "not " * 4000 + 'rock"', "the map: 'a'"),
        ('"a" = "a2"\n"a2" = "a"', "leads back to itself"),
    ],
)
def test_a_map_without_sense_is_a_sentence(server, text: str, said: str) -> None:
    answer = server.client.post("/genres", json={"map": text, "scores": {}})
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]


def test_rules_are_edited_told_anew_and_saved(page) -> None:
    page.click("#example")
    heard(page)
    assert page.inner_text("#genres .chip").startswith("Rock")
    page.click("#editing summary")
    assert '"Rock"' in page.input_value("#rules") or "Rock" in page.input_value("#rules")
    page.fill("#rules", RULES)
    until(page, "document.querySelector('#genres .chip').textContent.startsWith('Loud')")
    assert page.locator("#genres .chip").count() == 1
    with page.expect_download() as download:
        page.click("#json")
    assert list(json.loads(Path(download.value.path()).read_text())["genres"]) == ["Loud"]
    with page.expect_download() as download:
        page.click("#keep")
    assert Path(download.value.path()).read_text() == RULES
    page.fill("#rules", '"Loud" = "rok"')
    page.wait_for_selector("#wrong:not([hidden])")
    assert "'rok'" in page.inner_text("#wrong")
    page.click("#shipped")
    until(page, "document.querySelector('#genres .chip').textContent.startsWith('Rock')")
    assert page.is_hidden("#wrong")
    page.fill("#rules", RULES)  # and the next sound is told by them
    page.click("#example")
    page.wait_for_timeout(100)
    heard(page)
    until(page, "document.querySelector('#genres .chip').textContent.startsWith('Loud')")
