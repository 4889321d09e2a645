"""The store's contract: whose asks must be computed again, with which mail, and what is kept of the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.contract.sample_facts import ME, SENT, START, batch, identity, letter, naming, pair_now
from tracker.domain.asks import Ask, Channel, Evidence, Pairing, Rung, Send
from tracker.domain.connection import ConnectionId, Profile, only
from tracker.domain.kind import MessageKind
from tracker.domain.message import AddrSpec, Delivery, FolderRole, Message, MessageId, ReportedRecipient
from tracker.domain.report import Evidences
from tracker.storage import _scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.storage import Store

JANE, BOB, CAT = (ConnectionId(number) for number in (1, 2, 3))
PEOPLE = [Profile(name, name.title(), addresses=(AddrSpec(f"{name}@x.example"),)) for name in ("jane", "bob", "cat")]


def _people(*numbers: int) -> frozenset[ConnectionId]:
    return frozenset(map(ConnectionId, numbers))


def _scope_now(store: Store) -> frozenset[ConnectionId] | None:
    with store.pairing("same") as work:
        return work.scope


def _names(mail: Iterable[Message]) -> set[str]:
    return {fact.subject.removeprefix("About ") for fact in mail}


def _mail_now(store: Store) -> set[str]:
    with store.pairing("same") as work:
        return _names(work.mail())


@pytest.fixture
def known(store: Store) -> Store:
    """A store with three people, paired."""
    store.merge_profiles(PEOPLE, complete=True)
    pair_now(store)
    return store


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours, microseconds=1)


def _evidence(name: str, rung: Rung) -> Evidence:
    return Evidence(identity(name), MessageId(f"{name}@é.example"), at(9), MessageKind.CALENDAR, rung, "a ‘rule’ 東京")


FULL = Ask(
    connection=JANE,
    channel=Channel.LINKEDIN,
    subject='Coffee? "☕" \\ 東京',
    sent=(
        Send(identity("ask"), MessageId("ask@x"), AddrSpec("jane@x.example"), at(0), at(30), at(31), "5.1.1", at(32)),
        Send(identity("nudge"), None, AddrSpec("jane@y.example"), at(40), at(40)),
    ),
    reply_to=ME,
    last_word=True,
    group=True,
    exact=(_evidence("one", Rung.IN_REPLY_TO), _evidence("two", Rung.REFERENCES)),
    person=replace(_evidence("three", Rung.PERSON), message_id=None),
    human=replace(_evidence("four", Rung.PERSON), hidden_in=FolderRole.JUNK),
    uncertain=_evidence("five", Rung.PERSON),
    by_other_at=at(1),
    away_at=at(-2),
    delayed_at=at(3),
    undeliverable_at=at(4),
    orphaned_at=datetime(1969, 1, 1, tzinfo=UTC),
    rules=(("away", "a ‘rule’ 東京"), ("group", "")),
)
PLAIN = Ask(BOB, Channel.EMAIL, "", (Send("aa", None, AddrSpec("bob@x.example"), at(5), at(5)),), ME)


def _save(store: Store, *asks: Ask, heard: dict[ConnectionId, tuple[datetime, ...]] | None = None) -> None:
    with store.pairing("same") as work:
        work.save(Pairing(asks, heard or {}), mine={ME})


def test_an_ask_comes_back_as_it_was(store: Store) -> None:
    heard = {JANE: (at(9), at(2), at(2)), CAT: ()}
    _save(store, FULL, PLAIN, heard=heard)

    assert store.evidences() == Evidences({JANE: [FULL], BOB: [PLAIN]}, {JANE: (at(2), at(2), at(9))})
    assert store.evidences(only(BOB)) == Evidences({BOB: [PLAIN]}, {})


def test_asks_come_oldest_first(store: Store) -> None:
    asks = [replace(PLAIN, sent=(replace(PLAIN.sent[0], at=at(hours), identity=f"{hours}"),)) for hours in (9, 5, 7)]
    _save(store, *asks)

    assert [ask.asked_at for ask in store.evidences().asks[BOB]] == [at(5), at(7), at(9)]


def test_text_that_no_database_takes_is_stored_without_what_it_refuses(store: Store) -> None:
    _save(store, replace(FULL, subject="\0a\ud800", exact=(replace(FULL.exact[0], rule="\0b\udfff"),)))

    expected = replace(FULL, subject="a?", exact=(replace(FULL.exact[0], rule="b?"),))
    assert store.evidences().asks == {JANE: [expected]}


def test_before_the_first_pairing_everybody_is_to_be_paired(store: Store) -> None:
    assert store.is_dirty("same")
    store.merge_profiles(PEOPLE, complete=True)
    store.add(batch(letter("one", ME, "jane@x.example"), letter("two", "stranger@z", "other@z")))

    assert _scope_now(store) is None
    assert _mail_now(store) == {"one", "two"}
    pair_now(store)
    assert not store.is_dirty("same")
    assert _scope_now(store) == frozenset()
    assert _mail_now(store) == set()


def test_another_fingerprint_means_everybody(known: Store) -> None:
    assert known.is_dirty("another")
    with known.pairing("another") as work:
        assert work.scope is None


def test_a_message_concerns_whoever_wrote_or_got_it(known: Store) -> None:
    known.add(batch(letter("one", "jane@x.example", ME, bcc=letter("", "bob@x.example", "bob@x.example").to)))

    assert known.is_dirty("same")
    assert _scope_now(known) == _people(JANE, BOB)


def test_a_copy_that_tells_nothing_new_concerns_nobody(known: Store) -> None:
    known.add(batch(letter("one", "jane@x.example", ME)))
    pair_now(known)

    known.add(batch(letter("one", "jane@x.example", ME), first=9))

    assert not known.is_dirty("same")


def test_a_copy_that_came_earlier_concerns_its_people(known: Store) -> None:
    one = letter("one", "jane@x.example", ME)
    known.add(batch(one))
    pair_now(known)

    known.add(batch(replace(one, received_at=START - timedelta(hours=1)), first=9))

    assert _scope_now(known) == _people(JANE)


def test_a_thread_is_closed_over_a_message_that_is_not_stored(known: Store) -> None:
    known.add(
        batch(
            letter("ask", ME, "jane@x.example", references=naming("lost")),
            letter("far", "bob@x.example", ME, references=naming("ask", "other")),
            letter("apart", "jane@x.example", ME),
            letter("unrelated", "cat@x.example", ME),
        )
    )
    pair_now(known)

    known.add(batch(letter("stranger", "who@z.example", ME, in_reply_to=naming("lost")), first=9))

    assert _scope_now(known) == _people(JANE, BOB)
    assert _mail_now(known) == {"ask", "far", "apart", "stranger"}
    assert _names(known.messages_of(JANE)) == {"ask", "far", "apart", "stranger"}
    assert _names(known.messages_of(CAT)) == {"unrelated"}


def test_a_thread_is_closed_over_other_names_of_a_message(known: Store) -> None:
    known.add(batch(letter("ask", ME, "jane@x.example", aliases=naming("rewritten"))))
    pair_now(known)

    known.add(batch(letter("answer", "who@z.example", ME, in_reply_to=naming("rewritten")), first=9))

    assert _scope_now(known) == _people(JANE)


@pytest.mark.parametrize("signal", ["failed_recipients", "report_delivery_status", "postmaster_bounce"])
def test_a_bounce_concerns_whoever_was_written_to_in_the_week_before(known: Store, signal: str) -> None:
    known.add(
        batch(
            letter("week", ME, "jane@x.example", hours=1),
            letter("older", ME, "cat@x.example", hours=-2),
            letter("now", ME, "bob@x.example", hours=24 * 7),
            folder=SENT,
        )
    )
    pair_now(known)
    bounce = letter("bounce", "mailer-daemon@z", ME, hours=24 * 7 + 0.5, signals=frozenset({signal}))

    known.add(batch(bounce))

    assert _scope_now(known) == _people(JANE, BOB)
    pair_now(known)
    known.add(batch(letter("more", ME, "cat@x.example", hours=30), first=9))
    assert _mail_now(known) == {"more", "older", "bounce"}


def test_a_report_that_tells_of_others_alone_is_not_read_with_somebodys_mail(known: Store) -> None:
    """However much else comes back in a large mailbox, it is not in the way."""
    known.add(batch(letter("ask", ME, "jane@x.example", hours=1), letter("theirs", ME, "cat@x.example"), folder=SENT))
    told = {
        "about her": ("jane@x.example",),
        "about both": ("who@z.example", "jane@x.example"),
        "about nobody": (),
        "about others": ("who@z.example", "cat@x.example"),
    }
    for number, (name, addrs) in enumerate(told.items()):
        reported = tuple(ReportedRecipient(AddrSpec(addr), Delivery.FAILED) for addr in addrs)
        signals = frozenset({"report_delivery_status"})
        known.add(
            batch(letter(name, "mailer-daemon@z", ME, hours=2, signals=signals, reported=reported), first=9 + number)
        )
    pair_now(known)

    known.add(batch(letter("more", "jane@x.example", ME, hours=30), first=20))

    assert _scope_now(known) == _people(JANE)
    assert _mail_now(known) == {"ask", "more", *told} - {"about others"}


def test_an_address_that_changes_hands_concerns_both_and_all_in_its_mail(known: Store) -> None:
    known.add(batch(letter("one", ME, "jane@x.example", "cat@x.example")))
    pair_now(known)
    shifted = [replace(PEOPLE[0], addresses=()), replace(PEOPLE[1], addresses=(AddrSpec("new@x.example"),)), PEOPLE[2]]

    known.merge_profiles(shifted, complete=True)

    assert _scope_now(known) == _people(JANE, BOB, CAT)


def test_removed_people_are_paired_too(known: Store) -> None:
    known.merge_profiles(PEOPLE[:2], complete=True)
    pair_now(known)

    known.add(batch(letter("one", "cat@x.example", ME)))

    assert _scope_now(known) == _people(CAT)
    assert _mail_now(known) == {"one"}


def test_many_dirty_messages_mean_everybody(known: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scope, "EVERYBODY", 2)
    known.add(batch(*(letter(f"m{number}", ME, "jane@x.example") for number in range(3))))

    assert _scope_now(known) is None


def test_saving_replaces_the_asks_of_the_scope_only(known: Store) -> None:
    with known.pairing("other") as work:
        work.save(Pairing((FULL, PLAIN), {JANE: (at(1),), BOB: (at(2),)}), mine={ME})
    known.add(batch(letter("one", ME, "bob@x.example")))

    with known.pairing("other") as work:
        assert work.scope == _people(BOB)
        work.save(Pairing((), {BOB: (at(3),)}), mine={ME})

    assert known.evidences() == Evidences({JANE: [FULL]}, {JANE: (at(1),), BOB: (at(3),)})
    assert not known.is_dirty("other")


def test_a_pairing_that_fails_leaves_the_asks_as_they_were(known: Store) -> None:
    _save(known)
    known.add(batch(letter("one", ME, "jane@x.example")))

    with pytest.raises(ZeroDivisionError):
        _fail_after_saving(known)

    assert known.evidences() == Evidences({}, {})
    assert _scope_now(known) == _people(JANE)


def _fail_after_saving(store: Store) -> None:
    with store.pairing("same") as work:
        work.save(Pairing((FULL,), {}), mine={ME})
        raise ZeroDivisionError


def test_dropping_what_is_derived_means_everybody(known: Store) -> None:
    known.add(batch(letter("one", ME, "jane@x.example"), letter("two", "bob@x.example", ME)))
    pair_now(known)
    before = known.evidences(), known.received_days()

    known.drop_derived()

    assert (known.evidences(), known.received_days()) == (Evidences({}, {}), {})
    assert known.is_dirty("same")
    pair_now(known)
    assert (known.evidences(), known.received_days()) == before
