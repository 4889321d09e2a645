"""What holds for candidates whatever the network and the mailbox are."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linking.mailbox import STRANGERS, connection, found, seen
from tests.linking.worlds import world
from tests.properties.census import Census, examples
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.linking import candidates
from tracker.linking._domains import Companies
from tracker.linking._evidence import compare, is_plausible
from tracker.linking._likeness import Likeness
from tracker.linking._pairs import pairs
from tracker.linking._people import Census as Names
from tracker.linking._people import read_correspondent, read_person
from tracker.linking._scripts import letters
from tracker.linking._weights import CALIBRATION, WEIGHTS

if TYPE_CHECKING:
    from tracker.domain.linking import Candidate, Correspondent

GIVEN = st.sampled_from(["Jane", "Robert", "Bob", "J.", "Юлия", "Julia", "María José", "John"])
FAMILY = st.sampled_from(["Doe", "Doering", "Петрова", "Petrova", "García López", "García"])
NAMES = st.builds("{} {}".format, GIVEN, FAMILY)
COMPANIES = st.sampled_from(["Acme Systems", "Borealis Bank", ""])
DOMAINS = st.sampled_from(
    ["acmesystems.example", "borealisbank.example", "gmail.com", "doering.example", "lists.acmesystems.example"]
)
LOCALS = st.sampled_from(["{given}.{family}", "{initial}{family}", "{given}", "{family}{initial}", "info", "x7"])
SHOWN = st.sampled_from(["{}", "{}", "{}", "{} via Dev", "Office of {}", ""])


@st.composite
def networks(draw: st.DrawFn) -> list[Connection]:
    people = draw(st.lists(st.tuples(NAMES, COMPANIES, st.sampled_from([False, False, True])), min_size=3, max_size=8))
    return [
        connection(number, name, company, *([f"known{number}@acmesystems.example"] if has_address else []))
        for number, (name, company, has_address) in enumerate(people, start=1)
    ]


@st.composite
def mailboxes(draw: st.DrawFn, network: list[Connection]) -> list[Correspondent]:
    """Addresses that are built from names of the network and bear them, each in its way."""
    those = {}
    for _ in range(draw(st.integers(2, 8))):
        name = draw(st.sampled_from(network)).name
        given, _, family = (letters(part) or part for part in name.partition(" "))
        local = draw(LOCALS).format(given=given, family=family, initial=given[0])
        one = seen(f"{local}@{draw(DOMAINS)}", draw(SHOWN).format(name), sent=draw(st.integers(0, 3)))
        those[one.addr] = one
    return list(those.values())


SITUATIONS = networks().flatmap(lambda network: st.tuples(st.just(network), mailboxes(network)))


def sureness(those: list[Candidate]) -> dict[tuple[ConnectionId, str], float]:
    return {(one.connection, one.correspondent.addr): one.confidence for one in those}


def test_a_namesake_among_the_connections_never_raises_anybodys_confidence() -> None:
    census = Census()

    @examples(150)
    @given(SITUATIONS, st.integers(0, 7), COMPANIES)
    def holds(situation: tuple[list[Connection], list[Correspondent]], whose: int, company: str) -> None:
        network, mailbox = situation
        name = network[whose % len(network)].name
        before = sureness(found(network, mailbox))
        after = sureness(found([*network, connection(99, name, company)], mailbox))
        raised = {pair: (before.get(pair, 0.0), sure) for pair, sure in after.items() if pair[0] != ConnectionId(99)}
        assert not {pair: change for pair, change in raised.items() if change[1] > change[0]}
        census.count(lowered=any(now < then for then, now in raised.values()) or len(raised) < len(before))

    holds()
    census.require(lowered=0.3)


def test_a_role_a_list_or_an_assistant_never_reaches_one_half_and_one_address_never_more_than_one() -> None:
    census = Census()

    @examples(150)
    @given(SITUATIONS)
    def holds(situation: tuple[list[Connection], list[Correspondent]]) -> None:
        network, mailbox = situation
        those = found(network, mailbox)
        nobodys = [
            one
            for one in those
            if one.correspondent.addr.startswith("info@")
            or any(" via " in name for name in one.correspondent.names)
            or "@lists." in one.correspondent.addr
            or any("Office of" in name for name in one.correspondent.names)
        ]
        assert all(one.confidence < 0.5 for one in nobodys)
        whole: dict[str, float] = defaultdict(float)
        for one in those:
            whole[one.correspondent.addr] += one.confidence
        assert all(total <= 1 + 1e-9 for total in whole.values())
        census.count(nobodys=nobodys, shared=len(whole) < len(those), sure=any(one.confidence > 0.5 for one in those))

    holds()
    census.require(nobodys=0.2, shared=0.2, sure=0.3)


def test_the_order_of_people_and_mail_changes_nothing() -> None:
    drawn = world(11, 300)
    first = candidates(drawn.people, drawn.correspondents, known=drawn.book)
    people, mailbox = list(drawn.people), list(drawn.correspondents)
    everybody = list(drawn.book.connections.values())
    shuffle = Random(5).shuffle  # noqa: S311 - an order that has to be the same every time
    for those in (people, mailbox, everybody):
        shuffle(those)
    assert candidates(people, mailbox, known=AddressBook.of(everybody, mine=drawn.book.mine)) == first
    assert len(first) > 50
    assert [one.confidence for one in first] == sorted((one.confidence for one in first), reverse=True)


def test_people_that_the_book_does_not_hold_are_served_as_well() -> None:
    jane = connection(1, "Jane Doe", "Acme Systems")
    mailbox = [seen("jane.doe@acmesystems.example", "Jane Doe"), *STRANGERS]
    inside = candidates([jane], mailbox, known=AddressBook.of([jane], mine=[]))
    assert candidates([jane], mailbox, known=AddressBook.of([], mine=[])) == inside
    assert len(inside) == 1


def test_nothing_comes_of_nothing() -> None:
    assert found([], []) == []
    assert (
        found([connection(1, "", ""), connection(2, "🚀", "?"), connection(3, ",", ",")], [seen("a@b.example", "")])
        == []
    )


def test_the_keys_lead_to_everybody_whom_comparing_all_with_all_would_find() -> None:
    """But for those whom a slip in the first letters of a name, or nothing but a short local part, would join."""
    drawn = world(12, 200)
    by_keys = pairs(drawn.people, drawn.correspondents, book=drawn.book)
    found_by_keys = {(one.person.connection.id, one.seen.correspondent.addr) for one in by_keys}
    persons = [read_person(one) for one in drawn.book.connections.values()]
    everyone = [read_correspondent(one, is_list=False) for one in drawn.correspondents]
    names, companies = Names(persons, everyone), Companies(drawn.book.connections.values())
    mailbox = [one for one in everyone if not one.is_notifier]
    strong = {
        (person.connection.id, one.correspondent.addr)
        for person in persons
        for one in mailbox
        if is_plausible(finding := compare(person, one, companies, names))
        and finding.likeness not in {Likeness.SLIP, Likeness.ALONE, Likeness.UNNAMED, Likeness.PART}
    }
    assert len(strong) > 40
    assert len(strong - found_by_keys) <= len(strong) * 0.01


def test_the_calibration_never_falls() -> None:
    shares, confidences = zip(*CALIBRATION, strict=True)
    assert list(shares) == sorted(shares)
    assert list(confidences) == sorted(confidences)
    assert shares[0] == 0
    assert 0 <= confidences[0] < confidences[-1] <= 0.99


@pytest.mark.parametrize(
    "never_helps", ["chance 0.02", "chance 0.5, no company", "role", "via", "assistant", "company", "mixed"]
)
def test_what_speaks_against_never_weighs_in_favour(never_helps: str) -> None:
    assert WEIGHTS[never_helps] <= 0
