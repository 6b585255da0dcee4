"""The official vocabulary holds what it must, and a vocabulary of one's own fails in sentences."""

import hashlib
import os
import subprocess
import sys
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

import earmark.vocabulary as vocabulary_room
from earmark.errors import VocabularyError
from earmark.vocabulary import CATEGORIES, Tag, Vocabulary, official_vocabulary, vocabulary

OFFICIAL = official_vocabulary()
TAGS_TOML = Path(vocabulary.__file__).with_name("tags.toml")
OFFICIAL_LIST = Path(__file__).parents[3] / "shared" / "mtat" / "tags_188.txt"
SHA256_OF_NAMES = "0b19229d0e083012adfa138d78e0e627e3496c11c106e8074fc169a27fd4a006"


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_and_order_are_the_official_ones():
    assert len(OFFICIAL) == len(OFFICIAL.names) == 188
    assert (OFFICIAL.names[0], OFFICIAL.names[-1]) == ("no voice", "english")
    assert hashlib.sha256("\n".join(OFFICIAL).encode()).hexdigest() == SHA256_OF_NAMES


def test_names_are_those_of_the_label_table():
    if not OFFICIAL_LIST.exists():
        pytest.skip(f"the official list is not at {OFFICIAL_LIST}")
    assert list(OFFICIAL) == OFFICIAL_LIST.read_text().splitlines()


def test_index_is_the_place_in_the_order():
    assert [OFFICIAL.index(name) for name in OFFICIAL] == list(range(188))
    assert OFFICIAL.tag("quick") == Tag("quick", "tempo", "fast")
    assert "clasical" in OFFICIAL and "classicall" not in OFFICIAL


def test_every_tag_is_in_one_group_led_by_a_tag_of_its_category():
    members = [
        name
        for lead in OFFICIAL
        if OFFICIAL.group(lead) == lead
        for name in OFFICIAL.synonyms(lead)
    ]
    assert sorted(members) == sorted(OFFICIAL)
    for name in OFFICIAL:
        assert name in OFFICIAL.synonyms(name)
        assert OFFICIAL.category(name) == OFFICIAL.category(OFFICIAL.group(name))


def test_every_category_is_used():
    assert {tag.category for tag in OFFICIAL.tags} == set(CATEGORIES)


def test_contradiction_is_symmetric_and_spares_synonyms():
    for a, b in combinations(OFFICIAL, 2):
        assert OFFICIAL.contradicts(a, b) == OFFICIAL.contradicts(b, a)
        assert not (OFFICIAL.contradicts(a, b) and OFFICIAL.group(a) == OFFICIAL.group(b))
    assert not any(OFFICIAL.contradicts(name, name) for name in OFFICIAL)


def test_every_negated_tag_contradicts_what_it_denies():
    for name in OFFICIAL:
        denied = name.removeprefix("no ").removeprefix("not ")
        if denied != name:
            assert OFFICIAL.contradicts(name, denied), name


def test_every_opposition_is_said_once():
    said = tomllib.loads(TAGS_TOML.read_text())["opposites"]
    assert sum(map(len, said.values())) == len(OFFICIAL.opposites)


@pytest.mark.parametrize(
    "a, b",
    [
        ("female vocal", "woman singing"),
        ("men", "male voice"),
        ("no singer", "instrumental"),
        ("beat", "beats"),
        ("clasical", "classic"),
        ("harpsichord", "harpsicord"),
        ("violins", "fiddle"),
        ("electro", "electronica"),
        ("choral", "chorus"),
    ],
)
def test_synonyms(a, b):
    assert b in OFFICIAL.synonyms(a) and a in OFFICIAL.synonyms(b)


@pytest.mark.parametrize(
    "a, b",
    [
        ("hip hop", "rap"),
        ("soft", "quiet"),
        ("female", "male"),
        ("vocals", "female vocals"),
        ("guitar", "electric guitar"),
        ("techno", "electronic"),
        ("foreign", "not english"),
    ],
)
def test_related_tags_that_are_not_synonyms(a, b):
    assert b not in OFFICIAL.synonyms(a)


@pytest.mark.parametrize(
    "a, b",
    [
        ("no vocals", "vocals"),
        ("instrumental", "woman singing"),
        ("no voice", "choral"),
        ("no singing", "rap"),
        ("no piano", "piano solo"),
        ("no strings", "fiddle"),
        ("not rock", "heavy metal"),
        ("quick", "slow"),
        ("loud", "quiet"),
        ("english", "not english"),
        ("happy", "sad"),
    ],
)
def test_contradictions(a, b):
    assert OFFICIAL.contradicts(a, b)


@pytest.mark.parametrize(
    "a, b",
    [
        ("female vocals", "male vocals"),
        ("female singer", "man"),
        ("no vocals", "hip hop"),
        ("no guitar", "piano"),
        ("no drums", "beat"),
        ("silence", "piano"),
        ("solo", "duet"),
    ],
)
def test_pairs_that_may_go_together(a, b):
    assert not OFFICIAL.contradicts(a, b)


