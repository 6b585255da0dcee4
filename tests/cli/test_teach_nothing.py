"""What teaching says where nothing could be learned."""

import shutil
from pathlib import Path

from command import earmark

from earmark.examples import example_path


def test_tags_that_sound_alike_are_no_success(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / "sorted" / name).mkdir(parents=True)
        for number, song in enumerate(("band", "piano", "band", "piano", "band")):
            shutil.copy(example_path(song), tmp_path / "sorted" / name / f"{number}.ogg")
    done = earmark("teach", tmp_path / "sorted", "-o", tmp_path / "mine")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].endswith("mine: tells none of its tags better than chance")
