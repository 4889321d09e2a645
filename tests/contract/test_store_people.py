"""The store's contract: people, merged with what each export says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from tests.contract.sample_facts import ME, batch, letter, pair_now
from tracker.domain.connection import Connection, ConnectionId, Profile
from tracker.domain.message import AddrSpec
from tracker.storage import Merged
from tracker.storage._schema import connection_address, dirty_connection

if TYPE_CHECKING:
    from tracker.storage import Store

JANE = Profile(
    key="https://www.linkedin.com/in/janedoe",
    name="Jané Döe 東京 🙂",
    company="Acme & Söhne",
    position="CTO",
    profile_url="https://www.linkedin.com/in/janedoe",
    connected_on=date(2021, 3, 4),
    addresses=(AddrSpec("jane@acme.example"), AddrSpec("a@home.example")),
)
BOB = Profile(key="bob", name="Bob")


def _jane(number: int = 1, **more: object) -> Connection:
    fields: dict[str, object] = {
        "name": JANE.name,
        "company": JANE.company,
        "position": JANE.position,
        "profile_url": JANE.profile_url,
        "connected_on": JANE.connected_on,
        "addresses": JANE.addresses,
        "profile": AddrSpec("janedoe@in.linkedin.invalid"),
        "removed": False,
    }
    return Connection(ConnectionId(number), **{**fields, **more})  # type: ignore[arg-type]  # any field of it


def _dirty(store: Store) -> set[int]:
    with store._database.reading() as db:
        return set(db.scalars(select(dirty_connection.c.connection_id)))


def test_a_person_comes_back_as_the_export_describes_them(store: Store) -> None:
    assert store.merge_profiles([JANE, BOB], complete=True) == Merged(new=2)

    assert store.connections() == [_jane(), Connection(ConnectionId(2), "Bob")]


def test_the_same_export_twice_changes_nothing(store: Store) -> None:
    store.merge_profiles([JANE, BOB], complete=True)
    pair_now(store)

    assert store.merge_profiles([BOB, JANE], complete=True) == Merged(unchanged=2)

    assert store.connections() == [_jane(), Connection(ConnectionId(2), "Bob")]
    assert not store.is_dirty("same")


def test_what_the_export_says_now_replaces_what_it_said_before(store: Store) -> None:
    store.merge_profiles([JANE, BOB], complete=False)
    pair_now(store)
    moved = replace(JANE, company="Other", profile_url=None, connected_on=None, addresses=JANE.addresses[::-1])

    assert store.merge_profiles([moved], complete=False) == Merged(changed=1)

    told = _jane(company="Other", profile_url=None, profile=None, connected_on=None, addresses=JANE.addresses[::-1])
    assert store.connections() == [told, Connection(ConnectionId(2), "Bob")]
    assert _dirty(store) == {1}


def test_addresses_that_the_user_accepted_survive_an_export(store: Store) -> None:
    store.merge_profiles([JANE], complete=True)
    with store._database.writing() as db:
        rows = [("own@x.example", "accepted", 9), ("learned@x.example", "learned", 10)]
        for addr, provenance, place in rows:
            values = {"connection_id": 1, "addr": addr, "provenance": provenance, "place": place}
            db.execute(insert(connection_address).values(values))
    again = replace(JANE, addresses=(AddrSpec("own@x.example"), AddrSpec("new@x.example")))

    assert store.merge_profiles([again], complete=True) == Merged(changed=1)
    assert store.merge_profiles([again], complete=True) == Merged(unchanged=1)

    assert store.connections() == [
        _jane(addresses=tuple(map(AddrSpec, ("new@x.example", "own@x.example", "learned@x.example"))))
    ]


def test_whoever_a_complete_export_does_not_list_is_removed_and_told_once(store: Store) -> None:
    store.merge_profiles([JANE, BOB], complete=True)
    pair_now(store)

    assert store.merge_profiles([BOB], complete=True) == Merged(unchanged=1, gone=(JANE.name,))
    assert store.merge_profiles([BOB], complete=True) == Merged(unchanged=1)

    assert store.connections() == [Connection(ConnectionId(2), "Bob")]
    assert store.connections(removed=True) == [_jane(removed=True), Connection(ConnectionId(2), "Bob")]
    assert _dirty(store) == {1}


def test_an_export_that_is_not_complete_removes_nobody(store: Store) -> None:
    store.merge_profiles([JANE], complete=True)

    assert store.merge_profiles([BOB], complete=False) == Merged(new=1)

    assert [person.removed for person in store.connections(removed=True)] == [False, False]


def test_whoever_comes_back_is_no_longer_removed(store: Store) -> None:
    store.merge_profiles([JANE], complete=True)
    store.merge_profiles([], complete=True)

    assert store.merge_profiles([JANE], complete=False) == Merged(changed=1)

    assert store.connections() == [_jane()]


def test_of_two_profiles_with_one_key_the_later_counts(store: Store) -> None:
    assert store.merge_profiles([replace(JANE, name="Old"), JANE], complete=True) == Merged(new=1)

    assert store.connections() == [_jane()]


def test_text_that_no_database_takes_is_stored_without_what_it_refuses(store: Store) -> None:
    odd = Profile("k\0", "B\0ob \ud800", "\0", "\udfff", "\0u", None, (AddrSpec("b\0@x.example"),))
    store.merge_profiles([odd], complete=True)

    assert store.merge_profiles([odd], complete=True) == Merged(unchanged=1)
    assert store.connections() == [Connection(ConnectionId(1), "Bob ?", "", "?", "u", None, (AddrSpec("b@x.example"),))]


def test_a_thousand_people_keep_their_order(store: Store) -> None:
    people = [Profile(f"k{n * 7919 % 1000}", f"N{n}", addresses=(AddrSpec(f"n{n}@x.example"),)) for n in range(1000)]

    assert store.merge_profiles(people, complete=True) == Merged(new=1000)
    assert [(one.name, one.addresses) for one in store.connections()] == [(one.name, one.addresses) for one in people]
    assert store.merge_profiles(people[::2], complete=True).gone == tuple(one.name for one in people[1::2])


def test_a_new_address_makes_the_mail_of_it_dirty_for_everybody_in_it(store: Store) -> None:
    bob = replace(BOB, addresses=(AddrSpec("bob@x.example"),))
    store.merge_profiles([JANE, bob], complete=True)
    store.add(batch(letter("both", ME, "bob@x.example", "late@acme.example"), letter("else", ME, "a@home.example")))
    pair_now(store)
    late = replace(JANE, addresses=(*JANE.addresses, AddrSpec("late@acme.example")))

    store.merge_profiles([late, bob], complete=True)

    with store.pairing("same") as work:
        assert work.scope == frozenset(map(ConnectionId, (1, 2)))
