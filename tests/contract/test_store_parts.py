"""The store's contract: everybody paired piece by piece comes to the same as everybody paired at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.contract.sample_facts import ME, SENT, batch, letter, naming
from tracker.domain.asks import Rules
from tracker.domain.bounces import named_by
from tracker.domain.connection import AddressBook, ConnectionId, Profile
from tracker.domain.message import Address, AddrSpec, Delivery, ReportedRecipient
from tracker.domain.pairing import pair
from tracker.storage import _projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.message import Message
    from tracker.storage import Store

NAMES = [f"p{number}" for number in range(12)]
ADDRESSES = [AddrSpec(f"{name}@x.example") for name in NAMES]
LISTS = [letter(f"list {number}", "robot@z", "crowd@z", hours=number) for number in range(5)]


def _mail() -> Iterator[Message]:
    """To each person an ask in a thread with the next one; every third is answered, every fifth comes back."""
    for number, addr in enumerate(ADDRESSES):
        following = ADDRESSES[(number + 1) % len(ADDRESSES)]
        at = 100.0 * number
        yield letter(f"ask {number}", ME, addr, hours=at, cc=(Address("", following),))
        parents = naming(f"ask {number}", f"never stored {number // 3}")
        if number % 3 == 0:
            yield letter(f"answer {number}", addr, ME, hours=at + 5, in_reply_to=parents[:1], references=parents)
        if number % 5 == 0:
            told = (ReportedRecipient(addr, Delivery.FAILED, "5.1.1"),)
            bounce = letter(f"bounce {number}", "mailer-daemon@mx", ME, hours=at + 1, reported=told)
            yield replace(bounce, signals=frozenset({"failed_recipients"}), returned=parents[: number % 2])


@pytest.fixture
def full(store: Store) -> Store:
    """A store with people, and mail by and to them and others."""
    people = [Profile(name, name, addresses=(addr,)) for name, addr in zip(NAMES, ADDRESSES, strict=True)]
    store.merge_profiles(people, complete=True)
    store.add(batch(*_mail(), folder=SENT))
    store.add(batch(*LISTS))
    return store


def _parts(store: Store, size: int) -> list[tuple[frozenset[ConnectionId], list[Message]]]:
    with store.pairing("same") as work:
        return list(work.parts({ME}, size))


def test_asks_come_out_the_same_in_parts_of_any_size(full: Store) -> None:
    book = AddressBook.of(full.connections(), mine={ME})
    found = []
    for size in (None, 1, 7, 1000):
        with full.pairing(f"{size}") as work:
            if size is None:
                work.save(pair(work.mail(), book, Rules()), mine={ME})
            else:
                pairings = (pair(mail, book, Rules(), people) for people, mail in work.parts({ME}, size))
                work.save_each(pairings, mine={ME})
        found.append((full.evidences(), full.received_days()))

    assert found == [found[0]] * 4
    asks = [ask for own in found[0][0].asks.values() for ask in own]
    assert (len(asks), sum(bool(ask.exact) for ask in asks)) == (24, 4)
    assert sum(send.bounced_at is not None for ask in asks for send in ask.sent) == 3


def test_each_person_comes_once_with_their_mail_and_no_others(full: Store) -> None:
    small, whole = _parts(full, 1), _parts(full, 1000)

    assert len(small) > 3
    assert len(whole) == 1
    people = [person for some, _ in small for person in some]
    assert len(people) == len(set(people)) == len(ADDRESSES)
    lists = {fact.identity for fact in LISTS}
    for some, mail in (*small, *whole):
        identities = [fact.identity for fact in mail]
        assert len(identities) == len(set(identities))
        assert lists.isdisjoint(identities)
        theirs = {ADDRESSES[person - 1] for person in some}
        wanted = {fact.identity for fact in _mail() if theirs & {address.addr for address in _everybody(fact)}}
        assert wanted <= set(identities)
        nameless = {fact.identity for fact in _mail() if fact.reported and not named_by(fact)}
        assert nameless
        assert nameless <= set(identities)
    reports = [sum(bool(fact.reported) for fact in mail) for _, mail in small]
    assert min(reports) < max(reports), "a report that names a message comes with its thread alone"


def test_a_report_that_names_somebody_elses_message_may_be_about_anybody(full: Store) -> None:
    """What it names is stored, and not the user's: so it tells of the latest message to whom it names."""
    strangers = replace(letter("strangers", "x@else.example", "y@else.example", hours=4000), seen_in=frozenset())
    asked = letter("lately", ME, ADDRESSES[5], hours=4001)
    bounce = letter("back", "mailer-daemon@mx.example", ME, hours=4002)
    told = ReportedRecipient(ADDRESSES[5], Delivery.FAILED)
    names = strangers.names
    bounce = replace(bounce, signals=frozenset({"failed_recipients"}), reported=(told,), returned=names)
    full.add(batch(strangers, asked, bounce, first=200))
    book = AddressBook.of(full.connections(), mine={ME})
    for size in (1, 1000):
        with full.pairing(f"{size}") as work:
            pairings = (pair(mail, book, Rules(), people) for people, mail in work.parts({ME}, size))
            work.save_each(pairings, mine={ME})
        sends = [send for own in full.evidences().asks.values() for ask in own for send in ask.sent]
        (last,) = [send for send in sends if send.identity == asked.identity]
        assert last.bounced_at is not None


def test_a_few_dirty_people_are_paired_in_one_part_and_many_in_several(
    full: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = AddressBook.of(full.connections(), mine={ME})
    with full.pairing("same") as work:
        work.save(pair(work.mail(), book, Rules()), mine={ME})
    full.add(batch(letter("new", ADDRESSES[0], *ADDRESSES[1:9], hours=5000), first=100))

    (few,) = _parts(full, 1)
    monkeypatch.setattr(_projection, "FEW", 1)
    many = _parts(full, 1)

    assert len(few[0]) == 9
    assert len(many) > 1
    assert frozenset().union(*(some for some, _ in many)) == few[0]


def test_nobody_to_pair_is_no_part(store: Store) -> None:
    assert _parts(store, 1) == []


def _everybody(fact: Message) -> tuple[Address, ...]:
    return fact.recipients if fact.author is None else (*fact.recipients, fact.author)
