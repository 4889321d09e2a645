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
from tests.unit.letters_by_hand import JANE, ME, PEOPLE, at, message, only_ask
from tracker.domain.asks import Rules
from tracker.domain.brief import JudgedBrief, Older, brief_of, came_back, judge_brief
from tracker.domain.clock import WorkingClock
from tracker.domain.coverage import Coverage
from tracker.domain.outcome import JudgedAsk, Judging, Knowledge, judge
from tracker.domain.pairing import pair
from tracker.domain.report import Evidences, build_report, build_row
from tracker.domain.rhythm import Overview, overview
from tracker.domain.tuning import Sample, build_tuning, observed
from tracker.formats import View, report_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.asks import Ask, Pairing
    from tracker.domain.brief import Brief
    from tracker.domain.connection import Connection, ConnectionId

BERLIN = ZoneInfo("Europe/Berlin")
WORKING = WorkingClock(BERLIN, frozenset({5, 6}), lambda day: day.day == 1)
COVERAGE = Coverage(complete=True, accounts=())


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


def long_after(mailbox: Mailbox) -> Knowledge:
    """All of the mailbox is read, and all that was open then is overdue."""
    moment = mailbox.ends_at + timedelta(days=30)
    return Knowledge(moment, moment, every_day(mailbox))


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


def test_a_brief_tells_of_the_time_that_answers_take_what_the_ask_tells() -> None:
    census = Census()

    @examples(400)
    @given(mailboxes(most=14), judgings(), st.data())
    def holds(mailbox: Mailbox, judging: Judging, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from([None, long_after(mailbox), long_after(mailbox)])) or data.draw(
            moments(mailbox)
        )
        seen = []
        for ask in pair(mailbox.messages, mailbox.book, Rules()).asks:
            brief = brief_of(ask)
            if brief is not None:
                short = observed(brief, judge_brief(brief, judging, known), judging, known)
                assert short == observed(ask, judge(ask, judging, known), judging, known)
                seen.append(short)
        told = [one for one in seen if one is not None]
        answered = [one for one in told if one.answered]
        census.count(answered=answered, open=len(answered) < len(told), left_out=len(told) < len(seen))

    holds()
    census.require(answered=0.2, open=0.1, left_out=0.2)


def test_a_row_from_briefs_is_that_from_whole_asks_but_for_the_asks_themselves() -> None:
    census = Census()

    @examples(300)
    @given(mailboxes(most=10), judgings(), st.data())
    def holds(mailbox: Mailbox, judging: Judging, data: st.DataObject) -> None:
        known = data.draw(moments(mailbox))
        for (person,), evidence, brief in _people(mailbox, judging, known):
            whole = build_row(person, evidence, judging=judging, known=known)
            row = build_row(person, brief, judging=judging, known=known)
            assert list(map(_told, row.judged)) == list(map(_told, whole.judged))
            assert replace(row, asks=(), judged=()) == replace(whole, asks=(), judged=())
            asks, short = evidence.asks[person.id], brief.briefs.get(person.id)
            census.count(brief=short, older=brief.older, asks=asks, judged=whole.judged, mixed=short and row.asks)

    holds()
    census.require(brief=0.1, older=0.02, judged=0.2, mixed=0.01)


def test_what_thresholds_change_is_the_same_from_briefs() -> None:
    census = Census()

    @examples(150)
    @given(mailboxes(), judgings(), st.data())
    def holds(mailbox: Mailbox, judging: Judging, data: st.DataObject) -> None:
        known = data.draw(moments(mailbox) | st.just(long_after(mailbox)))
        people = _people(mailbox, judging, known)
        whole = build_tuning([one[:2] for one in people], judging=judging, known=known, coverage=COVERAGE)
        brief = build_tuning(
            [(one, short) for one, _, short in people], judging=judging, known=known, coverage=COVERAGE
        )
        assert brief == whole
        differ = len({tuple(level.summary.values()) for level in whole.levels}) > 1
        census.count(answered=whole.answered, open=whole.unanswered, left_out=whole.left_out, differ=differ)

    holds()
    census.require(answered=0.2, open=0.1, left_out=0.2, differ=0.2)


def test_the_page_is_the_same_from_briefs_letter_by_letter() -> None:
    census = Census()

    @examples(150)
    @given(mailboxes(), judgings(), st.data())
    def holds(mailbox: Mailbox, judging: Judging, data: st.DataObject) -> None:
        known = data.draw(moments(mailbox) | st.just(long_after(mailbox)))
        people = _people(mailbox, judging, known)
        whole = _overview([one[:2] for one in people], judging, known)
        brief = _overview([(one, short) for one, _, short in people], judging, known)
        assert brief.rhythm == whole.rhythm
        page = report_format("html").render_overview
        assert "".join(page(brief, View())) == "".join(page(whole, View()))
        found = whole.rhythm
        census.count(timed=found.median, unanswered=found.unanswered, sampled=found.sampled, quarters=found.quarters)

    holds()
    census.require(timed=0.2, unanswered=0.05, sampled=0.3, quarters=0.4)


def _overview(parts: Sequence[tuple[Sequence[Connection], Evidences]], judging: Judging, known: Knowledge) -> Overview:
    """Everybody with what their asks tell of time, as the program gathers it."""
    sample = Sample(judging, known)
    report = build_report(parts, judging=judging, known=known, coverage=COVERAGE, watch=sample.watch)
    return overview(report, sample.seen, BERLIN)


def test_asks_of_the_same_moment_come_by_their_identities_whole_or_in_brief() -> None:
    sent = only_ask(message("q", 0, ME, "jane@acme.example"))
    first, second = (replace(sent, sent=(replace(sent.sent[0], identity=name),)) for name in ("a", "b"))
    nudged = replace(second, sent=(*second.sent, replace(second.sent[0], identity="c", at=at(9), at_latest=at(9))))
    brief = brief_of(first)
    assert brief is not None
    evidence = Evidences({JANE: [nudged]}, {}, briefs={JANE: [brief]})
    row = build_row(PEOPLE[JANE], evidence, judging=Judging(), known=Knowledge(at(40), at(40), {}))
    assert [type(one) for one in row.judged] == [JudgedBrief, JudgedAsk]


def _people(
    mailbox: Mailbox, judging: Judging, known: Knowledge
) -> list[tuple[list[Connection], Evidences, Evidences]]:
    """Each person of a mailbox, with the evidence whole, and in brief."""
    pairing, found = pair(mailbox.messages, mailbox.book, Rules()), []
    for number, person in mailbox.book.connections.items():
        asks = sorted(
            (ask for ask in pairing.asks if ask.connection == number), key=lambda ask: (ask.asked_at, ask.identity)
        )
        whole = Evidences({number: asks}, pairing.heard)
        found.append(([person], whole, _in_brief(number, asks, pairing, judging, known)))
    return found


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
