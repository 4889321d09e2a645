"""The store's contract: what was read, once, whatever the order and the number of times it comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from tests.contract.sample_facts import INBOX, ME, SENT, START, batch, empty, everything, identity, letter, naming
from tracker.domain.folder import Batch, Folder, FolderState
from tracker.domain.message import (
    Address,
    AddrSpec,
    Delivery,
    FolderRole,
    Message,
    MessageId,
    ReportedRecipient,
    Unreadable,
)
from tracker.storage import FolderCount, UnreadableMessage

if TYPE_CHECKING:
    from random import Random

    from tracker.storage import Store

JANE = Address("Jané Döe", AddrSpec("jane@acme.example"))

FULL = Message(
    identity=identity("full"),
    message_id=MessageId("full@mail.example"),
    author=JANE,
    dated_at=datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC),
    received_at=datetime(2026, 3, 1, 9, 0, 7, tzinfo=UTC),
    subject="Grüße, 東京 🙂",
    aliases=naming("one", "two"),
    in_reply_to=naming("parent", "other"),
    references=naming(*(f"r{number}" for number in range(300))),
    reply_to=(AddrSpec("answers@acme.example"), AddrSpec("jane@acme.example")),
    to=(Address("Ann", ME), Address("", AddrSpec("bob@x.example")), Address("Ann", ME)),
    cc=(Address("Zoë", AddrSpec("zoe@xn--bcher-kva.example")), Address("", AddrSpec("bob@x.example"))),
    bcc=(Address("Ann", ME),),
    signals=frozenset({"list", "failed_recipients"}),
    reported=(
        ReportedRecipient(AddrSpec("gone@x.example"), Delivery.FAILED, "5.1.1"),
        ReportedRecipient(AddrSpec("away@x.example"), Delivery.DELAYED),
        ReportedRecipient(AddrSpec("bob@x.example"), Delivery.DELIVERED, "2.0.0"),
    ),
    returned=naming("asked", "alias"),
    thread_keys=("work gm 1278455344230334865", "home id T-1"),
    thread_index="01d9a1b2c3d4" + "0f" * 16,
    list_posts=(AddrSpec("club@lists.example"), AddrSpec("club@liste.example")),
    relayed_at=datetime(2026, 3, 1, 8, 59, 1, tzinfo=UTC),
    seen_in=frozenset(FolderRole),
)
BARE = Message(identity=identity("bare"), message_id=None, author=None, dated_at=None, received_at=None)
REPLY = replace(FULL, identity=identity("reply"), in_reply_to=naming("r299"), bcc=(), reported=(), reply_to=())
HEADER_BOUNCE = replace(
    BARE,
    identity=identity("bounce"),
    reported=tuple(ReportedRecipient(AddrSpec(addr), Delivery.FAILED) for addr in ("gone@x.example", "away@x.example")),
)
ODD_STATUS = replace(BARE, identity=identity("odd"), reported=(ReportedRecipient(ME, Delivery.FAILED, "5.1.1 x"),))
BEFORE_1970 = replace(BARE, identity=identity("old"), dated_at=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))


def test_a_message_comes_back_as_it_was(store: Store) -> None:
    facts = [FULL, BARE, REPLY, BEFORE_1970, HEADER_BOUNCE, ODD_STATUS]

    assert store.add(batch(*facts)) == len(facts)

    assert everything(store)["messages"] == sorted(facts, key=lambda fact: fact.identity)


def test_a_stamp_of_another_zone_is_the_same_moment(store: Store) -> None:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    store.add(batch(replace(BARE, dated_at=at)))

    assert everything(store)["messages"][0].dated_at.isoformat() == "2026-03-01T09:00:00+00:00"


def test_text_that_no_database_takes_is_stored_without_what_it_refuses(store: Store) -> None:
    odd = replace(
        BARE,
        message_id=MessageId("a\0b\udc80@x"),
        author=Address("J\0ane \ud800", AddrSpec("j\0ane@acme.example")),
        subject="\0nul \udfff",
        references=(MessageId("x\0y@z"),),
    )
    store.add(batch(odd, folder=Folder("In\0box \udc80", FolderRole.INBOX), unreadable=[Unreadable(9, "bad \0\udc80")]))

    assert everything(store)["messages"] == [
        replace(
            BARE,
            message_id=MessageId("ab?@x"),
            author=Address("Jane ?", AddrSpec("jane@acme.example")),
            subject="nul ?",
            references=(MessageId("xy@z"),),
        )
    ]
    assert store.folder_state("work", "In\0box \udc80") == FolderState(7, 10)
    assert store.unreadable() == [UnreadableMessage("work", "Inbox ?", 9, "bad ?")]


def test_very_long_names_and_ids_fit(store: Store) -> None:
    long = replace(
        BARE,
        message_id=MessageId("i" * 20_000 + "@x"),
        author=Address("n" * 20_000, AddrSpec("a@" + "d" * 240)),
        subject="s" * 100_000,
    )
    store.add(batch(long))

    assert everything(store)["messages"] == [long]


def test_a_mail_to_a_thousand_people_keeps_them_in_their_order(store: Store) -> None:
    people = tuple(Address(f"N{n}", AddrSpec(f"n{n * 7919 % 1000}@x.example")) for n in range(1000))
    mass = replace(FULL, identity=identity("mass"), to=people, cc=people[::-1])
    store.add(batch(mass))

    assert everything(store)["messages"] == [mass]


def test_a_copy_adds_its_role_and_lowers_the_stamp_and_is_not_new(store: Store) -> None:
    later = replace(FULL, received_at=FULL.received_at and FULL.received_at + timedelta(days=1), seen_in=frozenset())
    copy = replace(FULL, seen_in=frozenset({FolderRole.JUNK}))
    assert store.add(batch(replace(later, seen_in=frozenset({FolderRole.INBOX})))) == 1

    assert store.add(batch(copy, folder=Folder("Junk", FolderRole.JUNK))) == 0

    assert everything(store)["messages"] == [replace(FULL, seen_in=frozenset({FolderRole.INBOX, FolderRole.JUNK}))]


def test_two_copies_in_one_batch_are_one_message_in_two_places(store: Store) -> None:
    assert store.add(batch(FULL, FULL)) == 1

    found = everything(store)
    assert found["messages"] == [FULL]
    assert found["places"] == {("INBOX", 1, FULL.identity), ("INBOX", 2, FULL.identity)}
    assert found["coverage"].messages == 1


def test_an_identity_that_is_not_hexadecimal_is_a_bug_and_leaves_nothing(store: Store) -> None:
    with pytest.raises(ValueError, match="non-hexadecimal"):
        store.add(batch(FULL, replace(BARE, identity="no")))

    assert everything(store)["messages"] == []


@dataclass
class _Broken(Exception):
    """Raised in the middle of a transaction."""

    table: str


@pytest.mark.parametrize("table", ["message", "participant", "location", "folder", "unread"])
def test_a_batch_that_fails_on_the_way_leaves_nothing(store: Store, table: str) -> None:
    def fail(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith((f"INSERT INTO {table} ", f"UPDATE {table} ")):
            raise _Broken(table)
        return

    store.add(batch(letter("first", "jane@x", ME)))
    before = everything(store)
    engine = store._database._engine
    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(_Broken):
        store.add(batch(FULL, REPLY, first=2, unreadable=[Unreadable(8, "broken")]))
    event.remove(engine, "before_cursor_execute", fail)

    assert everything(store) == before


# A UID of a folder means one message; copies of one message differ in their stamps and roles only.
_FOLDERS = (INBOX, SENT, Folder("Archive", FolderRole.OTHER))


@st.composite
def _histories(draw: st.DrawFn) -> list[Batch]:
    made = []
    pool = [
        letter(
            f"m{number}",
            draw(st.sampled_from([ME, "jane@x", "bob@y"])),
            draw(st.sampled_from([ME, "jane@x", "bob@y"])),
            references=naming(*draw(st.lists(st.sampled_from(["m0", "m1", "m9"]), max_size=2, unique=True))),
            signals=frozenset(draw(st.sets(st.sampled_from(["list", "failed_recipients"])))),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    for folder in _FOLDERS:
        uid = 1
        for _ in range(draw(st.integers(0, 3))):
            copies = [
                replace(
                    fact,
                    received_at=draw(
                        st.sampled_from([None, START, START + timedelta(days=1), START - timedelta(days=3)])
                    ),
                    seen_in=frozenset({folder.role}),
                )
                for fact in draw(st.lists(st.sampled_from(pool), max_size=4))
            ]
            failed = [Unreadable(uid + len(copies), "broken")] if draw(st.booleans()) else []
            made.append(batch(*copies, folder=folder, first=uid, unreadable=failed))
            uid = made[-1].state.next_uid
    return made


def test_the_order_and_the_repetition_of_batches_change_nothing(store: Store) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=60, deadline=None)
    @given(_histories(), st.randoms(use_true_random=False))
    def holds(history: list[Batch], random: Random) -> None:
        shuffled = [*history, *history]
        random.shuffle(shuffled)
        empty(store)
        for one in history:
            store.add(one)
        once = everything(store)
        empty(store)
        new = sum(store.add(one) for one in shuffled)
        assert everything(store) == once
        assert new == len(once["messages"])
        seen["messages"] += len(once["messages"])
        seen["copies"] += len(once["places"]) - len(once["messages"])
        seen["moved on"] += history != shuffled[: len(history)]

    holds()
    assert min(seen["messages"], seen["copies"], seen["moved on"]) > 0, seen


def test_the_state_never_goes_back_under_one_uidvalidity(store: Store) -> None:
    store.add(Batch("work", INBOX, (), (), FolderState(7, 50, is_begun_only=True), missing=2))
    store.add(Batch("work", INBOX, (), (), FolderState(7, 100), missing=3))
    store.add(Batch("work", INBOX, (), (), FolderState(7, 50, is_begun_only=True), missing=2))

    assert store.folder_state("work", "INBOX") == FolderState(7, 100)
    assert store.folders("work") == [FolderCount("INBOX", FolderRole.INBOX, 0, 0, 5, 100, None)]


def test_an_unknown_folder_has_no_state(store: Store) -> None:
    assert store.folder_state("work", "INBOX") is None


def test_forgetting_the_uids_of_a_folder_keeps_its_facts(store: Store) -> None:
    store.add(batch(FULL, unreadable=[Unreadable(8, "broken")], missing=1))
    store.add(batch(REPLY, folder=SENT))

    store.forget_uids("work", "INBOX")

    found = everything(store)
    assert found["places"] == {("Sent", 1, REPLY.identity)}
    assert found["unreadable"] == []
    assert len(found["messages"]) == 2
    assert store.folder_state("work", "INBOX") is None
    assert store.add(Batch("work", INBOX, [(1, FULL)], (), FolderState(8, 2))) == 0
    assert store.folder_state("work", "INBOX") == FolderState(8, 2)


def test_folders_that_are_gone_lose_their_places_only(store: Store) -> None:
    store.add(batch(FULL))
    store.add(batch(REPLY, folder=SENT))
    store.add(replace(batch(BARE), account="home"))

    store.retain_folders("work", [Folder("INBOX", FolderRole.ALL)])

    assert store.folders("work") == [FolderCount("INBOX", FolderRole.ALL, 1, 0, 0, 2, None)]
    assert [count.name for count in store.folders("home")] == ["INBOX"]
    assert store.coverage(["work"]).messages == 3


def test_a_message_that_becomes_readable_is_unreadable_no_longer(store: Store) -> None:
    store.add(batch(unreadable=[Unreadable(1, "broken")]))
    assert store.unreadable("work") == [UnreadableMessage("work", "INBOX", 1, "broken")]
    assert store.unreadable("home") == []

    store.add(batch(FULL))

    assert store.unreadable() == []


def test_a_uid_that_means_another_message_now_is_followed(store: Store) -> None:
    store.add(batch(FULL))
    store.add(batch(REPLY))

    assert everything(store)["places"] == {("INBOX", 1, REPLY.identity)}
    assert store.folders("work")[0].messages == 1
