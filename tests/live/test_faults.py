"""A station that fails in every way: each state told once, and sound again when it is back."""

import io
import resource
import time
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from radio import radio
from sounds import MAKERS, music

from earmark.errors import LiveError
from earmark.live import Patience, Source, listen
from earmark.live.decoder import Decoder
from earmark.live.listening import Listening
from earmark.live.watch import Watch
from earmark.live.wire import Block, End
from earmark.tagging import Tagger

# Patient enough for a busy machine; people get more.
PATIENCE = Patience(quiet=1.0, dead=3.0, first=0.05, most=0.2)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger("small")


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Two seconds as mp3, and as Ogg Vorbis with another rate and another number of channels."""
    folder = tmp_path_factory.mktemp("sound")
    mp3 = MAKERS["mp3 by lame"](folder, music(2, 44100, 2), 44100)
    ogg = MAKERS["vorbis"](folder, music(2, 22050), 22050)
    return [mp3.read_bytes(), ogg.read_bytes()]


def whole() -> bytes:
    out = io.BytesIO()
    soundfile.write(out, music(2, 16000), 16000, format="wav")
    return out.getvalue()


def source(url: str) -> Source:
    return Source("url", url, realtime=False)


def states(station, tagger: Tagger, **more) -> list[tuple[str, str | None]]:
    """States and reasons; each is another than the one before."""
    more = {"patience": PATIENCE, **more}
    told = [e for e in listen(source(station.url), model=tagger, **more) if e.kind == "state"]
    names = [event.state for event in told]
    assert names == [name for name, _ in groupby(names)]
    return [(event.state, event.reason) for event in told]


def test_a_file_on_a_server_ends(tagger: Tagger) -> None:
    with radio([whole()], ["end"]) as station:
        assert [state for state, _ in states(station, tagger)] == ["connected", "ended"]
        assert station.connections == 1


@pytest.mark.parametrize("fault", ["close", "half", "reset", "stall", "spoilt"])
def test_sound_is_back_after_every_fault(fault: str, bodies: list[bytes], tagger: Tagger) -> None:
    with radio([bodies[0], whole()], [fault, "end"]) as station:
        told = states(station, tagger)
    names = [state for state, _ in told]
    assert names[0] == "connected" and names[-3:] == ["recovering", "connected", "ended"]
    if fault in ("stall", "spoilt"):
        assert "stalled" in names
    assert all(reason for state, reason in told if state in ("stalled", "recovering"))


def test_another_codec_after_a_break_and_addresses_that_fail(
    bodies: list[bytes], tagger: Tagger
) -> None:
    faults = ["close", "close", "404", "garbage", "404", "close", "404", "end"]
    with radio([*bodies, b"", b"", b"", bodies[1], b"", whole()], faults) as station:
        told = [
            event
            for event in listen(source(station.url), model=tagger, patience=PATIENCE)
            if event.kind in ("state", "now")
        ]
    names = [event.state for event in told if event.kind == "state"]
    assert names == ["connected", "recovering"] * 3 + ["connected", "ended"]
    seconds = [event.seconds for event in told if event.kind == "now"]
    assert seconds == sorted(seconds) and seconds[-1] > 8  # time goes on while it is away


@pytest.mark.parametrize("fault", ["404", "garbage"])
def test_an_address_that_never_gave_sound_is_a_sentence(fault: str, tagger: Tagger) -> None:
    with radio([b""], [fault]) as station, pytest.raises(LiveError) as raised:
        states(station, tagger)
    assert str(raised.value).startswith(f"{station.url}: cannot be listened to (")


def test_who_waits_waits_for_an_address_that_hangs(tagger: Tagger) -> None:
    with radio([whole()], ["hang", "404", "end"]) as station:
        told = states(station, tagger, wait=True)
    assert [state for state, _ in told] == ["recovering", "connected", "ended"]


def test_a_source_that_stays_away_is_given_up(bodies: list[bytes], tagger: Tagger) -> None:
    patience = Patience(quiet=1, dead=3, first=0.05, most=0.1, lost=1)
    with radio(bodies, ["close", "404"]) as station:
        told = states(station, tagger, patience=patience)
    assert [state for state, _ in told] == ["connected", "recovering", "ended"]


def test_who_stops_listening_does_not_wait_for_a_source_that_hangs(
    bodies: list[bytes], tagger: Tagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earmark.live.watch.LOOK_SECONDS", 600)
    patience = Patience(quiet=600, dead=600)
    with radio(bodies, ["stall"]) as station:
        listening = Listening(source(station.url), model=tagger, patience=patience)
        assert listening.next().state == "connected"
        heard = 0.0
        while listening._watch.seconds > heard:  # until nothing more comes
            heard = listening._watch.seconds
            time.sleep(0.5)
        listening.stop()
        listening._thread.join(20)
        assert not listening._thread.is_alive()


class Clockwork:
    """Decoders that live by a clock of their own: each script is what its messages are.

    A number is a wait of so many seconds for the next message, "run" is the process' begin.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, scripts: list[list]) -> None:
        self.now, self.told, self.pauses = 0.0, [], []
        self._scripts = iter(scripts)
        monkeypatch.setattr("earmark.live.watch.Decoder", self._begin)
        monkeypatch.setattr("earmark.live.watch.time", SimpleNamespace(monotonic=lambda: self.now))
        tell = lambda state, _: self.told.append(state)  # noqa: E731
        self.watch = Watch(source("http://nowhere"), tell, Patience(), wait=True)
        self.watch._stopped = SimpleNamespace(is_set=lambda: False, wait=self._wait)

    def _begin(self, _: Source) -> SimpleNamespace:
        script = next(self._scripts)
        decoder = SimpleNamespace(stop=lambda: None, kill=lambda: None, began=self.now)

        def get(seconds: float) -> Block | End | None:
            if script[0] == "run":
                script.pop(0)
                decoder.began = self.now
            if not isinstance(script[0], float):
                return script.pop(0)
            self.now += seconds
            script[0] -= seconds
            if script[0] <= 0:
                script.pop(0)
            if "run" in script:
                decoder.began = self.now
            return None

        decoder.get = get
        return decoder

    def _wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def heard(self) -> float:
        return sum(b.seconds for stretch in self.watch.stretches() for b in stretch.blocks)


