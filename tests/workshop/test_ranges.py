"""An 8-bit network's ranges come from windows of training tracks, cut as the tagger cuts them."""

import numpy as np
import pytest
from sounds import write

from earmark.sound.melspectrogram import FrontEnd, melspectrogram
from workshop.corpus import Corpus, load_corpus
from workshop.ranges import range_windows, sound_windows

FRONT_END = FrontEnd(sample_rate=8000, n_fft=256, hop_length=256, n_mels=24)
FRAMES = 20
SECONDS = 2


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Three tracks, of which only the second, a tone of 3 kHz, is for training."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = ["file,split,source,kind,artist,group,tags,not_tags,mtat_tags"]
    for split, hertz in (("valid", 500), ("train", 3000), ("valid", 1500)):
        tone = 0.3 * np.sin(2 * np.pi * hertz * np.arange(16000 * SECONDS) / 16000)
        write(folder / f"{hertz}.wav", tone.astype(np.float32), 16000)
        lines.append(f"{hertz}.wav,{split},one,music,,,,,")
    (folder / "corpus.csv").write_text("\n".join(lines) + "\n")
    return load_corpus(folder, folder / "cache", 1)


def test_windows_are_of_training_tracks_alone(corpus: Corpus) -> None:
    windows = range_windows(corpus, FRONT_END, FRAMES, seed=0)
    assert windows.shape == (1, FRAMES, FRONT_END.bands) and windows.dtype == np.float32
    tone = 0.3 * np.sin(2 * np.pi * 3000 * np.arange(8000 * SECONDS) / 8000)
    there = melspectrogram(tone.astype(np.float32), FRONT_END).mean(0).argmax()
    assert (windows[0].argmax(1) == there).all()


def test_a_sound_s_windows_hear_each_frame_once(corpus: Corpus) -> None:
    mels, new = sound_windows(corpus, 1, FRONT_END, FRAMES)
    assert mels.shape == (len(new), FRAMES, FRONT_END.bands)
    assert new.sum() == 8000 * SECONDS // FRONT_END.hop_length + 1
    assert (new[:-1] == FRAMES).all() and len(new) > 2


def test_a_seed_draws_the_same_windows_again(corpus: Corpus) -> None:
    first, again = (range_windows(corpus, FRONT_END, FRAMES, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first, again)
