"""Tags that deny others heed them."""

import pytest

torch = pytest.importorskip("torch")

from earmark.vocabulary import Vocabulary, official_vocabulary  # noqa: E402
from workshop.complements import denied, heed_complements  # noqa: E402


def test_every_official_denial_has_its_tag() -> None:
    pairs = denied(official_vocabulary())
    assert pairs["no piano"] == "piano" and pairs["no singing"] == "singing"
    assert set(pairs) == {tag for tag in official_vocabulary() if tag.startswith("no ")}


def test_what_denies_a_tag_falls_as_that_rises() -> None:
    vocabulary = Vocabulary.from_names(["piano", "no piano", "no idea", "violin"])
    head = torch.nn.Linear(6, 4)
    sound = torch.rand(5, 6)
    before = head(sound)
    heed_complements(head, vocabulary, 0.25)
    after = head(sound)
    for kept in (0, 2, 3):
        torch.testing.assert_close(after[:, kept], before[:, kept])
    evidence = before[:, 0] - head.bias[0]
    torch.testing.assert_close(after[:, 1], before[:, 1] - 0.25 * evidence)
