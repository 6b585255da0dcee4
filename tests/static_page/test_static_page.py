"""The static page in a real Chromium: it hears what the command hears, without a server."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from browsers import WAIT, until
from browsers import heard as done
from command import ROOT
from sounds import MAKERS, music, own_rate, played, write_av
from static_page.hearing import furthest, heard, small

from earmark.examples import example_paths
from earmark.serve.picture import draw, taggram
from earmark.sound import FrontEnd, decode, melspectrogram

CORPUS = ROOT.parent / "shared" / "corpus"
CLOSE = 1e-3


def same(found: dict, tagging) -> None:
    """The record is the command's but for the last digit of its numbers."""
    told, record = found["record"], tagging.to_dict(timeline=True)
    assert furthest(found, tagging) < CLOSE
    assert told["seconds"] == pytest.approx(record["seconds"], abs=0.03)
    assert told["tags"] == pytest.approx(record["tags"], abs=CLOSE)
    assert len(told["timeline"]) == len(record["timeline"])
    for row, wanted in zip(told["timeline"], record["timeline"], strict=True):
        assert row["start"] == pytest.approx(wanted["start"], abs=0.001)


def test_the_examples_get_the_same_scores(modules, host) -> None:
    tagger = small()
    for path in example_paths():
        found, tagging = heard(modules, host, path), tagger(path)
        same(found, tagging)
        assert list(found["record"]["tags"]) == list(tagging.tags())
        assert "warning" not in found["record"]


@pytest.mark.parametrize("kind", ["wav of 24 bits", "flac", "mp3 by lame", "opus", "m4a", "webm"])
def test_other_rates_and_containers_get_the_same_scores(
    modules, host, tmp_path: Path, kind: str
) -> None:
    path = MAKERS[kind](tmp_path, played(7, own_rate(kind), 2), own_rate(kind))
    same(heard(modules, host, path), small()(path))


def test_opus_in_mp4_begins_and_ends_as_the_command_hears_it(modules, host, tmp_path: Path) -> None:
    samples = np.concatenate(list(decode(example_paths()[0], 48000)))[: 48000 * 7 + 100]
    path = write_av(tmp_path / "music.mp4", samples, 48000, "libopus")
    found, tagging = heard(modules, host, path), small()(path)
    same(found, tagging)
    assert found["record"]["seconds"] == pytest.approx(tagging.seconds, abs=0.0005)


