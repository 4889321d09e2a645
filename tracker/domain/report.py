"""The answer: every connection with its verdict and the evidence for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING

from tracker.domain.brief import judge_brief
from tracker.domain.connection import folded
from tracker.domain.outcome import judge
from tracker.domain.values import value
from tracker.domain.verdict import Verdict, is_unreachable, median_latency, tally, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from tracker.domain.asks import Ask
    from tracker.domain.brief import Brief, Judged, JudgedBrief, Older
    from tracker.domain.connection import Connection, ConnectionId
    from tracker.domain.coverage import Coverage
    from tracker.domain.marks import Mark
    from tracker.domain.outcome import JudgedAsk, Judging, Knowledge
    from tracker.domain.verdict import Tally

    Watch = Callable[[Ask | Brief, Judged], None]


@value(frozen=True, slots=True)
class Row:
    """One connection in the report; `last_*` ignore the window.

    asks        those of the window, oldest first; none of those that were read in brief
    older_asks  how many lie before the window
    judged      what became of all of the window, oldest first
    """

    connection: Connection
    verdict: Verdict
    tally: Tally
    asks: tuple[JudgedAsk, ...] = ()
    older_asks: int = 0
    median_latency: timedelta | None = None
    reply_bounds: tuple[float, float] | None = None
    last_asked_at: datetime | None = None
    last_reply_at: datetime | None = None
    last_heard_at: datetime | None = None
    judged: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer, or a selection of its rows; `summary` always counts everyone."""

    as_of: datetime
    judging: Judging
    coverage: Coverage
    summary: Mapping[Verdict, int]
    rows: tuple[Row, ...]

    @property
    def connections(self) -> int:
        """How many connections the summary counts."""
        return sum(self.summary.values())


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How the user answers a person: of `asked` mails that wanted an answer, `in_time` got one within the threshold.

    `unanswered` of them got none, and the person nothing else since.
    """

    asked: int
    in_time: int
    median_latency: timedelta | None
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """The evidence behind one verdict."""

    as_of: datetime
    judging: Judging
    coverage: Coverage
    row: Row
    reciprocity: Reciprocity | None = None
    marks: tuple[Mark, ...] = ()


class Sort(StrEnum):
    """The order of the rows."""

    VERDICT = "verdict"
    NAME = "name"
    COMPANY = "company"
    LATENCY = "latency"
    LAST_ASKED = "last-asked"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows to show; nothing given means everyone who is not removed."""

    verdicts: frozenset[Verdict] = frozenset()
    company: str = ""
    sort: Sort = Sort.VERDICT
    limit: int | None = None
    removed: bool = False


def build_report(
    parts: Iterable[tuple[Iterable[Connection], Evidences]],
    *,
    judging: Judging,
    known: Knowledge,
    coverage: Coverage,
    watch: Watch | None = None,
) -> Report:
    """Judge everyone: people come a part at a time with their evidence, whole or in brief, rows in the default order.

    `watch` is shown each ask of the window, as `build_row` has it.
    """
    rows = (
        build_row(person, evidence, judging=judging, known=known, watch=watch)
        for people, evidence in parts
        for person in people
    )
    ordered = tuple(sorted(rows, key=_ORDER[Sort.VERDICT]))
    counted = Counter(row.verdict for row in ordered)
    return Report(known.as_of, judging, coverage, {name: counted.get(name, 0) for name in Verdict}, ordered)


@dataclass(frozen=True, slots=True)
class Evidences:
    """By connection: the asks (oldest first), when something human came from the person, and the user's marks.

    `briefs` are further asks in the window, and `older` are others before it, of people who have no mark and to whom
    nothing was sent that came back.
    """

    asks: Mapping[ConnectionId, Sequence[Ask]]
    heard: Mapping[ConnectionId, Sequence[datetime]]
    marks: Mapping[ConnectionId, Sequence[Mark]] = field(default_factory=dict)
    briefs: Mapping[ConnectionId, Sequence[Brief]] = field(default_factory=dict)
    older: Mapping[ConnectionId, Older] = field(default_factory=dict)