def test_unknown_tag_is_answered_with_the_nearest():
    with pytest.raises(VocabularyError) as error:
        OFFICIAL.index("Classicall")
    assert str(error.value) == (
        "'Classicall' is not one of the 188 tags; the nearest is 'classical'"
    )
    with pytest.raises(VocabularyError) as error:
        OFFICIAL.contradicts("rock", "qqq")
    assert str(error.value) == "'qqq' is not one of the 188 tags"


def test_plain_vocabulary():
    plain = Vocabulary.from_names(["siren", "vocals", "no vocals"])
    assert plain.names == ("siren", "vocals", "no vocals")
    assert plain.tag("siren") == Tag("siren", "other", "siren")
    assert not plain.contradicts("vocals", "no vocals")
    with pytest.raises(VocabularyError, match=r"^the tag 'siren' is there more than once$"):
        Vocabulary.from_names(["siren", "vocals", "siren"])


def test_ordered_keeps_what_is_known():
    own = OFFICIAL.ordered(name for name in ("singing", "siren", "instrumental", "voice"))
    assert own.names == ("singing", "siren", "instrumental", "voice")
    assert own.synonyms("voice") == ("singing", "voice")
    assert own.contradicts("singing", "instrumental")
    assert own.tag("siren") == Tag("siren", "other", "siren")
    assert OFFICIAL.ordered(OFFICIAL) == OFFICIAL


def test_own_file_may_leave_out_all_but_names(tmp_path):
    path = write(
        tmp_path,
        '[[tag]]\nname = "dog"\n[[tag]]\nname = "hound"\ngroup = "dog"\n'
        '[[tag]]\nname = "cat"\n[opposites]\ncat = ["dog"]\n',
    )
    own = Vocabulary.from_toml(str(path))
    assert own.tag("dog") == Tag("dog", "other", "dog")
    assert own.synonyms("hound") == ("dog", "hound")
    assert own.contradicts("hound", "cat") and own.contradicts("cat", "hound")


@pytest.mark.parametrize(
    "text, reason",
    [
        ('tag = [{name = "a"}, {name = "a"}]', "the tag 'a' is there more than once"),
        ('tag = [{name = "a", category = "smell"}]', "category 'smell', which is not one of genre"),
        ('tag = [{name = "a"}]\nopposites = {a = ["b"]}', "no tag has the group 'b'"),
        ('tag = [{name = "a"}]\nopposites = {b = ["a"]}', "no tag has the group 'b'"),
        ('tag = [{name = "a"}]\nopposites = {a = ["a"]}', "group 'a' is opposite to itself"),
        ('tag = [{name = "a"}]\nopposites = {a = "a"}', "opposites is not a table"),
        ('tag = [{name = "a"}]\nopposites = ["a"]', "opposites is not a table"),
        (
            'tag = [{name = "a", group = "b"}, {name = "b", group = "c"}, {name = "c"}]',
            "the tag 'a' has the group 'b', which is itself in the group 'c'",
        ),
        ('tag = [{category = "genre"}]', "a tag needs a name"),
        ('tag = ["a"]', "a tag needs a name"),
        ('tag = [{name = "a", gruop = "b"}]', "a tag has name, category and group"),
        ("tag = [{name = 3}]", "a tag has name, category and group, all text"),
        ('tag = [{name = "a"}]\nopposite = {}', "an entry 'opposite'"),
        ("tag = 3", "it lists no tags"),
        ("", "it lists no tags"),
        ("tag = [", "makes no sense: "),
    ],
)
def test_own_file_that_makes_no_sense(tmp_path, text, reason):
    path = write(tmp_path, text)
    with pytest.raises(VocabularyError) as error:
        Vocabulary.from_toml(path)
    assert str(error.value).startswith(f"vocabulary {path} makes no sense: ")
    assert reason in str(error.value) and "\n" not in str(error.value)


def test_own_file_that_cannot_be_read(tmp_path):
    with pytest.raises(VocabularyError, match=r"nowhere.toml cannot be read: No such file"):
        Vocabulary.from_toml(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b'tag = [{name = "caf\xe9"}]')
    with pytest.raises(VocabularyError, match=r"latin.toml makes no sense"):
        Vocabulary.from_toml(tmp_path / "latin.toml")


def test_room_is_light_to_import():
    code = "import sys; from earmark.vocabulary import official_vocabulary as v; v(); "
    code += "print({'numpy', 'difflib'} & sys.modules.keys())"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(TAGS_TOML.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "set()"


def test_the_room_has_no_other_names():
    with pytest.raises(
        AttributeError, match=r"'earmark\.vocabulary' has no attribute 'vocabularly'"
    ):
        getattr(vocabulary_room, "vocabularly")  # noqa: B009
