"""What must hold of outcomes and verdicts of any mailbox: above all, nothing that is learned may blame anybody more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, days_of, every_day, mailboxes
from tests.properties.writing import MINE, identity
from tracker.domain.asks import Pairing, Rules
from tracker.domain.message import Address, AddrSpec, FolderRole, Message, MessageId
from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, Outcome, judge
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, Row, build_row
from tracker.domain.verdict import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.connection import ConnectionId

RULES = Rules()
T48 = Judging()
GOOD = (Outcome.IN_TIME, Outcome.LATE, Outcome.HEARD)


def paired(mailbox: Mailbox, *more: Message) -> Pairing:
    return pair([*mailbox.messages, *more], mailbox.book, RULES)


def at_the_end(mailbox: Mailbox, days: int = 90) -> Knowledge:
    """Long after everything, with a mailbox that something comes into every day."""
    as_of = mailbox.ends_at + timedelta(days=days)
    return Knowledge(as_of, as_of, every_day(mailbox))


def outcomes(pairing: Pairing, known: Knowledge, judging: Judging = T48) -> list[JudgedAsk]:
    return [judge(ask, judging, known) for ask in pairing.asks]


def counts(judged: list[JudgedAsk], *chosen: Outcome) -> Counter[ConnectionId]:
    return Counter(one.ask.connection for one in judged if one.outcome in chosen)


@st.composite
def one_more(draw: st.DrawFn, mailbox: Mailbox, author: AddrSpec, *, human: bool) -> Message:
    """Another inbound message of any date that may name anything; nothing that is there names it."""
    names = sorted({name for message in mailbox.messages for name in message.names})
    named = tuple(draw(st.lists(st.sampled_from([*names, MessageId("never-read@mail.example")]), max_size=3)))
    span = (mailbox.ends_at - mailbox.starts_at).total_seconds() / 3600
    at = mailbox.starts_at + timedelta(hours=draw(st.floats(-800, span + 1500)))
    dated = draw(st.sampled_from([at, at, at, at - timedelta(days=3), None]))
    marks = [(), (), (), ("calendar",), ("list",)]
    machine = [("auto_submitted_notified",), ("report_feedback",), ("report_disposition_notification",)]
    return Message(
        identity=identity("one more"),
        message_id=MessageId("one-more@mail.example"),
        author=Address("", author),
        dated_at=dated,
        received_at=at,
        in_reply_to=named[:1] if draw(st.booleans()) else (),
        references=named,
        to=(Address("", draw(st.sampled_from([MINE[0], AddrSpec("all@lists.example")]))),),
        signals=frozenset(draw(st.sampled_from(marks if human else machine))),
        seen_in=frozenset({FolderRole.INBOX}),
    )


def test_one_more_message_of_somebody_asked_makes_nobody_overdue() -> None:
    """At a fixed moment and coverage, and unless it is one whose absence was the doubt: nothing may name it."""
    census = Census()

    @examples(400)
    @given(mailboxes(), st.data())
    def holds(mailbox: Mailbox, data: st.DataObject) -> None:
        before = paired(mailbox)
        asked = sorted({ask.connection for ask in before.asks})
        if not asked:
            return
        author = data.draw(st.sampled_from(mailbox.book.connections[data.draw(st.sampled_from(asked))].addresses))
        word = data.draw(one_more(mailbox, author, human=True))
        known = at_the_end(mailbox, data.draw(st.integers(0, 90)))
        blamed = counts(outcomes(before, known), Outcome.OVERDUE)
        after = counts(outcomes(paired(mailbox, word), known), Outcome.OVERDUE)
        assert all(after[one] <= blamed[one] for one in after)
        census.count(blamed=blamed, cleared=after != blamed, joined=len(word.references) > 1)

    holds()
    census.require(blamed=0.3, cleared=0.1, joined=0.2)


def test_one_more_message_of_a_machine_speaks_for_nobody() -> None:
    census = Census()

    @examples(250)
    @given(mailboxes(), st.data())
    def holds(mailbox: Mailbox, data: st.DataObject) -> None:
        people = sorted(addr for one in mailbox.people for addr in one.addresses)
        machine = data.draw(one_more(mailbox, data.draw(st.sampled_from(people)), human=False))
        known = at_the_end(mailbox)
        before, after = (outcomes(paired(mailbox, *more), known) for more in ((), (machine,)))
        good, still = counts(before, *GOOD), counts(after, *GOOD)
        assert all(still[one] <= good[one] for one in still)
        census.count(good=good, blamed=counts(before, Outcome.OVERDUE), names=machine.references)

    holds()
    census.require(good=0.2, blamed=0.2, names=0.3)


def row(mailbox: Mailbox, pairing: Pairing, known: Knowledge, person: ConnectionId) -> Row:
    asks = {person: [ask for ask in pairing.asks if ask.connection == person]}
    return build_row(mailbox.book.connections[person], Evidences(asks, pairing.heard), judging=T48, known=known)


def test_whoever_answers_every_ask_is_never_unresponsive_and_whoever_does_in_time_is_responsive() -> None:
    census = Census()

    @examples(250)
    @given(mailboxes(most=10), st.data())
    def holds(mailbox: Mailbox, data: st.DataObject) -> None:
        asks = [ask for ask in paired(mailbox).asks if ask.sent[0].message_id is not None]
        person = data.draw(st.sampled_from(sorted(mailbox.book.connections)))
        own = [ask for ask in paired(mailbox).asks if ask.connection == person]
        hours = data.draw(st.sampled_from([1, 40, 300]))
        if not own or len(own) != sum(ask.connection == person for ask in asks):
            return
        replies = [_answer(mailbox, person, ask.sent[0].message_id, ask.asked_at, hours) for ask in own]
        known = at_the_end(mailbox, 30)
        judged = row(mailbox, paired(mailbox, *replies), known, person)
        assert judged.verdict is not Verdict.UNRESPONSIVE
        if hours <= 48:
            assert judged.verdict in {Verdict.RESPONSIVE, Verdict.UNREACHABLE}
            assert (judged.tally.late, judged.tally.overdue) == (0, 0)
        census.count(prompt=hours <= 48, late=hours > 48, several=len(own) > 1)

    holds()
    census.require(prompt=0.2, late=0.1, several=0.1)


def _answer(
    mailbox: Mailbox, person: ConnectionId, named: MessageId | None, asked_at: datetime, hours: float
) -> Message:
    at = asked_at + timedelta(hours=hours)
    return Message(
        identity=identity(f"answer to {named}"),
        message_id=MessageId(f"answer-to-{named}"),
        author=Address("", mailbox.book.connections[person].addresses[0]),
        dated_at=at,
        received_at=at,
        in_reply_to=(named,) if named else (),
        to=(Address("", mailbox.mine[0]),),
        seen_in=frozenset({FolderRole.INBOX}),
    )


def test_a_higher_threshold_takes_nobodys_answer_in_time_away() -> None:
    census = Census()
    hours = st.floats(0.1, 2000)

    @examples(200)
    @given(mailboxes(), hours, hours)
    def holds(mailbox: Mailbox, one: float, other: float) -> None:
        low, high = (Judging(threshold=timedelta(hours=limit)) for limit in sorted((one, other)))
        pairing, known = paired(mailbox), at_the_end(mailbox)
        strict, mild = outcomes(pairing, known, low), outcomes(pairing, known, high)
        assert all(
            then.outcome is Outcome.IN_TIME for now, then in zip(strict, mild, strict=True) if now.outcome == "in_time"
        )
        blamed, still = counts(strict, Outcome.OVERDUE), counts(mild, Outcome.OVERDUE)
        assert all(still[person] <= blamed[person] for person in still)
        census.count(
            in_time=any(now.outcome == "in_time" for now in strict), moved=counts(mild, *GOOD) and strict != mild
        )

    holds()
    census.require(in_time=0.2, moved=0.1)


def test_every_ask_has_one_outcome_at_any_moment_under_any_knowledge() -> None:
    census = Census()
    days = st.floats(-400, 400)

    @examples(300)
    @given(mailboxes(), days, st.none() | days, st.booleans(), st.booleans())
    def holds(mailbox: Mailbox, moment: float, covered: float | None, explicit: bool, busy: bool) -> None:
        as_of = mailbox.ends_at + timedelta(days=moment)
        received = every_day(mailbox) if busy else days_of(mailbox.messages, mailbox.mine)
        until = None if covered is None else mailbox.ends_at + timedelta(days=covered)
        known = Knowledge(as_of, until, received, explicit=explicit)
        pairing = paired(mailbox)
        for person in mailbox.book.connections:
            judged = row(mailbox, pairing, known, person)
            tally = judged.tally
            parts = (
                tally.in_time,
                tally.late,
                tally.overdue,
                tally.waiting,
                tally.heard,
                tally.excluded,
                tally.unknown,
            )
            assert sum(parts) == len(judged.asks)
            assert tally.silences <= tally.overdue
            assert all((one.reason is None) == (one.outcome not in {"excluded", "unknown"}) for one in judged.asks)
            assert not any(one.outcome == "overdue" and until is None for one in judged.asks)
        census.count(judged=outcomes(pairing, known), explicit=explicit, past=moment < 0)

    holds()
    census.require(judged=0.8, explicit=0.2, past=0.2)


def test_a_wrong_stamp_can_only_be_in_a_persons_favour() -> None:
    """An ask whose stamps disagree is overdue no sooner than either of them alone would make it."""
    census = Census()

    @examples(150)
    @given(mailboxes(without=frozenset({"clock"})), st.integers(2, 60), st.data())
    def holds(mailbox: Mailbox, days: int, data: st.DataObject) -> None:
        asks = paired(mailbox).asks
        if not asks:
            return
        chosen = data.draw(st.sampled_from(asks)).identity
        known = at_the_end(mailbox, data.draw(st.integers(0, 60)))
        wrong = [
            replace(one, received_at=(one.dated_at or mailbox.ends_at) + timedelta(days=days))
            if one.identity == chosen
            else one
            for one in mailbox.messages
        ]
        blamed = counts(outcomes(paired(mailbox), known), Outcome.OVERDUE)
        after = counts(outcomes(pair(wrong, mailbox.book, RULES), known), Outcome.OVERDUE)
        assert all(after[one] <= blamed[one] for one in after)
        census.count(blamed=blamed, cleared=after != blamed)

    holds()
    census.require(blamed=0.3, cleared=0.02)
