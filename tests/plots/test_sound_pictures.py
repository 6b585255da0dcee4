"""Pictures of sounds: what is plotted is the sound, at the right time and frequency."""

import numpy as np
import pytest
from sounds import music, write

from earmark.errors import SoundError
from earmark.plots import melspectrogram, taggram, waveform
from earmark.plots.excerpt import COLUMNS, FRONT_END, envelope, log_mel, thinned
from earmark.plots.melspectrogram import band_of
from earmark.sound import FrontEnd, Samples, decode
from earmark.sound import melspectrogram as frames_of
from earmark.tagging import Tagger

RATE = 16000


def tone(hz: float, seconds: float) -> Samples:
    return Samples(0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE), RATE)


def band_outline(figure) -> np.ndarray:
    (filled,) = figure.axes[0].collections
    return filled.get_paths()[0].vertices


def test_a_short_waveform_shows_every_sample_at_its_time() -> None:
    samples = music(1, 44100)[:, 0]
    points = band_outline(waveform(Samples(samples, 44100), 0.2, 0.01))
    assert points[:, 0].min() == pytest.approx(0.2)
    assert points[:, 0].max() == pytest.approx(0.21)
    assert points[:, 1].max() == pytest.approx(samples[8820:9261].max())
    assert points[:, 1].min() == pytest.approx(samples[8820:9261].min())


def test_a_long_waveform_keeps_a_peak_of_one_sample() -> None:
    samples = np.zeros(44100 * 8, np.float32)
    samples[44100 * 5], samples[44100 * 6] = 0.9, -0.7
    points = band_outline(waveform(Samples(samples, 44100), 0.0, None))
    high, low = points[points[:, 1].argmax()], points[points[:, 1].argmin()]
    assert high == pytest.approx([5, 0.9], abs=0.01)
    assert low == pytest.approx([6, -0.7], abs=0.01)
    assert len(points) < 8 * COLUMNS


def test_waveform_axes_have_units_and_the_file_name(tmp_path) -> None:
    path = write(tmp_path / "a $5 song.wav", music(0.2, RATE), RATE)
    axes = waveform(path).axes[0]
    assert axes.get_xlabel() == "time in seconds"
    assert "amplitude" in axes.get_ylabel()
    assert axes.get_title("left") == r"a \$5 song.wav"


def test_the_mel_picture_holds_the_front_ends_frames() -> None:
    samples = music(3, RATE)[:, 0]
    image = melspectrogram(Samples(samples, RATE)).axes[0].images[0]
    assert np.array_equal(image.get_array().T, frames_of(samples, FRONT_END))
    assert image.get_extent() == [0, 3, -0.5, 95.5]


@pytest.mark.parametrize("hz", [250, 1000, 4000])
def test_a_tone_is_bright_beside_its_tick(hz: int) -> None:
    axes = melspectrogram(tone(hz, 1)).axes[0]
    ticks = {
        label.get_text(): place
        for label, place in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
    }
    brightest = int(axes.images[0].get_array()[:, 16].argmax())
    assert abs(ticks[f"{hz:,}"] - brightest) <= 1


def test_only_frequencies_that_the_front_end_has_are_marked() -> None:
    low = FrontEnd(sample_rate=4000, n_fft=512, hop_length=256, n_mels=40)
    axes = melspectrogram(tone(440, 0.5), front_end=low).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["250", "500", "1,000"]
    assert band_of(2000, low) == pytest.approx(40)  # one band above the last


def test_a_part_is_the_part() -> None:
    samples = music(4, RATE)[:, 0]
    part = log_mel(Samples(samples, RATE), 1.0, 2.0, FRONT_END)
    assert (part.start, part.seconds) == (1.0, 2.0)
    assert np.array_equal(part.rows, frames_of(samples[RATE : 3 * RATE], FRONT_END))


def test_decoding_stops_where_the_part_ends(monkeypatch) -> None:
    read = []

    def counted(sound, rate):
        for block in decode(sound, rate):
            read.append(len(block))
            yield block

    monkeypatch.setattr("earmark.plots.excerpt.decode", counted)
    envelope(Samples(music(60, RATE), RATE), 2.0, 1.0, RATE)
    assert sum(read) < 10 * RATE


@pytest.mark.parametrize("draw", [waveform, melspectrogram])
def test_a_start_after_the_end_is_one_sentence(draw, tmp_path) -> None:
    path = write(tmp_path / "short.wav", music(0.5, RATE), RATE)
    with pytest.raises(SoundError, match=r"short\.wav: it ends before second 3$"):
        draw(path, 3.0, 1.0)


@pytest.mark.parametrize("length", [1, 7, 19, 20, 21, 40, 79, 1000])
@pytest.mark.parametrize("block", [1, 3, 64])
def test_thinned_rows_are_means_of_equally_many(length: int, block: int) -> None:
    rows = np.random.default_rng(0).random((length, 2))
    blocks = [rows[i : i + block] for i in range(0, length, block)]
    got, factor, total = thinned(blocks, 10, lambda group: group.mean(1))
    assert total == length and len(got) == -(-length // factor) <= 20
    assert factor == 1 or len(got) >= 10
    for i, row in enumerate(got):
        assert row == pytest.approx(rows[i * factor : (i + 1) * factor].mean(0))


@pytest.fixture(scope="module")
def band():
    from earmark.examples import example_path

    path = example_path("band")
    return path, Tagger()(path)


def test_taggram_rows_are_the_tags_best_first(band) -> None:
    path, tagging = band
    upper, lower = taggram(tagging, path).axes[:2]
    names = [label.get_text().rsplit("  ")[0] for label in lower.get_yticklabels()]
    assert names == list(tagging.tags())
    (image,) = lower.collections
    column = tagging.vocabulary.index(names[0])
    assert np.asarray(image.get_array())[0] == pytest.approx(tagging.timeline.scores[:, column])
    edges = np.asarray(image.get_coordinates())[0, :, 0].tolist()
    assert edges == pytest.approx([*tagging.timeline.starts, tagging.timeline.ends[-1]])
    assert upper.images[0].get_extent()[1] == pytest.approx(tagging.seconds)
    assert lower.get_ylim()[0] > lower.get_ylim()[1]  # the best at the top


def test_taggram_says_how_many_tags_it_leaves_out(band) -> None:
    path, tagging = band
    lower = taggram(tagging, path, most=2).axes[1]
    assert len(lower.get_yticks()) == 2
    assert f"2 highest of {len(tagging.tags())} tags" in lower.get_title("left")


def test_taggram_without_a_tag_shows_the_highest_and_says_so() -> None:
    silence = Samples(np.zeros(RATE, np.float32) + 1e-3, RATE)
    tagging = Tagger()(silence)
    tagging.thresholds[:] = 2
    lower = taggram(tagging, silence).axes[1]
    assert len(lower.get_yticks()) == 5
    assert "No tag is over its threshold" in lower.get_title("left")
