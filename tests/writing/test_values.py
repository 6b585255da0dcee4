"""From scores to values, and from those and what stands there to what will."""

import pytest

from earmark.vocabulary import official_vocabulary
from earmark.writing.containers import FIELDS, Tags
from earmark.writing.values import Mode, merged_values, wanted_values

SHOWN = {"rock": 0.61, "guitar": 0.5, "slow": 0.4, "pop": 0.3, "mellow": 0.2}
HEARD = wanted_values(SHOWN, official_vocabulary())
RECORD = ["genre=rock", "genre=pop", "mood=mellow"]


def tags(joined=("comment",), **values):
    return Tags("", {**{name: [] for name in FIELDS}, **values}, {}, frozenset(joined))


def test_each_field_takes_its_category():
    assert HEARD == {
        "genre": ["rock", "pop"],
        "mood": ["mellow"],
        "comment": ["[EARMARK: rock, guitar, slow, pop, mellow]"],
        "earmark": ["rock 0.61", "guitar 0.50", "slow 0.40", "pop 0.30", "mellow 0.20"],
    }


def test_a_limit_and_a_map():
    assert wanted_values(SHOWN, official_vocabulary(), limit=1)["genre"] == ["rock"]
    words = ["Slowcore", "Shoegaze", "Dream Pop"]
    found = wanted_values(SHOWN, official_vocabulary(), words=words, limit=2)
    assert found["genre"] == words[:2] and found["mood"] == ["mellow"]
    assert wanted_values({}, official_vocabulary(), words=["X"])["genre"] == ["X"]
    found = wanted_values(SHOWN, official_vocabulary(), moods=["dreamy", "dark", "sad"], limit=2)
    assert found["mood"] == ["dreamy", "dark", "sad"] and found["genre"] == ["rock", "pop"]
    assert not wanted_values(SHOWN, official_vocabulary(), moods=[])["mood"]


def test_nothing_shown_is_nothing_wanted():
    assert not any(wanted_values({}, official_vocabulary()).values())
    assert (
        merged_values(tags(genre=["x"]), wanted_values({}, official_vocabulary()), FIELDS, "") == {}
    )


@pytest.mark.parametrize("mode", Mode)
def test_empty_fields_are_filled_in_every_mode(mode):
    then = merged_values(tags(), HEARD, FIELDS, mode)
    assert then == {**HEARD, "earmark": HEARD["earmark"] + RECORD}
    assert merged_values(tags(**then), HEARD, FIELDS, mode) == {}  # and once is enough


def test_what_a_person_wrote_is_kept_added_to_or_replaced():
    now = {"genre": ["Rock", "Live"], "comment": ["good"]}
    kept = merged_values(tags(**now), HEARD, FIELDS, Mode.keep)
    assert kept == {"mood": ["mellow"], "earmark": HEARD["earmark"] + ["mood=mellow"]}
    added = merged_values(tags(**now), HEARD, FIELDS, Mode.add)
    assert added["genre"] == ["Rock", "Live", "pop"]
    assert added["comment"] == ["good [EARMARK: rock, guitar, slow, pop, mellow]"]
    assert added["earmark"] == HEARD["earmark"] + ["genre=pop", "mood=mellow"]
    replaced = merged_values(tags(**now), HEARD, FIELDS, Mode.replace)
    assert replaced == {**HEARD, "earmark": HEARD["earmark"] + RECORD}
    for mode, then in ((Mode.keep, kept), (Mode.add, added), (Mode.replace, replaced)):
        assert merged_values(tags(**{**now, **then}), HEARD, FIELDS, mode) == {}


@pytest.mark.parametrize("mode", Mode)
def test_what_is_ours_gives_way_to_what_is_heard_anew(mode):
    first = merged_values(tags(), HEARD, FIELDS, mode)
    newly = wanted_values({"jazz": 0.7, "sad": 0.3}, official_vocabulary())
    then = merged_values(tags(**first), newly, FIELDS, mode)
    assert then["genre"] == ["jazz"] and then["mood"] == ["sad"]
    assert then["comment"] == ["[EARMARK: jazz, sad]"]
    assert then["earmark"] == ["jazz 0.70", "sad 0.30", "genre=jazz", "mood=sad"]


def test_ours_within_a_persons_field():
    now = tags(
        genre=["Live", "pop"],
        comment=["good [EARMARK: pop] indeed"],
        earmark=["pop 0.30", "genre=pop"],
    )
    then = merged_values(now, HEARD, ("genre", "comment"), Mode.add)
    assert then["genre"] == ["Live", "rock", "pop"]
    assert then["comment"] == ["good [EARMARK: rock, guitar, slow, pop, mellow] indeed"]
    assert "genre" not in merged_values(now, HEARD, ("genre",), Mode.keep)


def test_only_the_fields_that_are_asked_for():
    assert merged_values(tags(), HEARD, ("mood",), Mode.keep) == {"mood": ["mellow"]}


def test_where_values_are_joined_they_are_compared_as_they_are_read():
    words = wanted_values(SHOWN, official_vocabulary(), words=["Hip Hop/Rap", "Pop"])
    now = tags(joined=FIELDS)
    then = merged_values(now, words, FIELDS, Mode.keep)
    assert then["genre"] == ["Hip Hop", "Rap", "Pop"]
    assert merged_values(tags(joined=FIELDS, **then), words, FIELDS, Mode.keep) == {}


def test_other_comments_of_a_person_stay():
    then = merged_values(tags(joined=(), comment=["good", "bad"]), HEARD, ("comment",), Mode.add)
    assert then["comment"] == ["good [EARMARK: rock, guitar, slow, pop, mellow]", "bad"]
    assert merged_values(tags(comment=["good"]), HEARD, ("comment",), Mode.keep) == {}
