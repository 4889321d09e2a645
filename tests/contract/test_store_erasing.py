"""The store's contract: who is erased leaves nothing behind, and neither a pass nor an import brings them back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.contract.sample_facts import INBOX, ME, START, batch, letter, naming, pair_now
from tracker.domain.connection import ConnectionId, Profile
from tracker.domain.marks import Mark, MarkKind
from tracker.domain.message import Address, AddrSpec, Delivery, ReportedRecipient
from tracker.storage._forgetting import NOBODY
from tracker.storage._messages import MessageReader
from tracker.storage._schema import metadata

if TYPE_CHECKING:
    from tracker.domain.message import Message
    from tracker.storage import Store

JANE = Profile(
    "/in/janedoe",
    "Jane Doe",
    profile_url="https://www.linkedin.com/in/janedoe",
    addresses=(AddrSpec("jane@x.example"), AddrSpec("desk@x.example")),
)
BOB = Profile("bob", "Bob", addresses=(AddrSpec("bob@x.example"), AddrSpec("desk@x.example")))
TO_HER = letter("to-her", ME, "jane@x.example")
FROM_HER = letter("from-her", "jane@x.example", ME, hours=1, in_reply_to=naming("to-her"))
TO_BOTH = letter("to-both", ME, "jane@x.example", "bob@x.example", hours=2)
FROM_BOB = letter("from-bob", "bob@x.example", ME, hours=3, reply_to=(AddrSpec("jane@x.example"),))
TO_DESK = letter("to-desk", ME, "desk@x.example", hours=4)
REPORT = letter(
    "report",
    "mailer-daemon@mx",
    ME,
    hours=5,
    signals=frozenset({"failed_recipients"}),
    reported=(ReportedRecipient(AddrSpec("jane@x.example"), Delivery.FAILED),),
)
ALL = (TO_HER, FROM_HER, TO_BOTH, FROM_BOB, TO_DESK, REPORT)


def everything_as_text(store: Store) -> str:
    """Every value of every table."""
    with store._database.reading() as db:
        rows = [row for table in metadata.sorted_tables for row in db.execute(select(table))]
    return "\n".join(map(repr, rows)).lower()


def messages(store: Store) -> dict[str, Message]:
    with store._database.reading() as db:
        return {str(fact.subject): fact for fact in MessageReader(db).every()}


def filled(store: Store) -> ConnectionId:
    store.begin_pass("work", START)
    store.merge_profiles([JANE, BOB], complete=True)
    store.add(batch(*ALL))
    jane, bob = (person.id for person in store.connections())
    store.add_mark(jane, Mark(MarkKind.KEEP, START, "jane is nice"))
    store.decide_link(jane, AddrSpec("jane.doe@y.example"), accepted=True, at=START)
    store.decide_link(bob, AddrSpec("jane@x.example"), accepted=False, at=START)
    pair_now(store)
    return jane


def test_nothing_of_an_erased_person_is_left(store: Store) -> None:
    jane = filled(store)
    assert "jane" in everything_as_text(store)
    erased = store.erase(jane)
    assert (erased.messages, erased.redacted) == (2, 2), "beside the place for answers in mail of Bob"
    text = everything_as_text(store)
    # What Bob is not known by is a word about Bob.
    assert text.count("jane") == text.count("'jane@x.example', false") + text.count("'jane@x.example', 0")
    left = messages(store)
    assert set(left) == {"About to-both", "About from-bob", "About to-desk", "About report"}
    assert left["About to-both"].to == (Address("", NOBODY), Address("", AddrSpec("bob@x.example")))
    assert left["About from-bob"].reply_to == (NOBODY,)
    assert [told.addr for told in left["About report"].reported] == [NOBODY]
    assert left["About to-desk"] == TO_DESK, "the address is Bob's as well"


def test_who_is_erased_stays_so_whatever_is_read_or_imported(store: Store) -> None:
    jane = filled(store)
    store.erase(jane)
    before = messages(store)
    places = [folder.messages for folder in store.folders("work")]
    store.forget_uids("work", INBOX.name)
    assert store.add(batch(*ALL)) == 0
    assert store.add(batch(letter("more", "jane@x.example", ME, hours=9), first=20)) == 0
    assert messages(store) == before
    assert [folder.messages for folder in store.folders("work")] == [places[0] + 1], "each UID is accounted for"
    moved = replace(JANE, name="J. Doe", company="Elsewhere")
    assert store.merge_profiles([moved, BOB], complete=True).new == 0
    by_address = replace(JANE, key="another key", profile_url=None, name="Jane")
    store.merge_profiles([by_address], complete=False)
    assert [person.name for person in store.connections(removed=True)] == ["Bob"]


def test_what_is_left_pairs_as_if_it_had_never_been_there(store: Store) -> None:
    jane = filled(store)
    store.erase(jane)
    pair_now(store)
    asks = store.evidences().asks
    assert {ask.subject for own in asks.values() for ask in own} == {"About to-both", "About to-desk"}
    found = store.evidences()
    store.drop_derived()
    pair_now(store)
    assert store.evidences() == found