def build_row(
    person: Connection, evidence: Evidences, *, judging: Judging, known: Knowledge, watch: Watch | None = None
) -> Row:
    """Judge one person. `watch` is shown each ask of the window, whole or in brief, with what became of it."""
    asks, briefs = evidence.asks.get(person.id, ()), evidence.briefs.get(person.id, ())
    heard, marks = evidence.heard.get(person.id, ()), evidence.marks.get(person.id, ())
    if known.explicit:
        asks = [ask for ask in asks if known.has(ask.asked_at)]
        briefs = [ask for ask in briefs if known.has(ask.asked_at)]
        heard = [moment for moment in heard if known.has(moment)]
    since = known.as_of - judging.window
    whole = tuple([judge(ask, judging, known, marks) for ask in asks if ask.asked_at > since]) if asks else ()
    short = [(ask, judge_brief(ask, judging, known)) for ask in briefs if ask.asked_at > since]
    judged = _in_order(whole, short)
    if watch is not None:
        for told in whole:
            watch(told.ask, told)
        for ask, became in short:
            watch(ask, became)
    counted, older = tally(judged, judging), evidence.older.get(person.id)
    is_gone = bool(asks) and is_unreachable(person.addresses, asks, heard, known)
    return Row(
        connection=person,
        verdict=verdict(counted, judging, unreachable=is_gone, is_partial=known.may_lack_asks(since)),
        tally=counted,
        asks=whole,
        older_asks=len(asks) + len(briefs) - len(judged) + (older.asks if older else 0),
        median_latency=median_latency(judged),
        reply_bounds=counted.reply_bounds(judging.confidence),
        last_asked_at=_last_asked(asks, briefs, older, known),
        last_reply_at=_last_reply(asks, briefs, older, known),
        last_heard_at=max(heard, default=None),
        judged=judged,
    )


def _last_asked(asks: Iterable[Ask], briefs: Sequence[Brief], older: Older | None, known: Knowledge) -> datetime | None:
    moments = [send.at for ask in asks for send in ask.sent if known.has(send.at)]
    moments += [briefs[-1].asked_at] if briefs else []  # the oldest come first
    moments += [older.last_asked_at] if older else []
    return max(moments, default=None)


def _last_reply(asks: Iterable[Ask], briefs: Iterable[Brief], older: Older | None, known: Knowledge) -> datetime | None:
    moments = [reply.at for ask in asks for reply in ask.exact]
    moments += [ask.answered_at for ask in briefs if ask.answered_at is not None]
    moments += [older.last_reply_at] if older and older.last_reply_at else []
    return max((moment for moment in moments if known.has(moment)), default=None)


def _in_order(whole: Sequence[JudgedAsk], short: Sequence[tuple[Brief, JudgedBrief]]) -> tuple[Judged, ...]:
    """By when it was asked, then by identity; each of the two is in this order already."""
    if not short:
        return tuple(whole)
    if not whole:
        return tuple([became for _, became in short])
    keyed: list[tuple[tuple[datetime, str], Judged]]
    keyed = [((told.ask.asked_at, told.ask.identity), told) for told in whole]
    keyed += [((ask.asked_at, ask.identity), became) for ask, became in short]
    return tuple([told for _, told in sorted(keyed, key=itemgetter(0))])


def select(report: Report, selection: Selection) -> Report:
    """The report with the selected rows only, sorted; the summary stays."""
    company = folded(selection.company)
    rows = [
        row
        for row in report.rows
        if (not selection.verdicts or row.verdict in selection.verdicts)
        and (not company or company in folded(row.connection.company))
    ]
    rows.sort(key=_ORDER[selection.sort])
    return replace(report, rows=tuple(rows[: selection.limit or None]))


# Whom to look at first when the list is for pruning: the silent, then those nobody can reach, and so on.
_URGENCY = {
    name: rank
    for rank, name in enumerate(
        (
            Verdict.UNRESPONSIVE,
            Verdict.UNREACHABLE,
            Verdict.SLOW,
            Verdict.UNPROVEN,
            Verdict.WAITING,
            Verdict.RESPONSIVE,
            Verdict.UNTESTED,
        )
    )
}


def _by_name(row: Row) -> tuple[str, int]:
    return row.connection.name.casefold(), row.connection.id


def _by_company(row: Row) -> tuple[bool, str, tuple[str, int]]:
    return not row.connection.company, row.connection.company.casefold(), _by_name(row)


def _by_latency(row: Row) -> tuple[bool, float, tuple[str, int]]:
    latency = row.median_latency
    return latency is None, latency.total_seconds() if latency else 0.0, _by_name(row)


def _by_last_asked(row: Row) -> tuple[float, tuple[str, int]]:
    return -(row.last_asked_at.timestamp() if row.last_asked_at else float("-inf")), _by_name(row)


def _by_rate(row: Row) -> tuple[bool, float, tuple[str, int]]:
    rate = row.tally.on_time_rate
    return rate is None, -(rate or 0.0), _by_name(row)


_ORDER = {
    Sort.VERDICT: lambda row: (_URGENCY[row.verdict], _by_name(row)),
    Sort.NAME: _by_name,
    Sort.COMPANY: _by_company,
    Sort.LATENCY: _by_latency,
    Sort.LAST_ASKED: _by_last_asked,
    Sort.RATE: _by_rate,
}
