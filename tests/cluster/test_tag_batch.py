"""The piece for pipelines of one's own, without and with Ray around it."""

from pathlib import Path

import numpy as np
import pytest

import earmark
from earmark.cluster import TagBatch
from earmark.errors import ClusterError
from earmark.examples import example_path

BAND = str(example_path("band"))


@pytest.fixture(scope="module")
def piece() -> TagBatch:
    return TagBatch("small", embedding=True)


def test_paths_and_bytes_give_the_same(piece: TagBatch, tmp_path: Path) -> None:
    tagging = earmark.tag(BAND, "small")
    by_path = piece({"path": np.array([BAND, str(tmp_path / "gone.mp3")], object)})
    assert by_path["tags"][0] == "; ".join(tagging.tags())
    np.testing.assert_allclose(by_path["scores"][0], tagging.scores, rtol=1e-6)
    np.testing.assert_allclose(by_path["embedding"][0], tagging.embedding, rtol=1e-6)
    assert np.isnan(by_path["scores"][1]).all()
    assert by_path["error"][0] == ""
    assert by_path["error"][1].endswith("gone.mp3: no such file")
    content = np.array([Path(BAND).read_bytes(), b"nothing"], object)
    by_bytes = piece({"bytes": content, "name": np.array(["one", "two"], object)})
    assert "bytes" not in by_bytes
    np.testing.assert_array_equal(by_bytes["scores"][0], by_path["scores"][0])
    assert by_bytes["error"][1].startswith("two: ")


def test_what_it_was_not_given(piece: TagBatch) -> None:
    with pytest.raises(ClusterError, match="no column bytes, path, file or item, only title"):
        piece({"title": np.array(["x"], object)})
