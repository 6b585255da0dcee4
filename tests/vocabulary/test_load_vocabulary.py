"""A vocabulary of a user's own, from text or TOML."""

from pathlib import Path

import pytest

from earmark.errors import VocabularyError
from earmark.vocabulary.load import load_vocabulary


def test_text_has_a_tag_a_line(tmp_path: Path) -> None:
    path = tmp_path / "tags.txt"
    path.write_bytes("\ufeff# mine\n\n polka \r\nñandú\n".encode())
    assert load_vocabulary(path).names == ("polka", "ñandú")


def test_toml_may_have_groups(tmp_path: Path) -> None:
    path = tmp_path / "tags.toml"
    path.write_text('[[tag]]\nname = "polka"\ngroup = "dances"\n[[tag]]\nname = "dances"\n')
    assert load_vocabulary(path).synonyms("polka") == ("polka", "dances")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("t.txt", b"# nothing\n", "it lists no tags"),
        ("t.txt", b"polka\npolka\n", "'polka' is there more than once"),
        ("t.txt", b"pol\xffka\n", "not UTF-8"),
        ("t.toml", b"[[tag]\n", "makes no sense"),
    ],
)
def test_files_that_make_no_sense(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VocabularyError, match=reason) as caught:
        load_vocabulary(tmp_path / name)
    assert name in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="cannot be read"):
        load_vocabulary(tmp_path / "missing.txt")
