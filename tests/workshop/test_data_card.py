"""Hours by kind and licence, from rows whose sums are known."""

import numpy as np
import pytest

from workshop.corpus import SAMPLE_RATE, Corpus
from workshop.data_card import data_facts, licence_family


@pytest.mark.parametrize(
    ("licence", "family"),
    [
        ("CC BY 4.0", "CC BY"),
        ("CC0 / CC-BY-SA 3.0", "CC BY-SA"),
        ("CC BY-SA 3.0 / CC BY-NC 3.0", "CC BY-NC, CC BY-NC-SA, research only"),
        ("GPL-2.0 or CC BY-SA", "GPL, AGPL"),
        ("MIT (code)", "MIT, Apache, BSD, zlib"),
        ("Public Domain", "CC0, public domain"),
        ("none stated (demo), part CC BY", "none stated or unclear"),
        ("", "none stated or unclear"),
        ("free with credit", "other"),
    ],
)
def test_the_most_restrictive_family_named(licence: str, family: str) -> None:
    assert licence_family(licence) == family


def test_files_and_hours_of_the_train_split() -> None:
    rows = [
        {"split": split, "kind": kind, "licence": licence, "source": source}
        for split, kind, licence, source in (
            ("train", "music", "CC0", "a"),
            ("train", "music", "GPL-3.0", "b"),
            ("train", "solo", "CC0", "a"),
            ("valid", "solo", "CC BY 4.0", "c"),
        )
    ]
    hours = np.array([2, 3, 1, 7])
    offsets = np.concatenate([[0], np.cumsum(hours * 3600 * SAMPLE_RATE)])
    facts = data_facts(Corpus(rows, np.zeros(0, np.int16), offsets))
    assert (facts["files"], facts["hours"], facts["sources"]) == (3, 6.0, 2)
    assert facts["by_kind"] == [
        {"name": "music", "files": 2, "hours": 5.0},
        {"name": "solo", "files": 1, "hours": 1.0},
    ]
    assert facts["by_licence"] == [
        {"name": "CC0, public domain", "files": 2, "hours": 3.0},
        {"name": "GPL, AGPL", "files": 1, "hours": 3.0},
    ]
