"""Words of genre fields and folder names, and the tags they are understood as."""

import pytest
from mutagen.id3 import TCON

from earmark.datasets.words import _lists, plain, read_field, read_folder, tags_of
from earmark.vocabulary import Vocabulary, official_vocabulary

OFFICIAL = official_vocabulary()


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Rock", ["rock"]),
        ("Hip-Hop/Rap", ["hip hop", "rap"]),
        ("hip_hop", ["hip hop"]),
        ("Electronica", ["electronica", "electronic"]),
        ("Electronic & Dance", ["electronic", "dance"]),
        ("Drum'n'Bass", ["electronic", "fast beat"]),
        ("Drum & Bass", ["electronic", "fast beat"]),
        ("drum and bass", ["electronic", "fast beat"]),
        ("Soul, Jungle & Drum + Bass", ["jungle", "electronic", "fast beat"]),
        ("Rock 'n' Roll", ["rock"]),
        ("Death Metal", ["metal"]),
        ("Melodic Death Metal", ["metal"]),
        ("Classical Music", ["classical"]),
        ("Clasical", ["classical"]),
        ("Dance Hall", ["reggae"]),
        ("Booty Bass", ["electronic"]),
        ("Trip-Hop", ["electronic"]),
        ("Solo_Piano", ["piano solo", "piano", "solo"]),
        ("New-Age; Ambient", ["new age", "ambient"]),
        ("Re\u0301ggae (live)", ["reggae"]),
        ("JAZZ\0Funk|Folk", ["jazz", "funk", "funky", "folk"]),
        ("female vocalists", ["female vocals"]),
        ("slow", ["slow"]),
        ("Punk & Alternative", ["punk"]),
        ("no drums", ["no drums"]),
        ("no bass", []),
        ("non-classical", []),
        ("Rhythm & Blues", []),
        ("R&B", []),
        ("Old Man River", []),
        ("Slow Jam", []),
        ("", []),
        (" / - ", []),
    ],
)
def test_words_of_a_field_become_tags(text: str, tags: list[str]) -> None:
    assert tags_of(text, OFFICIAL)[0] == tuple(tags)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("Techno", ["techno"]),
        ("Smooth Jazz", ["jazz"]),
        ("Best of 90s Pop", ["pop"]),
        ("03 - Heavy Metal (Live)", ["heavy metal"]),
        ("Sad, Slow", ["sad", "slow"]),
        ("acoustic, guitar", ["acoustic", "guitar"]),
        ("Cello Suites", ["cello"]),
        ("Daft Punk", []),
        ("Earth, Wind & Fire", []),
        ("Echo & the Bunnymen", []),
        ("Electric Light Orchestra", []),
        ("Crowded House", []),
        ("Various Artists", []),
        ("2004", []),
    ],
)
def test_all_of_a_folders_name_has_to_be_understood(name: str, tags: list[str]) -> None:
    assert [tag for found in read_folder(name, OFFICIAL).values() for tag in found] == tags


def test_what_is_not_understood_comes_back() -> None:
    assert tags_of("Rock; Gospel & Soul / R&B", OFFICIAL) == (
        ("rock",),
        ("gospel", "soul", "r & b"),
    )
    assert read_field("Jazz (Cool)", OFFICIAL) == {"jazz": ("jazz",), "cool": ()}
    assert read_folder("Daft Punk", OFFICIAL) == {"daft punk": ()}


def test_every_official_name_is_understood_as_itself() -> None:
    respelt = {plain(wrong): right for wrong, right in _lists()["spelling"].items()}
    for name in OFFICIAL:
        right = respelt.get(name, name)
        for found in (read_field(name.upper(), OFFICIAL), read_folder(name, OFFICIAL)):
            assert list(found) == [name]
            assert right in found[name]


def test_every_genre_of_id3_can_be_read() -> None:
    found = {genre: tags_of(genre, OFFICIAL) for genre in TCON.GENRES}
    assert all(bool(tags) != bool(rest) for tags, rest in found.values())
    assert sum(bool(tags) for tags, _ in found.values()) > 100
    assert found["Drum Solo"][0] == ("drums", "solo")


def test_aliases_name_official_tags_that_are_well_spelt() -> None:
    lists = _lists()
    named = {tag for tags in lists["aliases"].values() for tag in tags}
    assert named <= set(OFFICIAL)
    assert not named & lists["spelling"].keys()
    assert set(lists["spelling"].values()) <= set(OFFICIAL)
    words = [plain(word) for word in lists["aliases"]]
    assert len(set(words)) == len(words) > 100
    assert all(len(plain(word).split()) == 1 for word in lists["silent"] if plain(word))


def test_words_of_ones_own_vocabulary() -> None:
    own = Vocabulary.from_names(["Polka", "jazz", "R&B", "Rock/Pop", "Bebop"])
    assert tags_of("polka", own)[0] == ("Polka",)
    assert tags_of("fast polka night", own)[0] == ("Polka",)
    assert tags_of("swing", own)[0] == ("jazz",)
    assert tags_of("R and B; ROCK", own) == (("R&B",), ("rock",))
    assert tags_of("rock/pop", own)[0] == ("Rock/Pop",)
    assert tags_of("be-bop, bebop", own)[0] == ("Bebop",)
    assert tags_of("grunge", own) == ((), ("grunge",))
    assert tags_of("clasical", Vocabulary.from_names(["clasical"]))[0] == ("clasical",)


def test_an_alias_gives_those_of_its_tags_that_there_are() -> None:
    assert tags_of("Solo Piano", Vocabulary.from_names(["piano"]))[0] == ("piano",)
    assert tags_of("Solo Piano", Vocabulary.from_names(["cello"])) == ((), ("solo piano",))
