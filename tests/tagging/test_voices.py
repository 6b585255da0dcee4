"""The head for voices: it decides the rows of a hop's timeline, each its own, and nothing else."""

import shutil
import tomllib
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from earmark.errors import ModelError
from earmark.examples import example_path
from earmark.live.listening import Listening
from earmark.sound import decode
from earmark.sound.features import features_stream
from earmark.tagging import Network, Tagger
from earmark.tagging.calibration import Calibration
from earmark.tagging.events import THRESHOLD_SHARE
from earmark.tagging.hop import HopWindows, stretch_frames
from earmark.tagging.smoothing import log_odds
from earmark.tagging.voices import VOICES, Head, Voices
from earmark.vocabulary import evaluate, parse_expression
from earmark.zoo import find_model

DECIDED = ("vocals", "singing", "rap", "talking", "no vocals", "instrumental")
HOP = 0.5


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger()


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Eleven seconds of three pieces that fade into each other, at 16 kHz."""
    parts = [np.concatenate(list(decode(example_path(n), 16000))) for n in ("band", "strings")]
    return np.concatenate([parts[0][:80000], parts[1][:64000], parts[0][80000:112000]])


def without_head(folder: Path) -> Path:
    """The shipped model without its head."""
    copy = Path(shutil.copytree(find_model("default").folder, folder / "plain"))
    (copy / VOICES).unlink()
    card = copy / "card.toml"
    lines = card.read_text("utf-8").splitlines(keepends=True)
    card.write_text("".join(line for line in lines if VOICES not in line), encoding="utf-8")
    return copy


def with_head(folder: Path, text: str) -> Path:
    """The shipped model with another head."""
    copy = Path(shutil.copytree(find_model("default").folder, folder / "other"))
    old = sha256((copy / VOICES).read_bytes()).hexdigest()
    (copy / VOICES).write_text(text, encoding="utf-8")
    card = copy / "card.toml"
    new = sha256(text.encode()).hexdigest()
    card.write_text(card.read_text("utf-8").replace(old, new), encoding="utf-8")
    return copy


def test_the_shipped_head_is_for_the_shipped_network() -> None:
    card = find_model("default")
    details = tomllib.loads((card.folder / VOICES).read_text("utf-8"))
    assert card.is_of(details["taught"]["network"])
    assert details["measured"]["folds"]["rap"]["f1"] > 0.8 and details["licence"] == "MIT"


def test_each_row_has_the_chances_of_its_own_half_window(tagger: Tagger, sound: np.ndarray) -> None:
    card = tagger.card
    frames = np.concatenate(list(features_stream(iter([sound]), card.front_end)))
    cutter = HopWindows(stretch_frames(card), HOP / card.front_end.seconds(1))
    windows = cutter.feed(frames) + cutter.end()
    shape = (card.window_frames, card.front_end.n_mels)
    stack = np.stack([np.resize(window, shape) for window, rows in windows for _ in range(rows)])
    details = tomllib.loads((card.folder / VOICES).read_text("utf-8"))["line"]
    scores, embeddings = Network(card)(stack)
    scores = Calibration(card.slopes, card.offsets)(scores)
    lines = {
        name: embeddings @ np.array(line["weights"]) + line["offset"]
        for name, line in details.items()
    }
    limits = card.thresholds * np.float32(THRESHOLD_SHARE)
    sung = "vocals or male vocals or female vocals or choir or opera or male opera or female opera"
    any_voice = f"{sung} or chant or soprano or duet or rap or talking"
    own = evaluate(parse_expression(any_voice, card.vocabulary), scores, limits).strength
    share = details["voice"]["own"]
    odds = (1 - share) * lines["voice"] + share * log_odds(own)
    voice = 1 / (1 + np.exp(-odds))
    shares = np.exp(np.stack([lines["singing"], lines["rap"], lines["speech"]]))
    singing, rap, speech = voice * shares / shares.sum(axis=0)
    timeline = tagger(sound, 16000, hop=HOP).timeline
    for text, wanted in [
        ("vocals", singing + rap + speech),
        ("rap", rap),
        ("talking", speech),
        ('"no vocals"', 1 - voice),
    ]:
        answer = evaluate(parse_expression(text, card.vocabulary), timeline.scores, limits)
        # A score ends at 1, and so a strength a little below.
        most = 1 / (1 + limits[card.vocabulary.index(text.strip('"'))])
        np.testing.assert_allclose(answer.strength, np.minimum(wanted, most), atol=1e-4)
        assert np.ptp(wanted) > 1e-4  # or rows could change places unseen


def test_songs_and_windows_are_as_without_a_head(
    tagger: Tagger, sound: np.ndarray, tmp_path: Path
) -> None:
    plain = Tagger(without_head(tmp_path))
    assert plain(sound, 16000) == tagger(sound, 16000)
    fine, alone = tagger(sound, 16000, hop=HOP), plain(sound, 16000, hop=HOP)
    np.testing.assert_array_equal(fine.scores, alone.scores)
    np.testing.assert_array_equal(fine.embedding, alone.embedding)
    same = (fine.timeline.scores == alone.timeline.scores).all(axis=0)
    names = tagger.card.vocabulary.names
    changed = {name for name, equal in zip(names, same, strict=True) if not equal}
    assert set(DECIDED) <= changed
    groups = {tagger.card.vocabulary.group(name) for name in changed}
    assert not groups & {"drums", "piano", "hip hop", "guitar"}


def test_live_rows_are_those_of_a_file(tagger: Tagger, sound: np.ndarray, tmp_path: Path) -> None:
    import soundfile

    path = tmp_path / "song.wav"
    soundfile.write(path, sound, 16000, subtype="FLOAT")
    rows: list = []
    listening = Listening(path, model=tagger, hop=HOP, rows=rows.append)
    while listening.next() is not None:
        pass
    listening.stop()
    offline = tagger(path, hop=HOP).timeline.scores
    np.testing.assert_allclose([row.scores for row in rows], offline, atol=1e-4)


def test_whose_voice_it_is_is_never_surer_than_that_there_is_one() -> None:
    card = find_model("default")
    names = card.vocabulary.names
    head = Head(
        np.ones(1, np.float32), 0.0, np.zeros((1, 3), np.float32), np.zeros(3, np.float32), 0.0
    )
    scores = np.full((2, len(names)), 0.9, np.float32)
    answer = Voices(card, head)(scores, np.array([[-1.0], [9.0]], np.float32))
    limits = card.thresholds * np.float32(THRESHOLD_SHARE)
    place = names.index("female vocals")
    chance = 1 / (1 + np.exp(1))
    assert answer[0, place] == pytest.approx(limits[place] * chance / (1 - chance), rel=1e-4)
    assert answer[1, place] == np.float32(0.9)
    assert (answer[:, names.index("drums")] == np.float32(0.9)).all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[line.voice]\n", "makes no sense"),
        ("not toml", "makes no sense"),
        (
            "".join(
                f"[line.{n}]\noffset = 0.0\nown = 0.5\nweights = [1.0]\n"
                for n in ("voice", "singing", "rap", "speech")
            ),
            "for embeddings of 1 numbers, not 192",
        ),
    ],
)
def test_a_head_that_makes_no_sense_is_one_sentence(
    text: str, reason: str, sound: np.ndarray, tmp_path: Path
) -> None:
    folder = with_head(tmp_path, text)
    with pytest.raises(ModelError, match=reason):
        Tagger(folder)(sound, 16000, hop=HOP)


def test_a_damaged_head_is_found_out(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(find_model("default").folder, tmp_path / "default"))
    with open(copy / VOICES, "a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(ModelError, match=r"voices\.toml is damaged"):
        Tagger(copy)


def test_the_shipped_head_is_of_the_network_that_lies_beside_it() -> None:
    """Another network has another embedding, on which the head's lines mean nothing."""
    card = find_model("default")
    taught = tomllib.loads(card.checked_bytes(VOICES).decode("utf-8"))["taught"]
    assert card.is_of(taught["network"])
