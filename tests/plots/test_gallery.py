"""Galleries: which songs are drawn, and what stands above them."""

from collections import Counter
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest
from results import predictions
from sounds import music, write

from earmark.datasets import Dataset, Row
from earmark.errors import DataError, VocabularyError
from earmark.plots import examples, rendered, spectrogram_samples
from earmark.plots.excerpt import FRONT_END, log_mel
from earmark.plots.gallery import draw

RATE = 16000


@pytest.fixture(scope="module")
def songs(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("songs")
    return [str(write(folder / f"song {i}.wav", music(1, RATE, seed=i), RATE)) for i in range(6)]


def dataset(files: list[str], partial: bool = False) -> Dataset:
    rows = [
        Row(i, file, ("violin",) if i % 2 else ("rock",), None, group=f"artist {i}")
        for i, file in enumerate(files, 1)
    ]
    return Dataset("songs.csv", lambda: iter(rows), partial)


def panels(figure) -> list:
    return [axes for axes in figure.axes if axes.axison]


def titles(figure) -> list[str]:
    return [axes.get_title("left").strip() for axes in panels(figure)]


def notes(figure) -> list[str]:
    return [axes.texts[0].get_text() for axes in panels(figure)]


def test_the_gallery_has_only_songs_with_the_tag(songs) -> None:
    figure = spectrogram_samples(dataset(songs), "violin", 8)
    assert titles(figure) == ["song 0.wav", "song 2.wav", "song 4.wav"]
    assert notes(figure) == ["artist 1", "artist 3", "artist 5"]
    assert all(axes.images[0].get_array().any() for axes in panels(figure))


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_a_gallery_shows_songs_from_their_beginning(tmp_path, seconds: float) -> None:
    """A tone that rises each second: where a picture begins and ends can be seen in it."""
    time = np.arange(4 * RATE) / RATE
    rising = np.sin(2 * np.pi * np.cumsum(400.0 * (1 + np.floor(time))) / RATE)
    file = str(write(tmp_path / "rising.wav", 0.5 * rising, RATE))
    (axes,) = panels(spectrogram_samples(dataset([file]), "violin", 1, seconds=seconds))
    image = np.asarray(axes.images[0].get_array())
    wanted = log_mel(file, 0.0, seconds, FRONT_END).rows.T
    assert image.shape == wanted.shape
    np.testing.assert_allclose(image, wanted, atol=1e-6)
    loudest = image[:, [0, -1]].argmax(0)
    last = log_mel(file, seconds - 0.2, 0.1, FRONT_END).rows.mean(0).argmax()
    assert loudest[0] == log_mel(file, 0.1, 0.2, FRONT_END).rows.mean(0).argmax()
    assert abs(image[:, -4].argmax() - last) <= 1
    assert axes.images[0].get_extent()[:2] == pytest.approx([0, seconds], abs=0.05)


def test_the_same_seed_draws_the_same_songs(songs) -> None:
    drawn = [titles(spectrogram_samples(dataset(songs), "violin", 1, seed)) for seed in range(8)]
    again = titles(spectrogram_samples(dataset(songs), "violin", 1, 3))
    assert again == drawn[3]
    assert len({names[0] for names in drawn}) > 1


def test_every_row_is_equally_likely() -> None:
    rows = [Row(i, str(i)) for i in range(10)]
    found = Counter(row.file for seed in range(2000) for row in draw(iter(rows), 3, seed))
    assert sum(found.values()) == 6000 and len(found) == 10
    assert all(abs(count - 600) < 100 for count in found.values())  # 5 standard deviations


def test_what_cannot_be_read_keeps_its_place_and_says_why(songs, tmp_path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    files = [str(broken), songs[0], str(tmp_path / "gone.wav")]
    figure = spectrogram_samples(dataset(files), "violin", 4)
    assert titles(figure) == ["broken.wav", "gone.wav"]
    reasons = [axes.texts[1].get_text() for axes in panels(figure)]
    assert reasons == ["cannot be read", "no such file"]


def test_a_partial_data_sets_missing_sounds_are_passed_over(songs, tmp_path) -> None:
    files = [str(tmp_path / "gone.wav"), songs[1], songs[2]]
    assert titles(spectrogram_samples(dataset(files, partial=True), "violin")) == ["song 2.wav"]


def test_a_tag_without_a_song_is_one_sentence(songs) -> None:
    with pytest.raises(DataError, match=r"^songs\.csv: no sound .* has the tag 'harp'$"):
        spectrogram_samples(dataset(songs), "harp")


def test_examples_show_the_highest_and_the_lowest_true_scores(songs) -> None:
    unknown = np.nan
    truth = [[1], [0], [1], [0], [unknown], [1]]
    scores = [[0.9], [0.8], [0.1], [0.0], [0.7], [np.nan]]
    figure = examples(predictions(truth, scores, ("violin",), songs), "violin", 3)
    assert titles(figure) == [f"song {i}.wav" for i in (0, 1, 4, 2, 0)]
    assert notes(figure) == [
        "score 0.90, has the tag",
        "score 0.80, does not have the tag",
        "score 0.70, nobody knows",
        "score 0.10, has the tag",
        "score 0.90, has the tag",
    ]


def test_examples_of_a_tag_that_nobody_has_are_the_highest_only(songs) -> None:
    figure = examples(predictions([[0], [0]], [[0.2], [0.6]], ("harp",), songs[:2]), "harp")
    assert titles(figure) == ["song 1.wav", "song 0.wav"]


def test_examples_name_what_is_wrong(songs) -> None:
    empty = predictions([[1]], [[np.nan]], ("violin",), songs[:1])
    with pytest.raises(DataError, match="no score of 'violin'"):
        examples(empty, "violin")
    with pytest.raises(VocabularyError, match="nearest is 'violin'"):
        examples(empty, "violn")


def test_a_gallery_can_be_rendered(songs) -> None:
    """Two panels side by side, both in colour; all else is black on white."""
    content = rendered(spectrogram_samples(dataset(songs), "violin", 2), "png")
    pixels = plt.imread(BytesIO(content))[..., :3]
    coloured = np.ptp(pixels, axis=2) > 0.2
    for half in np.array_split(coloured, 2, axis=1):
        assert half.mean() > 0.2
