"""Everything that people hand to a tagger is heard, or one sentence says what it is not."""

import array
import io
from pathlib import Path

import numpy as np
import pytest
from sounds import music

import earmark
from earmark.errors import SoundError
from earmark.sound import Samples
from earmark.tagging.given import sound_given

STEREO = np.linspace(-0.5, 0.5, 2000, dtype=np.float32).reshape(1000, 2)


class Tensor:
    """As torch has them: no plain array until it is detached and on this machine."""

    def __init__(self, values: np.ndarray, steps: tuple[str, ...] = ()) -> None:
        self.values, self.steps = values, steps

    def detach(self) -> "Tensor":
        return Tensor(self.values, (*self.steps, "detach"))

    def cpu(self) -> "Tensor":
        return Tensor(self.values, (*self.steps, "cpu"))

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        if self.steps != ("detach", "cpu"):
            raise TypeError("not here")
        return self.values


@pytest.mark.parametrize(
    "samples",
    [
        STEREO,
        STEREO.T,
        STEREO.tolist(),
        tuple(map(tuple, STEREO.T.tolist())),
        Tensor(STEREO),
        Tensor(STEREO.T),
        memoryview(STEREO),
    ],
)
def test_samples_in_whatever_holds_them(samples: object) -> None:
    given = sound_given(samples, 8000)
    assert isinstance(given, Samples) and given.sample_rate == 8000
    np.testing.assert_array_equal(given.samples, STEREO)


def test_one_channel_stays_as_it_is() -> None:
    mono = array.array("f", [0.0, 0.5, -0.5])
    np.testing.assert_array_equal(sound_given(mono, 8000).samples, mono)
    row = STEREO[None, :, 0]
    np.testing.assert_array_equal(sound_given(row, 8000).samples, row.T)


def test_few_samples_of_several_channels_are_not_turned() -> None:
    assert sound_given(np.zeros((2, 2)), 8000).samples.shape == (2, 2)
    assert sound_given(np.zeros((3, 2)), 8000).samples.shape == (3, 2)
    assert sound_given(np.zeros((65, 66)), 8000).samples.shape == (65, 66)


@pytest.mark.parametrize("sound", ["a.wav", Path("a.wav"), b"RIFF", io.BytesIO(b"RIFF")])
def test_sounds_pass_as_they_are_and_have_their_own_rate(sound: object) -> None:
    assert sound_given(sound, None) is sound
    name = "a.wav" if isinstance(sound, (str, Path)) else "this sound"
    with pytest.raises(SoundError, match=f"^{name}: has its own sample rate; sample_rate is for"):
        sound_given(sound, 16000)


def test_a_bytearray_is_bytes() -> None:
    assert sound_given(bytearray(b"RIFF"), None) == b"RIFF"


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [
        (STEREO, "samples need their sample rate"),
        (None, "^NoneType: not a sound; expected a path, bytes,"),
        (3, "^int: not a sound"),
        ({"a": 1}, "^dict: not a sound"),
        (["a.wav", "b.wav"], r"^list of 2: not one sound; Tagger\.files\(paths\) tags many"),
        ([Path("a.wav")], "^list of 1: not one sound"),
        ([[1.0], [1.0, 2.0]], "^list: no samples come out of it"),
        (io.StringIO("RIFF"), "opened as text"),
    ],
)
def test_what_is_no_sound_is_told(sound: object, sentence: str) -> None:
    with pytest.raises(SoundError, match=sentence):
        sound_given(sound, None)


def test_the_first_function_takes_samples_and_a_hop() -> None:
    samples = music(4, 16000, 2)
    tagging = earmark.tag(samples, model="small", sample_rate=16000, hop=0.5)
    np.testing.assert_array_equal(
        tagging.scores, earmark.Tagger("small")(samples.T, sample_rate=16000).scores
    )
    assert len(tagging.timeline) == 8


def test_the_face_is_what_is_promised() -> None:
    assert dir(earmark) == ["EarmarkError", "Tagger", "Tagging", "__version__", "tag"]
    assert all(hasattr(earmark, name) for name in dir(earmark))
    assert (Path(earmark.__file__).parent / "py.typed").exists()
    with pytest.raises(AttributeError, match="no attribute 'Taggger'"):
        earmark.Taggger  # noqa: B018


def test_up_to_sixty_four_rows_are_channels_where_there_are_more_columns() -> None:
    def shape(rows: int, columns: int) -> tuple[int, int]:
        return sound_given(np.zeros((rows, columns)), 16000).samples.shape

    assert [shape(2, 3), shape(3, 2), shape(2, 2)] == [(3, 2), (3, 2), (2, 2)]
    assert [shape(64, 70), shape(65, 70)] == [(70, 64), (65, 70)]
