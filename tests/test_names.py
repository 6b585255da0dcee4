"""Names of files: safe to show, and found again from what data hold."""

import os

import pytest

from earmark.names import escaped, found_again, printable

NAMES = [b"a\\xff", b"a\xff\\", b"\\\\x80\xe9", b"plain\\n", "ü\n\r".encode(), b"\\x", b"\\\\xff"]


@pytest.mark.parametrize("raw", NAMES)
def test_a_name_in_data_is_text_and_found_again(raw: bytes) -> None:
    name = os.fsdecode(raw)
    written = escaped(name)
    written.encode("utf-8")
    assert os.fsencode(found_again(written)) == raw


def test_no_two_names_are_written_alike() -> None:
    written = [escaped(os.fsdecode(raw)) for raw in NAMES]
    assert len(set(written)) == len(NAMES)


def test_a_plain_name_stays_as_it_is() -> None:
    for name in ("söng.wav", "C:\\music\\a.wav", "line\nbreak", "日本.mp3"):
        assert escaped(name) == name


def test_people_see_what_would_move_their_cursor() -> None:
    assert printable("a\x1b[31m\r\n\t\u202eb\udce9") == "a\\x1b[31m\\r\\n\\t\\u202eb\\xe9"
    assert printable("söng 日本 \\") == "söng 日本 \\"
