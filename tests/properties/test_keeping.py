"""What is deleted for its age never turns anybody unresponsive."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, every_day, mailboxes
from tracker.domain.asks import Rules
from tracker.domain.outcome import GAP, Judging, Knowledge
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, build_row
from tracker.domain.threads import threads
from tracker.domain.verdict import Verdict
from tracker.storage._horizon import is_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.domain.asks import Ask
    from tracker.domain.connection import ConnectionId
    from tracker.domain.message import Message

RIGHT_CLOCKS = frozenset({"clock"})
"""An answer that is dated before what it answers, by the server's clock too, is as old as it says."""


def test_whoever_is_unresponsive_after_a_deletion_was_so_before() -> None:
    """Whatever is deleted, whatever the window and the moment, also where the only answer lies before the cut.

    Left out are threads that were cut and went on for more than thirty days without ever resting for so long: a mail in
    them may be an ask by what is left and another word by all.
    """
    census = Census()

    @examples(600)
    @given(
        mailboxes(most=24, without=RIGHT_CLOCKS),
        st.floats(0, 0.6),
        st.integers(20, 400),
        st.sampled_from((0, 5, 40)),
        st.booleans(),
    )
    def holds(mailbox: Mailbox, share: float, window: int, later: int, explicit: bool) -> None:
        cut = mailbox.starts_at + share * (mailbox.ends_at - mailbox.starts_at)
        judging = Judging(window=timedelta(days=window), cut=0.9, confidence=0.55)
        as_of = mailbox.ends_at + timedelta(days=later)
        kept = [message for message in mailbox.messages if is_kept(message, cut)]
        days = every_day(mailbox)
        before = verdicts(mailbox, mailbox.messages, judging, Knowledge(as_of, as_of, days, explicit=explicit))
        known = Knowledge(as_of, as_of, days, explicit=explicit, kept_from=cut)
        after = verdicts(mailbox, kept, judging, known)
        going_on = reached_over(mailbox, cut)
        turned = [
            person
            for person in after
            if Verdict.UNRESPONSIVE is after[person] is not before[person] and person not in going_on
        ]
        assert turned == []
        census.count(
            deleted=len(kept) < len(mailbox.messages),
            silent=Verdict.UNRESPONSIVE in after.values(),
            spared=any(Verdict.UNRESPONSIVE is before[person] is not after[person] for person in after),
        )

    holds()
    census.require(deleted=0.4, silent=0.05, spared=0.1)


def reached_over(mailbox: Mailbox, cut: datetime) -> frozenset[ConnectionId]:
    """The people to whom the user wrote more than thirty days after the cut in a thread from before it."""
    late = cut + GAP
    found: set[ConnectionId] = set()
    for thread in threads(mailbox.messages, lambda message: message):
        if not all(is_kept(message, cut) for message in thread):
            written = [one for one in thread if one.sent_at and one.sent_at >= late]
            found.update(owner for one in written for to in one.recipients for owner in mailbox.book.owners(to.addr))
    return frozenset(found)


def verdicts(
    mailbox: Mailbox, messages: Sequence[Message], judging: Judging, known: Knowledge
) -> dict[ConnectionId, Verdict]:
    paired = pair(messages, mailbox.book, Rules())
    asks: dict[ConnectionId, list[Ask]] = defaultdict(list)
    for ask in paired.asks:
        asks[ask.connection].append(ask)
    evidence = Evidences(asks, paired.heard)
    rows = (build_row(person, evidence, judging=judging, known=known) for person in mailbox.people)
    return {row.connection.id: row.verdict for row in rows}
