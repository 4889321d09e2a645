"""What is deleted for its age never turns anybody unresponsive."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, every_day, mailboxes
from tests.unit.letters_by_hand import BOOK, JANE, ME, PEOPLE, at, message
from tracker.domain.asks import Rules
from tracker.domain.message import AddrSpec
from tracker.domain.outcome import Judging, Knowledge
from tracker.domain.pairing import pair
from tracker.domain.reception import GAP
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

JANES = "jane@acme.example"

RIGHT_CLOCKS = frozenset({"clock"})
"""An answer that is dated before what it answers, by the server's clock too, is as old as it says."""


def test_whoever_is_unresponsive_after_a_deletion_was_so_before() -> None:
    """Whatever is deleted, whatever the window and the moment, also where the only answer lies before the cut.

    Left out are threads that were cut and went on for more than thirty days without ever resting for so long: a mail in
    them may be an ask by what is left and another word by all.
    """
    census = Census()

    @examples(400)
    @given(
        mailboxes(most=30, without=RIGHT_CLOCKS),
        st.floats(0.05, 0.5),
        st.sampled_from((20, 60, 400)),
        st.sampled_from((0, 5, 40)),
        st.booleans(),
    )
    def holds(mailbox: Mailbox, share: float, window: int, later: int, explicit: bool) -> None:
        cut = mailbox.starts_at + share * (mailbox.ends_at - mailbox.starts_at)
        judging = Judging(window=timedelta(days=window), cut=0.6, confidence=0.55)
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
    census.require(deleted=0.3, silent=0.04, spared=0.1)


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


KINDS = ("silent", "silent", "silent", "answered", "late", "away", "thanks")
"""What happens with the one person of the second property: mostly nothing, as with somebody who may be unresponsive."""

END = 300
"""Days after the start up to which something comes in each day."""


def happened(number: int, day: int, kind: str) -> list[Message]:
    """One event of so many days after the start, in a conversation of its own that no header names."""
    hours = 24.0 * day
    asked = replace(message(f"q{number}", hours, ME, JANES), thread_keys=(f"linkedin c{number}",))
    if kind == "answered":
        return [asked, message(f"a{number}", hours + 20, JANES, ME, answers=f"q{number}")]
    if kind == "late":
        return [asked, message(f"a{number}", hours + 24 * 6, JANES, ME, answers=f"q{number}")]
    if kind == "away":
        return [message(f"n{number}", hours - 24 * 20, JANES, ME, marks="auto_submitted_replied"), asked]
    if kind == "thanks":
        word = message(f"w{number}", hours - 24 * 20, JANES, ME)
        return [replace(word, thread_keys=asked.thread_keys), asked]
    return [asked]


def test_one_person_asked_on_both_sides_of_the_cut_is_never_turned_unresponsive() -> None:
    """Where whole mailboxes seldom hit: an answer, a note or a word just before what is kept, and silence after it."""
    census = Census()
    days = {AddrSpec(ME): tuple((at(0) + timedelta(days=day)).date() for day in range(-60, END + 60))}

    @examples(1000)
    @given(
        st.lists(st.tuples(st.integers(-60, 60), st.sampled_from(KINDS)), min_size=1, max_size=4),
        st.integers(100, 150),
        st.sampled_from((130, 150, 150, 250)),
    )
    def holds(events: list[tuple[int, str]], cut: int, window: int) -> None:
        mail = [one for number, (day, kind) in enumerate(events) for one in happened(number, cut + day, kind)]
        judging, as_of, kept_from = (
            Judging(window=timedelta(days=window), confidence=0.7),
            at(24.0 * (cut + 150)),
            at(24.0 * cut),
        )
        kept = [one for one in mail if is_kept(one, kept_from)]
        before = one_verdict(mail, judging, Knowledge(as_of, as_of, days))
        after = one_verdict(kept, judging, Knowledge(as_of, as_of, days, kept_from=kept_from))
        assert Verdict.UNRESPONSIVE is not after or after is before
        careless = one_verdict(kept, judging, Knowledge(as_of, as_of, days))
        census.count(
            silent=after is Verdict.UNRESPONSIVE,
            spared=before is not careless is Verdict.UNRESPONSIVE,
            deleted=len(kept) < len(mail),
        )

    holds()
    census.require(silent=0.05, spared=0.015, deleted=0.3)


def one_verdict(messages: Sequence[Message], judging: Judging, known: Knowledge) -> Verdict:
    paired = pair(messages, BOOK, Rules())
    return build_row(PEOPLE[JANE], Evidences({JANE: paired.asks}, paired.heard), judging=judging, known=known).verdict
