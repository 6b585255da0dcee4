"""The recipe that makes an old file from a new one: always exact, and short where it can be."""

import random

import pytest

from earmark.errors import WritingError
from earmark.writing import delta
from earmark.writing.delta import apply_delta, make_delta


def there_and_back(folder, old, new):
    """Length of the recipe, which must lead back."""
    (folder / "old").write_bytes(old)
    (folder / "new").write_bytes(new)
    recipe = make_delta(folder / "old", folder / "new")
    with open(folder / "new", "rb") as file:
        assert b"".join(apply_delta(recipe, file)) == old
    return len(recipe)


SOUND, COVER, WORDS = (
    random.Random(i).randbytes(n) for i, n in enumerate((6 << 20, 3 << 20, 3000))
)


@pytest.mark.parametrize(
    ("old", "new", "most"),
    [
        (WORDS + COVER + SOUND, b"more" * 20 + COVER + SOUND, 3100),
        (WORDS + COVER + SOUND, COVER + WORDS + SOUND, 100),
        (WORDS + SOUND, WORDS + SOUND, 30),
        (b"RIFF1234" + SOUND, b"RIFF9876" + SOUND + b"id3 " + WORDS, 100),
        (SOUND + WORDS, SOUND, 3100),
        (b"", WORDS, 30),
        (WORDS, b"", 3100),
        (bytes(1 << 20) + WORDS, WORDS + bytes(1 << 20), 3200),
    ],
)
def test_what_is_moved_is_not_kept(old, new, most, tmp_path):
    assert there_and_back(tmp_path, old, new) < most


def test_numbered_pages_cost_little(tmp_path):
    """As in an Ogg file whose comments take more pages: each page has another number and sum."""
    chance = random.Random(5)
    pages = [chance.randbytes(4400) for _ in range(1500)]

    def file(first, comments):
        numbered = (
            b"OggS" + (first + i).to_bytes(4, "little") + chance.randbytes(4) + page
            for i, page in enumerate(pages)
        )
        return b"head" + comments + b"".join(numbered)

    old, new = file(2, WORDS), file(4, WORDS * 4)
    assert there_and_back(tmp_path, old, new) < len(pages) * 20


def test_many_shuffled_pieces_are_found_block_by_block(tmp_path):
    pieces = [SOUND[at : at + 4000] for at in range(0, 2_000_000, 4000)]
    old = b"".join(pieces)
    random.Random(1).shuffle(pieces)
    assert there_and_back(tmp_path, old, b"x" + b"".join(pieces)) < 20_000


def test_whatever_is_cut_put_in_or_moved(tmp_path):
    chance = random.Random(7)
    for _ in range(150):
        old = bytearray(chance.randbytes(chance.randrange(6000)))
        new = bytearray(old)
        for _ in range(chance.randrange(7)):
            at = chance.randrange(len(new) + 1)
            end = min(len(new), at + chance.randrange(900))
            piece = (
                new[at:end] if chance.random() < 0.4 else chance.randbytes(chance.randrange(900))
            )
            new[at:end] = b""
            place = chance.randrange(len(new) + 1)
            new[place:place] = piece
        there_and_back(tmp_path, bytes(old), bytes(new))


def test_files_with_nothing_in_common_are_refused_where_they_are_large(tmp_path, monkeypatch):
    monkeypatch.setattr(delta, "LARGEST", 1000)
    with pytest.raises(WritingError, match="too much"):
        there_and_back(tmp_path, SOUND[:2000], COVER[:2000])


def test_a_new_file_that_is_shorter_than_told(tmp_path):
    there_and_back(tmp_path, SOUND, SOUND + WORDS)
    recipe = make_delta(tmp_path / "old", tmp_path / "new")
    (tmp_path / "new").write_bytes(SOUND[:1000])
    with open(tmp_path / "new", "rb") as file, pytest.raises(WritingError, match="shorter"):
        list(apply_delta(recipe, file))
