"""The sample worlds are what their description says, and the same every time."""

from __future__ import annotations

import unicodedata
from collections import Counter

from tests.linking.worlds import world

SCRIPTS = {"CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "HANGUL", "DEVANAGARI", "HIRAGANA"}


def test_a_seed_gives_one_world_and_another_seed_another() -> None:
    first, again, other = world(7, 120), world(7, 120), world(8, 120)
    assert (first.people, first.correspondents, first.truth) == (again.people, again.correspondents, again.truth)
    assert first.people != other.people


def test_names_repeat_as_seldom_as_in_exports_and_most_people_never_appear() -> None:
    drawn = world(1, 2400)
    names = Counter(one.name for one in drawn.book.connections.values())
    assert 0.010 < sum(count for count in names.values() if count > 1) / 2400 < 0.020
    appearing = len(set(drawn.truth.values())) / len(drawn.people)
    assert 0.18 < appearing < 0.28
    assert 1.5 < len(drawn.correspondents) / 2400 < 2.5
    assert 0.03 < sum(bool(one.addresses) for one in drawn.book.connections.values()) / 2400 < 0.08


def test_names_come_in_more_than_six_scripts_on_both_sides() -> None:
    drawn = world(1, 2400)
    for names in ([one.name for one in drawn.people], [name for one in drawn.correspondents for name in one.names]):
        letters = {char for name in names for char in name if char.isalpha()}
        assert {unicodedata.name(char).partition(" ")[0] for char in letters} >= SCRIPTS


def test_every_kind_of_decoy_is_there() -> None:
    drawn = world(1, 2400)
    names = [name for one in drawn.correspondents for name in one.names]
    for words in (" via ", "via LinkedIn", "ssistant", "Office of", " from "):
        assert sum(words in name for name in names) >= 3, words
    people = {one.name for one in drawn.book.connections.values()}
    strangers = [one for one in drawn.correspondents if one.addr not in drawn.truth]
    assert sum(bool(people & set(one.names)) for one in strangers) >= 20