@pytest.mark.slow
@pytest.mark.skipif(not (CORPUS / "corpus.csv").exists(), reason="the corpus is not there")
def test_fifty_songs_get_the_same_scores(modules, host) -> None:
    with open(CORPUS / "corpus.csv", encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    tagger = small()
    far = {}
    for name in names[:: len(names) // 50][:50]:
        path = CORPUS / name
        far[name] = furthest(heard(modules, host, path), tagger(path))
    assert len(far) == 50
    assert {name: how for name, how in far.items() if how >= CLOSE} == {}


LOG_MEL = """async ([samples, frontEnd]) => {
    const { Frames, logMel, melFilters } = await import(new URL("page/mel.js", location));
    const { sample_rate: rate, n_fft: length, n_mels: bands } = frontEnd;
    const filters = melFilters(rate, length, bands);
    const rows = [];
    const frames = new Frames(frontEnd, (power) => rows.push(Array.from(logMel(power, filters))));
    for (let at = 0; at < samples.length; at += 700) {
        frames.feed(Float32Array.from(samples.slice(at, at + 700)));
    }
    frames.end();
    return rows;
}"""


@pytest.mark.parametrize("sizes", [(16000, 1024, 512, 96), (12000, 512, 200, 48)])
def test_log_mel_is_the_command_s(modules, sizes: tuple[int, ...]) -> None:
    front_end = FrontEnd(*sizes)
    samples = music(1, front_end.sample_rate)[:, 0]
    told = {
        "sample_rate": front_end.sample_rate,
        "n_fft": front_end.n_fft,
        "hop_length": front_end.hop_length,
        "n_mels": front_end.n_mels,
    }
    found = np.array(modules.evaluate(LOG_MEL, [[float(x) for x in samples], told]))
    wanted = melspectrogram(samples.astype(np.float32), front_end)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() < 1e-4


RESAMPLED = """async ([samples, from, to]) => {
    const { Resampler } = await import(new URL("page/resample.js", location));
    const parts = [];
    const resampler = new Resampler(from, to, (some) => parts.push(...some));
    for (let at = 0; at < samples.length; at += 777) {
        resampler.feed(Float32Array.from(samples.slice(at, at + 777)));
    }
    resampler.end();
    return parts;
}"""


@pytest.mark.parametrize(("rate", "wanted"), [(44100, 16000), (8000, 16000), (16000, 12000)])
def test_resampling_is_like_the_command_s(modules, rate: int, wanted: int) -> None:
    soxr = pytest.importorskip("soxr")
    random = np.random.default_rng(1)  # white, so that the edge of the band is heard
    samples = random.standard_normal(rate // 2 - 3).astype(np.float32)
    found = np.array(modules.evaluate(RESAMPLED, [[float(x) for x in samples], rate, wanted]))
    like = soxr.resample(samples, rate, wanted, quality="HQ")
    assert len(found) == len(like)
    assert np.sqrt(np.mean((found - like) ** 2)) < 4e-3 * like.std()


DISPLAYED = """async ([scores, card]) => {
    const { displayed } = await import(new URL("page/judge.js", location));
    return displayed(Float32Array.from(scores), card);
}"""


def test_of_any_scores_the_same_tags_are_shown(modules) -> None:
    from earmark.static_page.card import page_card
    from earmark.tagging.display import displayed

    card = small().card
    told = page_card(card)
    rng = np.random.default_rng(3)
    for share in (0.05, 0.3, 1.0):
        scores = (rng.random(len(card.vocabulary)) ** (1 / share)).astype(np.float32)
        found = modules.evaluate(DISPLAYED, [[float(x) for x in scores], told])
        assert found == displayed(scores, card.thresholds, card.vocabulary)


def test_pictures_are_those_of_the_served_page(modules, host) -> None:
    import base64

    path = example_paths()[0]
    found = heard(modules, host, path)["record"]["picture"]
    wanted = draw(decode(path, 16000))
    assert np.abs(np.array(found["peaks"]) - wanted["peaks"]).max() < 0.01
    shades = [
        np.frombuffer(base64.b64decode(one["mel"]["data"]), np.uint8).astype(int)
        for one in (found, wanted)
    ]
    assert found["mel"]["bands"] == wanted["mel"]["bands"]
    assert np.abs(shades[0] - shades[1]).max() <= 2
    rows = taggram(small()(path))
    assert found["taggram"]["tags"] == rows["tags"]
    assert found["taggram"]["columns"] == rows["columns"]


def test_it_is_shown_played_and_taken_away(page) -> None:
    page.click("#example")
    done(page)
    assert page.inner_text("#name") == "example.ogg (0:33, small)"
    assert any(chip.startswith("rock") for chip in page.locator("#chips .chip").all_inner_texts())
    assert page.locator(".tagrow").count() > 3
    until(page, "document.getElementById('audio').readyState > 0")
    page.locator("#chips .chip", has_text="rock").first.click()
    assert page.locator(".tagrow.chosen").count() == 1
    with page.expect_download() as download:
        page.click("#json")
    record = json.loads(Path(download.value.path()).read_text())
    assert "rock" in record["tags"]
    assert "picture" not in record


def test_without_a_network_it_opens_and_hears(page) -> None:
    until(page, "navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("#still", state="hidden")
    page.click("#example")
    done(page)
    assert page.inner_text("#name").startswith("example.ogg")
    assert not page.evaluate("crossOriginIsolated")


def test_what_is_no_sound_is_one_sentence(page, tmp_path: Path) -> None:
    (tmp_path / "words.mp3").write_text("no sound at all")
    page.set_input_files("#file", tmp_path / "words.mp3")
    page.wait_for_selector("#trouble:not([hidden])", timeout=WAIT * 1000)
    assert page.inner_text("#trouble") == "words.mp3: not a sound that this browser can read"
    assert page.is_hidden("#progress")
    page.click("#example")
    done(page)
    assert page.is_hidden("#trouble")


def test_warnings_are_those_of_the_command(modules, host, tmp_path: Path) -> None:
    rate, tone = 16000, np.sin(np.arange(32000) / 9).astype(np.float32) / 4
    sounds = {
        "short": tone[: rate // 2],
        "silent": np.zeros(80000, np.float32),
        "against": np.stack([np.tile(tone, 3), -np.tile(tone, 3)], 1),
        "one": np.stack([np.tile(tone, 3), 0 * np.tile(tone, 3)], 1),
        "shifted": np.tile(tone, 3) + np.float32(0.3),
        "holes": np.where(np.arange(96000) % 1000 == 5, np.float32(np.nan), np.tile(tone, 3)),
    }
    for name, samples in sounds.items():
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, samples, rate, "FLOAT")
        found, tagging = heard(modules, host, path), small()(path)
        assert furthest(found, tagging) < CLOSE, name
        said = (tagging.warning or "").removeprefix(f"{path}: ").removeprefix(f"{path.name}: ")
        assert found["record"].get("warning", "").removeprefix(f"{path.name}: ") == said


def test_stop_stops_and_the_next_sound_is_heard(page, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", np.zeros((48000 * 600, 2), np.int16), 48000)
    page.set_input_files("#file", tmp_path / "long.wav")
    page.wait_for_selector("#cancel", timeout=WAIT * 1000)
    until(page, "document.getElementById('doing').textContent.startsWith('hearing')")
    page.click("#cancel")
    until(page, "document.getElementById('progress').hidden")
    assert page.is_hidden("#trouble")
    page.click("#example")
    done(page)
    assert page.inner_text("#name").startswith("example.ogg")
