"""An ask in brief is judged as the whole ask is, whatever the mailbox, the moment and the way of judging."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.census import Census, examples
from tests.properties.mailboxes import Mailbox, every_day, mailboxes
from tracker.domain.asks import Rules
from tracker.domain.brief import Older, brief_of, came_back, judge_brief
from tracker.domain.clock import WorkingClock
from tracker.domain.outcome import Judging, Knowledge, judge
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, build_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.asks import Ask, Pairing
    from tracker.domain.brief import Brief
    from tracker.domain.connection import ConnectionId

WORKING = WorkingClock(ZoneInfo("Europe/Berlin"), frozenset({5, 6}), lambda day: day.day == 1)


@st.composite
def judgings(draw: st.DrawFn) -> Judging:
    """Thresholds around those of the mailboxes' answers, windows that cut them, both clocks."""
    judging = Judging(
        threshold=timedelta(hours=draw(st.sampled_from([4, 48, 24 * 14]))),
        window=timedelta(days=draw(st.sampled_from([5, 40, 730]))),
    )
    return replace(judging, clock=WORKING) if draw(st.booleans()) else judging


@st.composite
def moments(draw: st.DrawFn, mailbox: Mailbox) -> Knowledge:
    """A moment within the mailbox or after it; explicit or not; some of its mail in an archive that ends earlier."""
    span = (mailbox.ends_at - mailbox.starts_at).total_seconds() / 3600
    as_of = mailbox.starts_at + timedelta(hours=draw(st.floats(0, span + 1500)))
    covered = draw(st.sampled_from([None, as_of, as_of, as_of, as_of - timedelta(days=5)]))
    some = (
        draw(st.sets(st.sampled_from([message.identity for message in mailbox.messages]))) if mailbox.messages else ()
    )
    archived = dict.fromkeys(some, as_of - timedelta(days=60)) if draw(st.booleans()) else {}
    days = every_day(mailbox) if draw(st.booleans()) else {}
    return Knowledge(as_of, covered, days, explicit=draw(st.booleans()), archived=archived)


def test_a_brief_is_judged_as_the_ask_is() -> None:
    census = Census()

    @examples(400)
    @given(mailboxes(), judgings(), st.data())
    def holds(mailbox: Mailbox, judging: Judging, data: st.DataObject) -> None:
        known = data.draw(moments(mailbox))
        asks = pair(mailbox.messages, mailbox.book, Rules()).asks
        briefs = [(ask, brief) for ask in asks if (brief := brief_of(ask)) is not None]
        seen = set()
        for ask, brief in briefs:
            whole, short = judge(ask, judging, known), judge_brief(brief, judging, known)
            assert _told(short) == _told(whole)
            seen.add(whole.outcome)
        census.count(brief=briefs, whole=len(briefs) < len(asks), several=len(seen) > 2)

    holds()
    census.require(brief=0.7, whole=0.1, several=0.1)


def _told(judged: object) -> list[object]:
    return [getattr(judged, name) for name in ("outcome", "reason", "latency", "asked_at", "latest")]


def test_a_row_from_briefs_is_that_from_whole_asks_but_for_the_asks_themselves() -> None:
    census = Census()

    @examples(300)
    @given(mailboxes(most=10), judgings(), st.data())
    def holds(mailbox: Mailbox, judging: Judging, data: st.DataObject) -> None:
        known = data.draw(moments(mailbox))
        pairing = pair(mailbox.messages, mailbox.book, Rules())
        for number, person in mailbox.book.connections.items():
            asks = [ask for ask in pairing.asks if ask.connection == number]
            whole = build_row(person, Evidences({number: asks}, pairing.heard), judging=judging, known=known)
            brief = _in_brief(number, asks, pairing, judging, known)
            row = build_row(person, brief, judging=judging, known=known)
            assert {one.asked_at: _told(one) for one in row.judged} == {
                one.asked_at: _told(one) for one in whole.judged
            }
            assert replace(row, asks=(), judged=()) == replace(whole, asks=(), judged=())
            census.count(brief=brief.briefs.get(number), older=brief.older, asks=asks, judged=whole.judged)

    holds()
    census.require(brief=0.1, older=0.02, judged=0.2)


def _in_brief(
    person: ConnectionId, asks: Sequence[Ask], pairing: Pairing, judging: Judging, known: Knowledge
) -> Evidences:
    """The evidence of one person as the store gives it."""
    since, returned = known.as_of - judging.window, any(map(came_back, asks))
    short = {id(ask): None if returned else brief_of(ask) for ask in asks}
    briefs = [brief for brief in short.values() if brief is not None]
    old = [brief for brief in briefs if brief.asked_at <= since]
    return Evidences(
        {person: [ask for ask in asks if short[id(ask)] is None]},
        {person: max(([one] for one in pairing.heard.get(person, ()) if known.has(one)), default=[])},
        briefs={person: [brief for brief in briefs if brief.asked_at > since]},
        older={person: _added_up(old, known)} if old else {},
    )


def _added_up(old: Sequence[Brief], known: Knowledge) -> Older:
    answers = [one.answered_at for one in old if one.answered_at is not None and known.has(one.answered_at)]
    return Older(len(old), max(one.asked_at for one in old), max(answers, default=None))
