"""Small products equal the large one, for every shape of filterbank."""

import numpy as np
import pytest

from earmark.sound import FrontEnd, bands
from earmark.sound.bands import banded
from earmark.sound.melspectrogram import mel_filterbank

FRONT_ENDS = [(16000, 1024, 512, 96), (12000, 1024, 512, 48), (44100, 4096, 512, 128)]


@pytest.mark.parametrize("sizes", FRONT_ENDS)
@pytest.mark.parametrize("frames", [1, 16, 40])
def test_the_product_with_a_mel_filterbank(sizes: tuple, frames: int) -> None:
    filterbank = mel_filterbank(FrontEnd(*sizes))
    power = np.random.default_rng(0).exponential(size=(frames, len(filterbank))) ** 3
    wanted = power @ filterbank.astype(np.float64)
    got = banded(filterbank)(power.astype(np.float32))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_filters_without_bins_give_nothing() -> None:
    filterbank = np.zeros((5, 4), np.float32)
    filterbank[1:3, 2] = 2, 3
    assert banded(filterbank)(np.ones((2, 5), np.float32)).tolist() == [[0, 0, 5, 0]] * 2


@pytest.mark.parametrize("sizes", FRONT_ENDS)
def test_no_product_is_large_enough_for_threads(sizes: tuple, monkeypatch) -> None:
    """OpenBLAS takes one thread up to 262,144 multiplications."""
    seen = []

    def matmul(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        seen.append(len(a) * b.size)
        out[:] = a @ b

    monkeypatch.setattr(bands.np, "matmul", matmul)
    filterbank = mel_filterbank(FrontEnd(*sizes))
    banded(filterbank)(np.ones((16, len(filterbank)), np.float32))
    assert 0 < max(seen) < 262_144
    assert sum(seen) < 16 * filterbank.size / 2
