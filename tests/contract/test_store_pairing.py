"""The store's contract: whose asks must be computed again, with which mail, and what is kept of the result."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.sample_facts import INBOX, ME, SENT, START, batch, empty, identity, letter, naming, pair_now
from tracker.domain.asks import Ask, Channel, Evidence, Pairing, Rung, Send
from tracker.domain.connection import ConnectionId, Profile
from tracker.domain.kind import MessageKind
from tracker.domain.message import AddrSpec, FolderRole, Message, MessageId
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


def _at(hours: float) -> datetime:
    return START + timedelta(hours=hours, microseconds=1)


def _evidence(name: str, rung: Rung) -> Evidence:
    return Evidence(identity(name), MessageId(f"{name}@é.example"), _at(9), MessageKind.CALENDAR, rung, "a ‘rule’ 東京")


FULL = Ask(
    connection=JANE,
    channel=Channel.LINKEDIN,
    subject='Coffee? "☕" \\ 東京',
    sent=(
        Send(identity("ask"), MessageId("ask@x"), AddrSpec("jane@x.example"), _at(0), _at(30), _at(31)),
        Send(identity("nudge"), None, AddrSpec("jane@y.example"), _at(40), _at(40)),
    ),
    reply_to=ME,
    last_word=True,
    group=True,
    exact=(_evidence("one", Rung.IN_REPLY_TO), _evidence("two", Rung.REFERENCES)),
    person=replace(_evidence("three", Rung.PERSON), message_id=None),
    human=_evidence("four", Rung.PERSON),
    uncertain=_evidence("five", Rung.PERSON),
    by_other_at=_at(1),
    away_at=_at(-2),
    delayed_at=_at(3),
    undeliverable_at=_at(4),
    orphaned_at=datetime(1969, 1, 1, tzinfo=UTC),
)
PLAIN = Ask(BOB, Channel.EMAIL, "", (Send("aa", None, AddrSpec("bob@x.example"), _at(5), _at(5)),), ME)


def _save(store: Store, *asks: Ask, heard: dict[ConnectionId, tuple[datetime, ...]] | None = None) -> None:
    with store.pairing("same") as work:
        work.save(Pairing(asks, heard or {}), mine={ME})


def test_an_ask_comes_back_as_it_was(store: Store) -> None:
    heard = {JANE: (_at(9), _at(2), _at(2)), CAT: ()}
    _save(store, FULL, PLAIN, heard=heard)

    assert store.evidences() == Evidences({JANE: [FULL], BOB: [PLAIN]}, {JANE: (_at(2), _at(2), _at(9))})
    assert store.evidences(only=BOB) == Evidences({BOB: [PLAIN]}, {})


def test_asks_come_oldest_first(store: Store) -> None:
    asks = [replace(PLAIN, sent=(replace(PLAIN.sent[0], at=_at(hours), identity=f"{hours}"),)) for hours in (9, 5, 7)]
    _save(store, *asks)

    assert [ask.asked_at for ask in store.evidences().asks[BOB]] == [_at(5), _at(7), _at(9)]


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
        work.save(Pairing((FULL, PLAIN), {JANE: (_at(1),), BOB: (_at(2),)}), mine={ME})
    known.add(batch(letter("one", ME, "bob@x.example")))

    with known.pairing("other") as work:
        assert work.scope == _people(BOB)
        work.save(Pairing((), {BOB: (_at(3),)}), mine={ME})

    assert known.evidences() == Evidences({JANE: [FULL]}, {JANE: (_at(1),), BOB: (_at(3),)})
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


def test_the_days_of_receiving_are_those_of_inbound_mail_to_each_address(store: Store) -> None:
    other = AddrSpec("ann@other.example")
    store.add(
        batch(
            letter("one", "jane@x", ME, hours=0),
            letter("two", "jane@x", ME, hours=20),
            letter("copied", "jane@x", "bob@y", hours=50, cc=letter("", ME, other).to),
            letter("mine", ME, ME, hours=100),
            letter("moved", other, ME, hours=120),
            letter("imported", "jane@x", ME, hours=200, received_at=START + timedelta(days=400)),
            letter("undated", "jane@x", ME, dated_at=None, received_at=None),
            letter("old", "jane@x", ME, dated_at=datetime(1969, 12, 31, 23, 59, tzinfo=UTC), received_at=None),
            replace(letter("anonymous", "jane@x", ME, hours=240), author=None),
        )
    )
    pair_now(store, mine=frozenset({ME, other}))

    days = (datetime(1969, 12, 31, tzinfo=UTC), _at(0), _at(20), _at(200), _at(240))
    assert store.received_days() == {ME: tuple(day.date() for day in days), other: (_at(50).date(),)}


def test_a_stamp_that_goes_down_moves_the_day(store: Store) -> None:
    one = letter("one", "jane@x", ME, hours=1, dated_at=None)
    store.add(batch(one))
    pair_now(store)
    store.add(batch(replace(one, received_at=_at(-24)), first=5))
    pair_now(store)

    assert store.received_days() == {ME: (_at(-24).date(),)}


def test_other_addresses_of_the_user_move_the_days(store: Store) -> None:
    store.add(batch(letter("one", "jane@x", ME), letter("two", "jane@x", "ann@other.example")))
    pair_now(store)
    pair_now(store, mine=frozenset({AddrSpec("ann@other.example")}))

    assert store.received_days() == {AddrSpec("ann@other.example"): (START.date(),)}


_ADDRESSES = ("ann@example.org", "jane@x.example", "jane@new.example", "bob@x.example", "who@z.example")


@st.composite
def _steps(draw: st.DrawFn) -> list[Any]:
    """Messages (many of them answers to earlier ones, not always before these come), imports and pairings."""
    steps: list[Any] = []
    for number in range(draw(st.integers(4, 14))):
        kind = draw(st.sampled_from(["fresh", "answer", "answer", "bounce", "copy", "pair", "people"]))
        earlier = [step for step in steps if isinstance(step, Message)]
        if kind == "people":
            steps.append([replace(one, addresses=_drawn_addresses(draw)) for one in PEOPLE[: draw(st.integers(1, 2))]])
        elif kind == "pair":
            steps.append(None)
        elif kind == "fresh" or not earlier:
            steps.append(_drawn_fresh(draw, f"m{number}"))
        else:
            steps.append(_drawn_after(draw, f"m{number}", kind, draw(st.sampled_from(earlier))))
    if draw(st.booleans()):
        steps = draw(st.permutations(steps))
    return steps


def _drawn_addresses(draw: st.DrawFn) -> tuple[AddrSpec, ...]:
    return tuple(map(AddrSpec, draw(st.lists(st.sampled_from(_ADDRESSES[1:]), max_size=2, unique=True))))


def _drawn_fresh(draw: st.DrawFn, name: str) -> Message:
    """Mostly from the user to somebody, sometimes naming a message that may never come."""
    author = draw(st.sampled_from([ME, ME, ME, *_ADDRESSES]))
    to = draw(st.lists(st.sampled_from(_ADDRESSES), min_size=1, max_size=2, unique=True))
    named = draw(st.sampled_from([(), (), (), ("m2",), ("m99",)]))
    return letter(name, author, *to, hours=draw(st.integers(0, 400)), references=naming(*named))


def _drawn_after(draw: st.DrawFn, name: str, kind: str, earlier: Message) -> Message:
    """An answer to `earlier`, a bounce of it, or a copy of it that came at another time."""
    hours = (earlier.dated_at or START) - START + timedelta(hours=draw(st.integers(1, 300)))
    after = hours.total_seconds() / 3600
    if kind == "copy":
        came = START + timedelta(hours=draw(st.integers(-30, 400)))
        return replace(earlier, received_at=came, seen_in=earlier.seen_in | {FolderRole.TRASH})
    named = naming(earlier.subject.removeprefix("About "))
    if kind == "bounce":
        failed = tuple(address.addr for address in earlier.to) if draw(st.booleans()) else ()
        signals = frozenset({"failed_recipients" if failed else "postmaster_bounce"})
        named = named if draw(st.booleans()) else ()
        return letter(name, "mailer-daemon@z", ME, hours=after, failed=failed, signals=signals, in_reply_to=named)
    author = draw(st.sampled_from([*(address.addr for address in earlier.to), ME]))
    to = earlier.author.addr if earlier.author else ME
    return letter(name, author, to, hours=after, in_reply_to=named)


def test_pairing_step_by_step_equals_a_rebuild(store: Store) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=120, deadline=None)
    @given(_steps())
    def holds(steps: list[Any]) -> None:
        empty(store)
        store.merge_profiles(PEOPLE, complete=True)
        for number, step in enumerate(steps):
            if step is None:
                seen["partly"] += _scope_now(store) not in {None, frozenset()}
                pair_now(store)
            elif isinstance(step, Message):
                store.add(batch(step, folder=SENT if FolderRole.SENT in step.seen_in else INBOX, first=number + 1))
            else:
                store.merge_profiles(step, complete=False)
        pair_now(store)
        found = store.evidences(), store.received_days()
        store.drop_derived()
        pair_now(store)
        assert found == (store.evidences(), store.received_days())
        asks = [ask for listed in found[0].asks.values() for ask in listed]
        seen["asks"] += len(asks)
        seen["answers"] += sum(bool(ask.exact) for ask in asks)
        seen["bounces"] += sum(send.bounced_at is not None for ask in asks for send in ask.sent)
        seen["days"] += len(found[1])

    holds()
    assert min(seen[what] for what in ("partly", "asks", "answers", "bounces", "days")) > 0, seen
