"""What must hold of the pairing of any mailbox, whatever came in and in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, mailboxes, merged
from tests.properties.writing import is_human
from tracker.domain.asks import SKEW, Ask, Evidence, Pairing, Rules, Rung, Send
from tracker.domain.message import Message
from tracker.domain.pairing import pair

RULES = Rules()
T = TypeVar("T")


def paired(mailbox: Mailbox) -> Pairing:
    return pair(mailbox.messages, mailbox.book, RULES)


def test_a_mailbox_holds_what_the_rules_are_about() -> None:
    """The generator itself: everything that a rule speaks of happens often enough to be tested."""
    census = Census()

    @examples(200)
    @given(mailboxes())
    def holds(mailbox: Mailbox) -> None:
        asks = paired(mailbox).asks
        census.count(
            reply=any(ask.exact for ask in asks),
            two_rungs=any(len(ask.exact) > 1 for ask in asks),
            person=any(ask.person for ask in asks),
            nudge=any(len(ask.sent) > 1 for ask in asks),
            last_word=any(ask.last_word for ask in asks),
            group=any(ask.group for ask in asks),
            bounce=any(send.bounced_at for ask in asks for send in ask.sent),
            maybe=any(ask.undeliverable_at for ask in asks),
            away=any(ask.away_at for ask in asks),
            doubtful=any(ask.uncertain for ask in asks),
            bystander=any(ask.by_other_at for ask in asks),
            orphan=any(ask.orphaned_at for ask in asks),
            misdated=any(send.at != send.at_latest for ask in asks for send in ask.sent),
            copy=len(mailbox.copies) > len(mailbox.messages),
            silence=any(not ask.exact and not ask.human for ask in asks),
        )

    holds()
    often = dict.fromkeys(("reply", "nudge", "last_word", "copy", "silence"), 0.2)
    seldom = dict.fromkeys(("person", "away", "bounce", "orphan", "group", "maybe", "doubtful", "bystander"), 0.08)
    census.require(**often, **seldom, two_rungs=0.04, misdated=0.04)


def test_neither_the_order_of_arrival_nor_copies_change_anything() -> None:
    census = Census()

    @examples(150)
    @given(mailboxes(), st.data())
    def holds(mailbox: Mailbox, data: st.DataObject) -> None:
        doubled = [*mailbox.copies, *data.draw(st.lists(st.sampled_from(mailbox.copies), max_size=4))]
        shuffled = data.draw(st.permutations(doubled))
        expected = paired(mailbox)
        assert pair(merged(shuffled), mailbox.book, RULES) == expected
        census.count(reply=any(ask.exact for ask in expected.asks), moved=shuffled != doubled)

    holds()
    census.require(reply=0.2, moved=0.5)


def test_shifting_all_times_shifts_the_result_and_nothing_else() -> None:
    census = Census()

    @examples(100)
    @given(mailboxes(), st.timedeltas(timedelta(days=-900), timedelta(days=900)))
    def holds(mailbox: Mailbox, by: timedelta) -> None:
        expected = paired(mailbox)
        moved = [_shifted(message, by) for message in mailbox.messages]
        found = pair(moved, mailbox.book, RULES)
        assert found.asks == tuple(_shifted(ask, by) for ask in expected.asks)
        assert found.heard == {one: tuple(at + by for at in times) for one, times in expected.heard.items()}
        census.count(reply=any(ask.exact for ask in expected.asks), moved=by)

    holds()
    census.require(reply=0.2, moved=0.5)


def _shifted(value: T, by: timedelta) -> T:
    """The same value with every moment in it moved."""
    moved: object = value
    if isinstance(value, datetime):
        moved = value + by
    elif isinstance(value, tuple):
        moved = tuple(_shifted(one, by) for one in value)
    elif isinstance(value, Message | Ask | Send | Evidence):
        fields = {name: getattr(value, name) for name in value.__dataclass_fields__}
        moved = replace(value, **{name: _shifted(one, by) for name, one in fields.items()})
    return cast("T", moved)


def test_the_people_in_scope_get_what_they_get_among_all() -> None:
    census = Census()

    @examples(150)
    @given(mailboxes(), st.data())
    def holds(mailbox: Mailbox, data: st.DataObject) -> None:
        expected = paired(mailbox)
        chosen = data.draw(st.sets(st.sampled_from(sorted(mailbox.book.connections)), min_size=1))
        found = pair(mailbox.messages, mailbox.book, RULES, chosen)
        assert found.asks == tuple(ask for ask in expected.asks if ask.connection in chosen)
        assert found.heard == {one: times for one, times in expected.heard.items() if one in chosen}
        census.count(some=found.asks, others=len(found.asks) < len(expected.asks))

    holds()
    census.require(some=0.4, others=0.2)


def test_the_answer_of_every_ask_is_the_one_that_was_written() -> None:
    """What the writer knows of each answer is found, and nothing that it does not know of."""
    census = Census()

    @examples(250)
    @given(mailboxes())
    def holds(mailbox: Mailbox) -> None:
        facts = {message.identity: message for message in mailbox.messages}
        true = {(answer.person, answer.asked, answer.reply) for answer in mailbox.answers}
        found = 0
        for ask in paired(mailbox).asks:
            written = _written(ask, facts, mailbox)
            sends = {send.identity for send in ask.sent}
            known = {reply for person, asked, reply in true if person == ask.connection and asked in sends}
            assert known <= {message.identity for message in written}
            told = [reply for reply in ask.exact if reply.rung is Rung.IN_REPLY_TO]
            proper = [one for one in written if _arrived(one) >= ask.asked_at - SKEW]
            first = [min(part, key=lambda one: (_arrived(one), one.identity)).identity for part in (proper,) if part]
            assert [reply.identity for reply in told if reply.at >= ask.asked_at - SKEW] == first
            found += len(first)
        census.count(found=found, several=found > 1, known=true)

    holds()
    census.require(found=0.3, several=0.1, known=0.3)


def _written(ask: Ask, facts: dict[str, Message], mailbox: Mailbox) -> list[Message]:
    """The human messages of the person who was asked that name a sending of the ask in In-Reply-To."""
    names = {name for send in ask.sent for name in facts[send.identity].names}
    own = mailbox.book.connections[ask.connection].addresses
    return [
        message
        for message in facts.values()
        if message.author is not None
        and message.author.addr in own
        and message.arrived_at is not None
        and is_human(message)
        and not names.isdisjoint(message.in_reply_to)
    ]


def _arrived(message: Message) -> datetime:
    assert message.arrived_at is not None
    return message.arrived_at
