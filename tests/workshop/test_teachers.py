"""Teachers: what small networks of ours say, heard through the class that hears the real ones."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the train extra is not installed")

from tiny_teachers import WIDTH, write_teachers

from workshop.teachers import (
    EMBEDDING,
    WINDOW,
    YAMNET_PATCH,
    YAMNET_STARTS,
    Teachers,
)


@pytest.fixture
def last_layers(tmp_path: Path) -> dict[str, np.ndarray]:
    """Four networks in a folder, and their last matrices."""
    return write_teachers(tmp_path)


def test_scores_are_what_last_layers_make_of_embeddings(
    last_layers: dict[str, np.ndarray], tmp_path: Path
) -> None:
    windows = np.random.default_rng(0).normal(0, 0.1, (3, WINDOW)).astype(np.float32)
    heard = Teachers(tmp_path).raw(windows)
    for name, last in last_layers.items():
        embedding, scores = heard[EMBEDDING + name], heard[name]
        assert embedding.shape == (3, WIDTH) and scores.shape == (3, last.shape[1])
        assert np.abs(embedding[0] - embedding[1]).max() > 0
        if name != "YAMNet":  # whose scores are means over patches
            np.testing.assert_allclose(scores, 1 / (1 + np.exp(-embedding @ last)), atol=1e-5)


def test_yamnet_hears_three_patches(last_layers: dict[str, np.ndarray], tmp_path: Path) -> None:
    sound = np.zeros((1, WINDOW), np.float32)
    sound[0, YAMNET_STARTS[1] :][:YAMNET_PATCH] = 0.6
    heard = Teachers(tmp_path).raw(sound)
    np.testing.assert_allclose(heard[EMBEDDING + "YAMNet"][0], 0.6 / 3, atol=1e-5)
    logits = 0.6 * last_layers["YAMNet"].sum(0)
    wanted = (1 / (1 + np.exp(-logits)) + 2 * 0.5) / 3
    np.testing.assert_allclose(heard["YAMNet"][0], wanted, atol=1e-5)
