"""The store's contract: what is older than is kept goes in pages and never comes back; people and marks stay."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from tests.contract.sample_facts import ME, SENT, START, batch, letter, naming, pair_now
from tests.contract.test_store_upgrade import dump
from tracker.domain.connection import Profile
from tracker.domain.marks import Mark, MarkKind
from tracker.domain.message import Address, AddrSpec
from tracker.storage._messages import MessageReader
from tracker.storage._schema import message

if TYPE_CHECKING:
    from tracker.domain.message import Message
    from tracker.storage import Store

JANE = AddrSpec("jane@acme.example")
GONE = AddrSpec("gone@acme.example")
DAY = 24

OLD_ASK = letter("old ask", ME, JANE, hours=-10 * DAY)
OLD_ANSWER = letter(
    "old answer", JANE, ME, hours=-9 * DAY, in_reply_to=naming("old ask"), reply_to=(AddrSpec("desk@acme.example"),)
)
OLD_OTHER = letter("old other", GONE, ME, hours=-8 * DAY)
CAME_LATE = letter("came late", JANE, ME, hours=-8 * DAY, received_at=START + timedelta(hours=1))
RELAYED = letter("relayed", JANE, ME, hours=-8 * DAY, relayed_at=START + timedelta(hours=1))
NO_DATE = letter("no date", JANE, ME, dated_at=None, received_at=None)
ASK = letter("ask", ME, JANE, hours=1)
ANSWER = letter("answer", JANE, ME, hours=2, in_reply_to=naming("ask"), references=naming("old ask", "ask"))
OLD = (OLD_ASK, OLD_ANSWER, OLD_OTHER)
YOUNG = (CAME_LATE, RELAYED, NO_DATE, ASK, ANSWER)


def fill(store: Store) -> None:
    store.merge_profiles([Profile("jane", "Jane", addresses=(JANE,))], complete=True)
    store.begin_pass("work", START)
    (jane,) = store.connections()
    store.add_mark(jane.id, Mark(MarkKind.KEEP, START))
    store.add(batch(OLD_ANSWER, OLD_OTHER, CAME_LATE, NO_DATE, ANSWER, RELAYED))
    store.add(batch(OLD_ASK, ASK, folder=SENT))


def keep_from_start(store: Store, size: int = 2) -> list[int]:
    """Delete everything before `START` in small pages; how many each took."""
    store.keep_from(START)
    deleted, page = [], store.drop_older(0, size=size)
    while page.last is not None:
        deleted.append(page.deleted)
        page = store.drop_older(page.last, size=size)
    return deleted


def stored(store: Store) -> list[Message]:
    with store._database.reading() as db:
        return by_identity(*MessageReader(db).every())


def by_identity(*facts: Message) -> list[Message]:
    return sorted(facts, key=lambda fact: fact.identity)


def test_what_is_older_by_both_its_dates_goes_and_nothing_of_it_is_left(store: Store) -> None:
    fill(store)
    pair_now(store)
    assert sum(deleted := keep_from_start(store)) == len(OLD)
    assert len(deleted) == 4, "eight messages in pages of two"
    assert stored(store) == by_identity(*YOUNG)
    assert store.drop_unnamed() == 2, "somebody who wrote no other mail, and where answers to such a one went"
    rows = dump(store)
    with store._database.reading() as db:
        left = set(db.scalars(select(message.c.id)))
    for table in ("participant", "named_id", "delivery_report"):
        assert {row["message_id"] for row in rows[table]} <= left, table
    assert {row["addr"] for row in rows["mailbox"]} == {ME, JANE}
    assert [row["value"] for row in rows["meta"] if row["key"] == "messages"] == ["5"]
    assert [(person.name, len(store.marks()[person.id])) for person in store.connections()] == [("Jane", 1)]


def test_it_is_accounted_for_and_not_stored_again(store: Store) -> None:
    fill(store)
    before = store.accounted("work", "INBOX", 0, 9)
    keep_from_start(store)
    assert store.accounted("work", "INBOX", 0, 9) == before
    assert store.add(batch(OLD_ANSWER, OLD_OTHER)) == 0
    store.forget_uids("work", "INBOX")
    assert store.add(batch(OLD_ANSWER, OLD_OTHER, ANSWER)) == 0
    assert stored(store) == by_identity(*YOUNG)
    assert store.accounted("work", "INBOX", 0, 4).seen == {1, 2, 3}


def test_the_asks_are_those_of_what_is_left(store: Store) -> None:
    fill(store)
    pair_now(store)
    keep_from_start(store)
    assert store.is_dirty("same")
    assert pair_now(store) is None, "everybody is paired again"
    (asks,) = store.evidences().asks.values()
    assert [ask.subject for ask in asks] == ["About ask"]


def test_without_a_horizon_everything_stays_and_is_stored(store: Store) -> None:
    fill(store)
    keep_from_start(store)
    store.keep_from(None)
    assert store.drop_older(0).last is None
    assert store.add(batch(OLD_OTHER, first=20)) == 1
    assert stored(store) == by_identity(*YOUNG, OLD_OTHER)


def test_what_was_not_kept_once_stays_uncovered_when_more_is_kept_again(store: Store) -> None:
    fill(store)
    assert store.coverage(["work"]).kept_from is None
    for horizon, kept_from in (
        (START, START),
        (START - timedelta(days=5), START),
        (START + timedelta(days=5), START + timedelta(days=5)),
        (None, START + timedelta(days=5)),
        (START, START + timedelta(days=5)),
    ):
        store.keep_from(horizon)
        assert store.coverage(["work"]).kept_from == kept_from, horizon


def test_a_database_of_an_earlier_version_knows_what_it_does_not_keep(store: Store) -> None:
    """It held the moment from which on it keeps messages, and nothing else."""
    store.keep_from(START)
    with store._database.writing() as db:
        db.execute(text("DELETE FROM meta WHERE key = 'whole_from'"))
    assert store.coverage(["work"]).kept_from == START
    store.keep_from(None)
    assert store.coverage(["work"]).kept_from == START


def test_the_address_of_somebody_erased_is_no_hindrance(store: Store) -> None:
    """What stands in its place has a row that no look for it finds."""
    fill(store)
    shared = letter("shared", JANE, ME, "other@x.example", hours=-9 * DAY)
    store.add(batch(shared, letter("to both", ME, JANE, "other@x.example", hours=-9 * DAY), first=30))
    (jane,) = store.connections()
    store.erase(jane.id)
    keep_from_start(store)
    store.drop_unnamed()
    rows = dump(store)
    assert {row["message_id"] for row in rows["participant"]} <= {row["id"] for row in rows["message"]}
    assert Address("", JANE) not in {address for fact in stored(store) for address in fact.recipients}