SOUND = Block(np.ones((1600, 1), np.float32), 16000)


def test_a_machine_that_is_slow_to_start_the_decoder_is_no_stalled_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clockwork = Clockwork(monkeypatch, [[20.0, "run", 1.0, SOUND, SOUND, End(True)]])
    assert clockwork.heard() == pytest.approx(0.2)
    assert clockwork.told == ["connected", "ended"]


def test_a_source_is_back_within_ten_seconds_of_its_return(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs, refuses, returns = [99.0], [End(False, "no")], [SOUND, End(True)]
    scripts = [["run", *script] for script in [refuses] * 5 + [hangs] * 3 + [returns]]
    clockwork = Clockwork(monkeypatch, scripts)
    assert clockwork.heard() == pytest.approx(0.1)
    assert clockwork.pauses[:5] == [0.5, 1, 2, 3, 3]
    usual = Patience()
    for pause in clockwork.pauses[5:]:  # it may have come back as soon as a try hung
        assert usual.dead + usual.quiet + pause < 9


def test_a_decoder_says_when_it_began(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(whole())
    asked = time.monotonic()
    decoder = Decoder(Source("file", str(path), realtime=False))
    while decoder.get(1) is None:
        pass
    heard = time.monotonic()
    assert asked < decoder.began < heard < time.monotonic()
    decoder.stop()


@pytest.mark.slow
def test_five_hundred_faults_leave_memory_as_it_was(bodies: list[bytes], tagger: Tagger) -> None:
    kinds = ["close", "half", "reset", "404", "garbage", "close", "half", "reset", "spoilt", "404"]
    faults = [kinds[i % len(kinds)] for i in range(500)]
    patience = Patience(quiet=0.5, dead=4, first=0.01, most=0.05)
    sizes, names, away, left = [], [], [], 0.0
    began = time.monotonic()
    with radio([*bodies, whole()], ["close", *faults, "end"]) as station:
        for event in listen(source(station.url), model=tagger, patience=patience, wait=True):
            if event.kind != "state":
                continue
            names.append(event.state)
            sizes.append(_resident())
            if event.state == "recovering":
                left = time.monotonic()
            if event.state == "connected" and left:
                away.append(time.monotonic() - max(left, station.failed))
            if len(names) % 50 == 0:
                print(f"{station.connections} connections, {time.monotonic() - began:.0f} s")
        assert station.connections >= 500
    settled = sizes[len(sizes) // 5 :]
    print(
        f"{len(names)} states in {time.monotonic() - began:.0f} s, memory {min(settled) >> 20} to "
        f"{max(settled) >> 20} MiB, back after {np.median(away):.1f} s, {max(away):.1f} s at most"
    )
    assert names == [name for name, _ in groupby(names)]
    assert max(settled) <= 1.05 * min(settled)
    assert max(away) <= 10


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
