"""A file of some hundred MB, in which longer comments give every page another number."""

import hashlib
import resource

import pytest
from mutagen.ogg import OggPage
from tagged_files import LONG, make

from earmark.writing import Journal, undo
from earmark.writing.containers import read_tags
from earmark.writing.write_file import write_file

BYTES = 200_000_000


def large_opus(folder):
    """The pages of a short file over and over, numbered anew."""
    short = make("opus", folder, "short")
    with open(short, "rb") as file:
        pages = [OggPage(file) for _ in range(file_pages(short))]
    heads, sound = pages[:2], pages[2:-1] or pages[2:]
    path = folder / "large.opus"
    with open(path, "wb") as file:
        for page in heads:
            file.write(page.write())
        number, position, step = len(heads), 0, 48000
        while file.tell() < BYTES:
            for page in sound:
                position += step
                page.sequence, page.position, page.last = number, position, False
                number += 1
                file.write(page.write())
        sound[-1].sequence, sound[-1].last = number, True
        file.write(sound[-1].write())
    short.unlink()
    return path


def file_pages(path):
    count = 0
    with open(path, "rb") as file:
        while True:
            try:
                OggPage(file)
            except EOFError:
                return count
            count += 1


@pytest.mark.slow
def test_a_large_opus_file_comes_back_byte_for_byte(tmp_path):
    path = large_opus(tmp_path)
    with open(path, "rb") as file:
        before = hashlib.file_digest(file, "sha256").digest()
    size = path.stat().st_size
    values = {"genre": ["rock"], "comment": [LONG * 3]}
    with Journal(tmp_path / "journal") as journal:
        write_file(path, values, journal)
        assert read_tags(path).values["genre"] == ["rock"]
        assert path.stat().st_size > size + 150_000
        kept = len(journal.of(path)[0].delta)
        assert kept < size / 100
        (done,) = undo([str(path)], journal)
    assert done.whole
    with open(path, "rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == before
    print(size, kept, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
