"""Searches find what evaluating the expression song by song finds, best first."""

from pathlib import Path

import numpy as np
import pytest
from libraries import chance, make_library

from earmark.errors import ExpressionError, LibraryError
from earmark.library import Catalogue, Library
from earmark.library.record import Recorder
from earmark.library.search import Search
from earmark.vocabulary import evaluate, parse_expression
from earmark.vocabulary.columns import narrowed
from earmark.zoo import find_model

CARD = find_model("default")
EXPRESSIONS = [
    "violin",
    "(violin or slow) and not female",
    "rap > .6 or (techno or house) and not vocals",
    '"female vocal" or opera < .02',
    "not rock",
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library.db"


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("keep", [False, True])
def test_the_same_as_song_by_song(library: Path, text: str, keep: bool) -> None:
    scores, embeddings = chance(300)
    ids = make_library(library, scores, embeddings)
    expression = parse_expression(text, CARD.vocabulary)
    wanted = []
    for id, row in zip(ids, scores, strict=True):
        answer = evaluate(expression, row, CARD.thresholds)
        if answer.truth:
            wanted.append((-float(answer.strength), id))
    with Catalogue(library) as catalogue:
        search = Search(catalogue, keep=keep)
        found = search(text)
        again = search(text)
    assert 0 < len(wanted) < 300
    assert found.ids.tolist() == again.ids.tolist() == [id for _, id in sorted(wanted)]
    assert (-found.strengths).tolist() == [strength for strength, _ in sorted(wanted)]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_narrowed_expression_says_the_same(text: str) -> None:
    scores, _ = chance(50)
    expression = parse_expression(text, CARD.vocabulary)
    places, narrow = narrowed(expression)
    wanted = evaluate(expression, scores, CARD.thresholds)
    found = evaluate(narrow, scores[:, places], CARD.thresholds[places])
    assert np.array_equal(found.truth, wanted.truth)
    assert np.array_equal(found.strength, wanted.strength)
    assert len(places) < 30 and str(narrow) == str(expression)


def test_a_search_that_keeps_sees_what_others_write(library: Path) -> None:
    scores, embeddings = chance(20)
    make_library(library, scores, embeddings)
    with Library(library) as asked:
        before = len(asked.search("rap or not rap"))
        make_library(library, scores, embeddings, folder="/more")
        assert (before, len(asked.search("rap or not rap"))) == (20, 40)
        with Recorder(library) as recorder:
            recorder.connection.execute("UPDATE tracks SET gone = 1 WHERE id = 1")
        assert len(asked.search("rap or not rap")) == 39


def test_groups_are_facts(library: Path) -> None:
    scores, embeddings = chance(10)
    ids = make_library(library, scores, embeddings)
    with Recorder(library) as recorder:
        recorder.keep_groups({3: "three", 4: "four"}, [(ids[2], 3), (ids[5], 3), (ids[6], 4)])
    with Catalogue(library) as catalogue:
        search = Search(catalogue)
        assert sorted(search("group:3").ids) == [ids[2], ids[5]]
        assert set(search("not group:3 and not group:4").ids) == set(ids) - {
            ids[2], ids[5], ids[6]
        }  # fmt: skip
        for wrong in ("group:5", "group:x"):
            with pytest.raises(LibraryError, match=r"no group .; those kept are 3, 4"):
                search(wrong)
        with pytest.raises(ExpressionError, match="'colour:red' is not known"):
            search("colour:red")


def test_the_last_version_of_a_model_counts(library: Path) -> None:
    scores, embeddings = chance(6)
    ids = make_library(library, scores, embeddings)
    rock = CARD.vocabulary.index("rock")
    with Recorder(library) as recorder, recorder.transaction():
        recorder.connection.execute("UPDATE models SET sha256 = 'older'")
        recorder.connection.execute("UPDATE heard SET scores = ?", [np.zeros(188, "<f4").tobytes()])
        newer = recorder.model(CARD)
        loud = np.zeros(188, np.float32)
        loud[rock] = 0.9
        recorder.hear(newer, 2, loud, embeddings[0])
    with Catalogue(library) as catalogue:
        search = Search(catalogue)
        assert catalogue.hearing().sha256 == "older"
        assert search("rock").ids.tolist() == [ids[1]]
        assert sorted(search("rock < .5").ids) == [ids[i] for i in (0, 2, 3, 4, 5)]


def test_the_python_way(library: Path) -> None:
    scores, embeddings = chance(30)
    make_library(library, scores, embeddings, artists=["A"] * 30)
    with Library(library) as asked:
        assert len(asked) == 30
        assert [track.title for track in asked][:2] == ["Song 0", "Song 1"]
        hits = asked.search("not rap", top=5)
        assert len(hits) == 5 and hits[0].strength >= hits[4].strength >= 0.5
        table = asked.to_arrow()
        assert table.num_rows == 30
        assert np.array_equal(table["rock"], scores[:, CARD.vocabulary.index("rock")])
        assert np.array_equal(np.stack(table["embedding"].to_numpy()), embeddings)
        assert table.schema.metadata[b"sha256"].decode() == CARD.sha256["model.onnx"]


def test_a_library_that_is_not_there_yet(library: Path) -> None:
    with Library(library) as asked:
        assert len(asked) == 0 and list(asked) == []
        with pytest.raises(LibraryError, match="no library at"):
            asked.search("rock")
    assert not library.exists()
