"""A report for a moment in the past is the report that would have been made then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, days_of, mailboxes
from tracker.domain.asks import Rules
from tracker.domain.letters import letters
from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, Outcome, judge
from tracker.domain.pairing import pair
from tracker.domain.threads import threads

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.connection import ConnectionId
    from tracker.domain.message import Message

RULES = Rules()
T48 = Judging()
GOOD = (Outcome.IN_TIME, Outcome.LATE, Outcome.HEARD)


def test_a_moment_in_the_past_is_judged_as_the_mailbox_was_then() -> None:
    """Where no later message shows that two threads are one, and no clock puts an answer before what it answers."""
    census = Census()

    @examples(400)
    @given(mailboxes(without=frozenset({"joins"})), st.floats(0, 1))
    def holds(mailbox: Mailbox, share: float) -> None:
        first = mailbox.starts_at
        then = first + share * (mailbox.ends_at - first)
        past = [message for message in mailbox.messages if _at(message, mailbox) <= then]
        if not _are_threads_known(mailbox, past) or _names_the_future(mailbox.messages, past):
            return
        known = Knowledge(then, mailbox.ends_at, days_of(mailbox.messages, mailbox.mine), explicit=True)
        whole = [
            _told(judge(ask, T48, known))
            for ask in pair(mailbox.messages, mailbox.book, RULES).asks
            if ask.asked_at <= then
        ]
        cut = [_told(one) for one in (judge(ask, T48, known) for ask in pair(past, mailbox.book, RULES).asks)]
        assert whole == cut
        census.count(compared=cut, good=any(one[2] in GOOD for one in cut), later=len(past) < len(mailbox.messages))

    holds()
    census.require(compared=0.2, good=0.1, later=0.2)


def _told(judged: JudgedAsk) -> tuple[str, ConnectionId, Outcome, object, object, int]:
    return judged.ask.identity, judged.ask.connection, judged.outcome, judged.reason, judged.latency, judged.nudges


def _at(message: Message, mailbox: Mailbox) -> datetime:
    """When it counts; what is no letter never does."""
    counted = letters([message], mailbox.book)
    return counted[0].at if counted else mailbox.ends_at + timedelta(days=1)


def _are_threads_known(mailbox: Mailbox, past: list[Message]) -> bool:
    """Whether the threads of the past are those that all messages show."""
    inside = {message.identity for message in past}
    usable = [message for message in mailbox.messages if _at(message, mailbox) <= mailbox.ends_at]
    whole = [{one.identity for one in thread} & inside for thread in threads(usable, _itself)]
    cut = [{one.identity for one in thread} for thread in threads(past, _itself)]
    return sorted(map(sorted, filter(None, whole))) == sorted(map(sorted, cut))


def _itself(message: Message) -> Message:
    return message


def _names_the_future(messages: list[Message], past: list[Message]) -> bool:
    inside = {message.identity for message in past}
    later = {name for message in messages if message.identity not in inside for name in message.names}
    return any(not later.isdisjoint((*message.in_reply_to, *message.references)) for message in past)
