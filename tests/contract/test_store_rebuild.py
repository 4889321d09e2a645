"""The store's contract: what is derived step by step is what a rebuild would give."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.sample_facts import INBOX, ME, SENT, START, batch, empty, letter, naming, pair_now
from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec, Delivery, FolderRole, Message, ReportedRecipient

if TYPE_CHECKING:
    from tracker.storage import Store

PEOPLE = [Profile(name, name.title(), addresses=(AddrSpec(f"{name}@x.example"),)) for name in ("jane", "bob", "cat")]


def _at(hours: float) -> datetime:
    return START + timedelta(hours=hours, microseconds=1)


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


def test_the_user_wrote_between_two_moments_by_every_stamp_that_a_message_bears(store: Store) -> None:
    other = AddrSpec("ann@other.example")
    store.add(
        batch(
            letter("mine", ME, "jane@x", hours=10),
            letter("to me", "jane@x", ME, hours=50),
            letter("of two times", other, "jane@x", hours=10, received_at=_at(90)),
            letter("dated alone", "bob@y", "jane@x", hours=10, received_at=None),
        )
    )
    for since, until, wrote in ((5, 15, True), (11, 99, False), (0, 9, False)):
        assert store.wrote(ME, _at(since), _at(until)) is wrote
    assert store.wrote(AddrSpec("bob@y"), _at(5), _at(15))
    assert [store.wrote(other, *map(_at, span)) for span in ((5, 15), (80, 99), (5, 99))] == [False, False, True]


_ADDRESSES = ("ann@example.org", "jane@x.example", "jane@new.example", "bob@x.example", "who@z.example")


_KEYS = st.sampled_from([(), ("work gm 1",), ("work gm 2",), ("home id 1", "work gm 1")])


@st.composite
def _steps(draw: st.DrawFn) -> list[Any]:
    """Messages (many of them answers to earlier ones, not always before these come), imports and pairings."""
    steps: list[Any] = []
    for number in range(draw(st.integers(4, 14))):
        kind = draw(st.sampled_from(["fresh", "answer", "answer", "bounce", "bounce", "copy", "pair", "people"]))
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
    more = {"references": naming(*named), "thread_keys": draw(_KEYS)}
    return letter(name, author, *to, hours=draw(st.integers(0, 400)), **more)


def _drawn_after(draw: st.DrawFn, name: str, kind: str, earlier: Message) -> Message:
    """An answer to `earlier`, a bounce of it, or a copy of it that came at another time."""
    hours = (earlier.dated_at or START) - START + timedelta(hours=draw(st.integers(1, 300)))
    after = hours.total_seconds() / 3600
    if kind == "copy":
        came = START + timedelta(hours=draw(st.integers(-30, 400)))
        relayed = draw(st.sampled_from([None, came + timedelta(hours=30)]))
        return replace(earlier, received_at=came, relayed_at=relayed, seen_in=earlier.seen_in | {FolderRole.TRASH})
    named = naming(earlier.subject.removeprefix("About "))
    if kind == "bounce":
        failed = earlier.to if draw(st.booleans()) else ()
        signals = frozenset({"failed_recipients" if failed else "postmaster_bounce"})
        named, returned = draw(st.sampled_from([(named, ()), ((), named), ((), ())]))
        told = tuple(ReportedRecipient(address.addr, Delivery.FAILED) for address in failed)
        more = {"reported": told, "signals": signals, "in_reply_to": named, "returned": returned}
        return letter(name, "mailer-daemon@z", ME, hours=after, **more)
    author = draw(st.sampled_from([*(address.addr for address in earlier.to), ME]))
    to = earlier.author.addr if earlier.author else ME
    if draw(st.booleans()):
        return letter(name, author, to, hours=after, in_reply_to=named)
    return letter(name, author, to, hours=after, thread_keys=earlier.thread_keys)


def test_pairing_step_by_step_equals_a_rebuild(store: Store) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=120, deadline=None)
    @given(_steps())
    def holds(steps: list[Any]) -> None:
        empty(store)
        store.merge_profiles(PEOPLE, complete=True)
        if len(steps) % 2:
            pair_now(store)  # so that whatever is paired next is paired in part
        for number, step in enumerate(steps):
            if step is None:
                seen["partly"] += pair_now(store) not in {None, frozenset()}
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
