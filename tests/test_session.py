"""Nothing is written outside what was asked for, and ONNX Runtime says nothing of its users."""

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from command import ROOT, run
from sounds import music, write

from earmark.session import open_session
from earmark.zoo import find_model

TWO_WAYS = """
import sys
if __name__ == "__main__":
    import earmark
    tagger = earmark.Tagger()
    results = [tagger(sys.argv[1]), *(result for _, result in tagger.files(sys.argv[1:], jobs=2))]
    print([type(result).__name__ for result in results])
"""


def test_tagging_leaves_nothing_at_home(tmp_path: Path) -> None:
    """In the process itself and in its workers, and though it is not a test machine's."""
    (tmp_path / "home").mkdir()
    song = write(tmp_path / "song.wav", music(1, 16000), 16000)
    (tmp_path / "run.py").write_text(TWO_WAYS)
    places = ("CI", "ORT_DISABLE_TELEMETRY")
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in places and not name.startswith("XDG_")
    }
    own |= {"HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = run([sys.executable, str(tmp_path / "run.py"), str(song), str(song)], env=own)
    assert done.stdout == f"{['Tagging'] * 3}\n", done.stderr
    assert list((tmp_path / "home").rglob("*")) == []


def test_whoever_imports_onnx_runtime_forbids_its_telemetry_first() -> None:
    importing = re.compile(r"^( *)(import|from) onnxruntime", re.MULTILINE)
    places = 0
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text()
        for found in importing.finditer(text):
            places += 1
            before = text[: found.start()].rstrip("\n").splitlines()
            block = [line for line in before[-2:] if "onnxruntime" not in line]
            assert block[-1] == f"{found[1]}forbid_telemetry()", path
    assert places >= 1


@pytest.mark.parametrize("as_bytes", [True, False])
def test_a_session_has_the_threads_it_was_given(as_bytes: bool) -> None:
    path = find_model("cnn").folder / "model.onnx"
    session = open_session(path.read_bytes() if as_bytes else path, threads=3)
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (3, 1)
    shape = [size if isinstance(size, int) else 1 for size in session.get_inputs()[0].shape]
    assert session.run(None, {session.get_inputs()[0].name: np.zeros(shape, np.float32)})
