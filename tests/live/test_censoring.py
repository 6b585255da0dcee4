"""The live pipe: what is described is muted from its beginning, all else is as it was."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from passages import DRUMS, changing
from sounds import write
from typer.testing import CliRunner

from earmark.censor.plan import CARES, Care
from earmark.cli.main import app
from earmark.errors import LiveError
from earmark.live import Source
from earmark.live.censoring import Muting, censor_live, delay_needed
from earmark.live.delayed import Delayed
from earmark.live.lookahead import Lookahead, Verdict
from earmark.live.raw import from_pcm, to_pcm
from earmark.live.silenced import LATE, Report, Silenced
from earmark.live.wire import Block
from earmark.tagging import Tagger
from earmark.tagging.events import joined
from earmark.tagging.smoothing import edges, likeliest
from earmark.vocabulary import parse_expression

RATE = 16000


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger("default")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("sound") / "song.wav", changing(RATE, 2), RATE)


def censored(song: Path, tagger: Tagger, **more) -> tuple[np.ndarray, object]:
    out = io.BytesIO()
    expression = parse_expression("drums", tagger.card.vocabulary)
    muting = Muting(expression, **{"delay": 120.0, **more})  # a busy machine is never late
    outcome = censor_live(Source("file", str(song), realtime=False), out, tagger, muting)
    assert out.getvalue()[:4] == b"RIFF"
    return from_pcm(out.getvalue()[44:], 2), outcome


def test_a_passage_is_muted_from_its_beginning_and_all_else_is_as_it_was(
    song: Path, tagger: Tagger
) -> None:
    got, outcome = censored(song, tagger)
    whole = from_pcm(song.read_bytes()[44:], 2)
    assert got.shape == whole.shape and outcome.late == 0
    start, end = (round(second * RATE) for second in DRUMS)
    middle = got[start + RATE : end - RATE]
    assert not middle.any()
    np.testing.assert_array_equal(got[: start - RATE], whole[: start - RATE])
    np.testing.assert_array_equal(got[end + RATE :], whole[end + RATE :])
    assert outcome.muted == pytest.approx(10, abs=1.5) and outcome.seconds == pytest.approx(30)


def test_what_is_kept_is_all_that_is_left(song: Path, tagger: Tagger) -> None:
    got, _ = censored(song, tagger, keep=True)
    start, end = (round(second * RATE) for second in DRUMS)
    assert not got[RATE : start - RATE].any() and not got[end + RATE :].any()
    assert got[start + RATE : end - RATE].any()


def test_a_pipe_of_raw_samples(tagger: Tagger) -> None:
    data = to_pcm(changing()[8 * RATE : 14 * RATE])
    command = [sys.executable, "-m", "earmark", "censor", "-", "-", "--mute", "drums"]
    done = subprocess.run(
        [*command, "--rate", str(RATE), "--delay", "120", "--duck", "40"],
        input=data,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    got, before = from_pcm(done.stdout, 1), from_pcm(data, 1)
    assert got.shape == before.shape
    np.testing.assert_array_equal(got[:RATE], before[:RATE])
    np.testing.assert_allclose(got[3 * RATE :], before[3 * RATE :] / 100, atol=1e-4)
    assert b"windows were not judged in time" in done.stderr


@pytest.mark.parametrize("keep", [False, True])
def test_it_is_told_what_was_muted_when_and_why(song: Path, tagger: Tagger, keep: bool) -> None:
    out, expression = io.StringIO(), parse_expression("drums", tagger.card.vocabulary)
    muting = Muting(expression, keep=keep, delay=120.0)
    source = Source("file", str(song), realtime=False)
    report = Report(out, source.name, "muted", as_json=True)
    outcome = censor_live(source, io.BytesIO(), tagger, muting, report)
    *passages, whole = [json.loads(line) for line in out.getvalue().splitlines()]
    wanted = [DRUMS] if not keep else [(0, DRUMS[0]), (DRUMS[1], outcome.seconds)]
    assert len(passages) == len(wanted)
    for passage, (start, end) in zip(passages, wanted, strict=True):
        assert passage["start"] == pytest.approx(start, abs=1)
        assert passage["end"] == pytest.approx(end, abs=1)
        assert passage["why"] == ("not (drums)" if keep else "drums") and passage["score"] > 0.5
    seconds = sum(passage["end"] - passage["start"] for passage in passages)
    assert whole["silenced"] == pytest.approx(seconds) and whole["done"] == "muted"
    assert whole["late"] == 0 and whole["seconds"] == pytest.approx(30)


def test_passages_of_a_pipe_end_where_the_reason_changes() -> None:
    told = []
    silenced = Silenced(0.5, "rap", told.append)
    for muted, strength in [(1, 0.5), (1, 0.9), (1, None), (0, 0.1), (0, None), (1, 0.8)]:
        silenced.row(Verdict(bool(muted), strength))
    silenced.end(2.8)
    silenced.end(2.8)
    spans = [(e.start, e.end, e.tag, round(e.score, 2)) for e in told]
    assert spans == [(0, 1, "rap", 0.7), (1, 1.5, LATE, 0), (2.5, 2.8, "rap", 0.8)]
    out = io.StringIO()
    Report(out, "standard input", "beeped").passage(told[0])
    assert out.getvalue().split() == ["0:00.0", "-", "0:01.0", "beeped", "0.70", "rap"]


@pytest.mark.parametrize("mute_late", [True, False])
def test_late_sound_is_muted_or_passed_and_counted(mute_late: bool) -> None:
    now = [0.0]
    delayed = Delayed(100, 0.5, 2.0, mute_late, lambda: now[0])
    ones = np.ones((50, 1), np.float32)
    for _ in range(3):
        delayed.take(Block(ones, 100))
    assert not delayed.ready()
    delayed.judge(Verdict(False, 0.2))
    (first,) = delayed.ready()
    np.testing.assert_array_equal(first, ones)
    now[0] = 1.9
    assert not delayed.ready()
    now[0] = 2.0
    late = np.concatenate(delayed.ready())
    assert len(late) == 100 and delayed.late == 2
    assert late[2:].any() != mute_late
    delayed.judge(Verdict(True, 0.8))
    delayed.judge(Verdict(True, 0.8))  # both too late to be of use
    delayed.judge(Verdict(not mute_late, 0.5))
    delayed.take(Block(ones, 100))
    (last,) = delayed.ready()
    assert last[10:].any() == mute_late and delayed.late == 2


def test_fades_do_not_click_and_lie_within_what_is_muted() -> None:
    delayed = Delayed(8000, 0.5, 9.0, True, lambda: 0.0)
    for verdict in [False, True, False]:
        delayed.take(Block(np.ones((4000, 1), np.float32), 8000))
        delayed.judge(Verdict(verdict, 0.5))
    whole = np.concatenate(delayed.ready())[:, 0]
    assert abs(np.diff(whole)).max() < 0.02
    np.testing.assert_array_equal(whole[:4000], 1)
    np.testing.assert_array_equal(whole[4160:8000], 0)
    np.testing.assert_array_equal(whole[8160:], 1)


@pytest.mark.parametrize("care", [*CARES.values(), Care(0.5, 1.0, 0.0)])
@pytest.mark.parametrize(("doubtful", "alike"), [(False, 1.0), (True, 0.93)])
def test_verdicts_are_those_of_a_file(care: Care, doubtful: bool, alike: float) -> None:
    rng = np.random.default_rng(3)
    values = rng.uniform(0.05, 0.95, 40) if doubtful else rng.choice([0.1, 0.9], 40)
    strengths = np.repeat(values, rng.integers(2, 9, 40))
    ahead = Lookahead(care, 0.5)
    verdicts = [v for s in strengths for v in ahead.feed(float(s))] + ahead.end()
    assert [v.strength for v in verdicts] == strengths.tolist()
    got = [v.muted for v in verdicts]
    inside = likeliest(strengths, 0.5, care.on)
    spans = [(a / 2, b / 2) for a, b in zip(*edges(inside), strict=True)]
    padded = joined((a - care.pad, b + care.pad) for a, b in joined(spans, care.gap))
    middles = np.arange(len(strengths)) / 2
    wanted = [any(a < m + 0.5 and m < b for a, b in padded) for m in middles]
    assert len(got) == len(wanted) and any(got) and not all(got)
    assert np.mean(np.array(got) == wanted) >= alike


def test_the_delay_is_as_long_as_the_care_needs(tagger: Tagger) -> None:
    delays = [delay_needed(tagger, CARES[name]) for name in ("careful", "usual", "sparing")]
    assert delays[0] >= delays[1] > delays[2] and delays[0] < 7


def test_usage_is_explained(tmp_path: Path, tagger: Tagger) -> None:
    for arguments in (["-", "out.wav"], ["-", "-", "--cut"], ["a.wav", "b.wav", "--delay", "3"]):
        done = CliRunner().invoke(app, ["censor", *arguments, "--mute", "drums"])
        assert done.exit_code == 2 and "pipe" in done.output, done.output
    text = tmp_path / "text"
    text.write_text("no sound")
    muting = Muting(parse_expression("drums", tagger.card.vocabulary))
    with pytest.raises(LiveError, match="it holds no sound"):
        censor_live(Source("file", str(text), realtime=False), io.BytesIO(), tagger, muting)
