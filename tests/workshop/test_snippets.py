"""Snippets of songs: drawn inside, repeated where short, learned and averaged."""

import numpy as np
import pytest
from sounds import music, write

torch = pytest.importorskip("torch")

from earmark.datasets.build import build  # noqa: E402
from earmark.datasets.store import Store  # noqa: E402
from earmark.training.networks import resnet  # noqa: E402
from workshop.studies import snippets  # noqa: E402
from workshop.studies.snippets import (  # noqa: E402
    certain_roc_auc,
    cut,
    draw_starts,
    learn,
    song_scores,
)
from workshop.windows import FRAMES, FRONT_END  # noqa: E402


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list]:
    """A noisy song of 8 s, a quiet one of 8 s, and one of 1 s."""
    folder = tmp_path_factory.mktemp("snippets")
    loud, soft = music(8, 16000), music(8, 16000, seed=1) * 0.001
    sounds = {"loud": loud, "soft": soft, "short": music(1, 16000)}
    files = [str(write(folder / f"{name}.wav", s, 16000)) for name, s in sounds.items()]
    build(files, folder / "store", FRONT_END, jobs=1)
    store = Store(folder / "store", FRONT_END)
    return store, store.find_all(files)


def test_starts_lie_inside_and_are_drawn_once() -> None:
    lengths = np.array([FRAMES, FRAMES - 10, FRAMES + 5] * 200)
    starts = draw_starts(lengths, 4, np.random.default_rng(0))
    assert starts.shape == (600, 4)
    assert set(starts[::3].ravel()) == set(starts[1::3].ravel()) == {0}
    assert set(starts[2::3].ravel()) == set(range(6))


def test_a_short_song_is_repeated(store: tuple[Store, list]) -> None:
    features, entries = store
    piece = cut(features, entries[2], 0)
    assert piece.shape == (FRAMES, FRONT_END.n_mels)
    length = entries[2].length
    np.testing.assert_array_equal(piece[length : 2 * length], piece[:length])


def test_loud_and_soft_are_learned(store: tuple[Store, list], monkeypatch) -> None:
    monkeypatch.setattr(snippets, "BATCH", 16)
    features, entries = store
    targets = np.full((2, 188), 0.05, np.float32)
    targets[0, 3] = targets[1, 5] = 1
    network = learn(
        features, entries[:2], targets, np.ones_like(targets), snippets=2, steps=60, seed=0
    )
    scores = song_scores(network, features, entries[:2], windows=2)
    assert scores[0, 3] > scores[1, 3]
    assert scores[1, 5] > scores[0, 5]


def test_scores_are_means_over_windows(store: tuple[Store, list]) -> None:
    features, entries = store
    torch.manual_seed(0)
    network = resnet.create().eval()
    one = song_scores(network, features, entries, 1)
    last = entries[0].length - FRAMES
    alone = network(torch.from_numpy(cut(features, entries[0], last // 2)[None]))[0].sigmoid()
    np.testing.assert_allclose(one[0], alone.detach().numpy()[0], atol=1e-6)


def test_only_certain_labels_count() -> None:
    labels = np.full((40, 2), np.nan)
    labels[:10, 0], labels[10:20, 0] = 1, 0
    labels[:10, 1], labels[10:19, 1] = 1, 0  # too few negatives
    scores = np.zeros((40, 2))
    scores[:10, 0] = 1
    scores[20:, 0] = 2  # unknown
    assert certain_roc_auc(labels, scores) == 1
