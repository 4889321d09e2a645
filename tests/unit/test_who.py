"""Who is meant by what somebody types: an id, an address, or a name as the keyboard gives it."""

from __future__ import annotations

import unicodedata

import pytest

from tracker.domain.connection import Connection, ConnectionId, folded
from tracker.errors import AmbiguousPerson, UnknownPerson
from tracker.service.judging import find_person

NAMES = (
    "Zoë Öçal",
    "Jose Martín",
    "José",
    "Łucja Nowak",
    "अनीता शर्मा",
    "Zoltán Nagy",
    unicodedata.normalize("NFD", "Renée Roy"),
)
PEOPLE = [Connection(ConnectionId(number), name) for number, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("zoe", "Zoë Öçal"),
        ("ZOË  ÖÇAL", "Zoë Öçal"),
        ("ocal", "Zoë Öçal"),
        ("Jose Martin", "Jose Martín"),
        ("josé", "José"),
        ("jose", "José"),
        ("Renée", NAMES[-1]),
        ("अनीता", "अनीता शर्मा"),
        ("6", "Zoltán Nagy"),
    ],
)
def test_a_name_is_found_without_its_accents_and_in_either_form_of_them(who: str, name: str) -> None:
    assert find_person(PEOPLE, who).name == name


def test_what_may_be_two_people_is_asked_back() -> None:
    with pytest.raises(AmbiguousPerson, match="1 Zoë Öçal, 6 Zoltán Nagy"):
        find_person(PEOPLE, "zo")
    for who in ("", " ", "nobody", "9", "अनता"):
        with pytest.raises(UnknownPerson):
            find_person(PEOPLE, who)


def test_what_is_compared_has_no_accents_case_or_surplus_blanks() -> None:
    assert folded("  Nestlé   DEUTSCHLAND\u00a0AG ") == folded("nestle deutschland ag") == "nestle deutschland ag"
