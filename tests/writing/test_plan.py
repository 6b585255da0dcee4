"""Plans: what they say, what a person may change in them, and what is refused."""

import json
import os

import pytest
from tagged_files import make

from earmark.errors import SoundError, WritingError
from earmark.writing import (
    Counts,
    Heard,
    Journal,
    apply_plan,
    line_text,
    make_plan,
    read_plan,
    undo,
)
from earmark.writing.containers import read_tags
from earmark.writing.write_file import write_file

WANTED = {"genre": ["rock"], "mood": ["calm"], "comment": ["[EARMARK: rock]"], "earmark": ["r 1"]}
NOTHING = {name: [] for name in WANTED}


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal") as opened:
        yield opened


def planned(*paths, wanted=WANTED, **more):
    counts = Counts(tell=lambda sentence: None)
    return list(make_plan([Heard(str(path), wanted) for path in paths], counts, **more)), counts


def through_file(lines, path):
    path.write_text("".join(line_text(line) + "\n" for line in lines), encoding="utf-8")
    return list(read_plan(path))


def test_a_plan_writes_nothing_and_is_carried_out_once(tmp_path, journal):
    paths = [make(kind, tmp_path, f"a {i}") for i, kind in enumerate(("flac", "mp3 of 2.3", "m4a"))]
    before = [path.read_bytes() for path in paths]
    lines, _ = planned(*paths)
    assert [path.read_bytes() for path in paths] == before
    assert [line.path for line in lines] == [str(path) for path in paths]
    assert lines[0].now == NOTHING and lines[0].then["genre"] == ["rock"]
    again = through_file(lines, tmp_path / "plan")
    assert again == lines
    told = []
    done = list(apply_plan(again, journal, learn=lambda *what: told.append(what)))
    assert [one.written for one in done] == [True] * 3 and not any(one.error for one in done)
    assert [(path, seen.st_size) for path, seen in told] == [
        (str(path), path.stat().st_size) for path in paths
    ]
    now = [path.read_bytes() for path in paths]
    assert not any(one.written or one.error for one in apply_plan(again, journal))
    lines, counts = planned(*paths)
    assert lines == [] and counts.same == 3
    assert [path.read_bytes() for path in paths] == now
    assert all(one.whole for one in undo(map(str, paths), journal))
    assert [path.read_bytes() for path in paths] == before


def test_what_a_person_changes_in_a_plan_is_what_is_written(tmp_path, journal):
    path = make("ogg", tmp_path)
    ((line,), _) = planned(path)
    record = json.loads(line_text(line))
    record["then"] = {"genre": ['Kraut "rock" ☂', "ambient"], "comment": []}
    (tmp_path / "plan").write_text("\n" + json.dumps(record) + "\n\n")
    (done,) = apply_plan(read_plan(tmp_path / "plan"), journal)
    assert done.written
    now = read_tags(path).values
    assert now == {**NOTHING, "genre": ['Kraut "rock" ☂', "ambient"]}


@pytest.mark.parametrize("what", ["metadata", "field", "sound", "touched", "gone"])
def test_a_file_that_changed_since_is_refused(what, tmp_path, journal):
    path = make("flac", tmp_path)
    lines, _ = planned(path)
    seen = path.stat()
    if what == "metadata":
        write_file(path, {"comment": ["by somebody"]}, None)
    elif what == "field":
        write_file(path, {"genre": ["by somebody"]}, None)
    elif what == "sound":  # with size and time as they were
        data = bytearray(path.read_bytes())
        data[-2000] ^= 1
        path.write_bytes(data)
        os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    elif what == "touched":
        os.utime(path, ns=(1, 1))
    else:
        path.unlink()
    before = path.read_bytes() if path.exists() else None
    (done,) = apply_plan(lines, journal)
    assert not done.written
    assert ("No such file" if what == "gone" else "changed since the plan") in done.error
    assert before is None or path.read_bytes() == before
    assert journal.paths() == []


def test_one_that_fails_does_not_stop_the_rest(tmp_path, journal):
    good, bad, text = make("flac", tmp_path, "good"), tmp_path / "bad.mp3", tmp_path / "text.mp3"
    bad.write_bytes(b"ID3\x04\x00\x00\x00\x00\x10\x00" + b"\xff" * 3000)
    text.write_text("no music at all " * 100)
    fragmented = make("m4a fragmented", tmp_path)
    said = []
    heard = [
        Heard(str(path), WANTED) for path in (bad, text, fragmented, tmp_path / "gone.mp3", good)
    ]
    lines = list(make_plan([SoundError("x: bad"), *heard], counts := Counts(tell=said.append)))
    assert [line.path for line in lines] == [str(good)] and counts.failed == 5
    assert all(str(one.path) in sentence for one, sentence in zip(heard, said[1:], strict=False))


def test_nothing_over_its_threshold_is_counted(tmp_path):
    path = make("flac", tmp_path)
    lines, counts = planned(path, wanted=NOTHING)
    assert lines == [] and (counts.unheard, counts.same) == (1, 0)
    only_comment = {**NOTHING, "comment": ["[EARMARK: rock]"]}
    lines, counts = planned(path, wanted=only_comment, fields=("genre",))
    assert lines == [] and counts.unheard == 1


def test_names_with_any_bytes_go_through_a_plan(tmp_path, journal):
    path = make("flac", tmp_path)
    name = os.fsencode(tmp_path) + "/ש\n日 ".encode() + b"\xff\xfe.flac"
    os.rename(path, name)
    lines, _ = planned(os.fsdecode(name))
    assert through_file(lines, tmp_path / "plan") == lines
    (done,) = apply_plan(lines, journal)
    assert done.written and journal.paths() == [os.fsdecode(name)]


BAD = {
    "no JSON": "x",
    "a list": "[]",
    "without path": {"path": None},
    "another field": {"then": {"title": ["x"]}, "now": {"title": []}},
    "a text for values": {"then": {"genre": "rock"}},
    "numbers for values": {"then": {"genre": [1]}},
    "a zero byte": {"then": {"genre": ["a\0b"]}},
    "half a character": {"then": {"genre": ["\ud800"]}},
    "then without now": {"now": {}},
    "then that is no table": {"then": []},
}


@pytest.mark.parametrize("what", BAD)
def test_a_plan_that_makes_no_sense_is_one_sentence_with_its_line(what, tmp_path):
    ((line,), _) = planned(make("flac", tmp_path))
    good = line_text(line)
    bad = BAD[what] if isinstance(BAD[what], str) else json.dumps({**json.loads(good), **BAD[what]})
    plan = tmp_path / "plan.jsonl"
    plan.write_text(f"{good}\n{bad}\n")
    with pytest.raises(WritingError, match=r"plan.jsonl, line 2: ") as error:
        list(read_plan(plan))
    assert "\n" not in str(error.value)


def test_a_plan_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(WritingError, match="No such file"):
        list(read_plan(tmp_path / "plan"))
    (tmp_path / "plan").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WritingError, match="no UTF-8"):
        list(read_plan(tmp_path / "plan"))
