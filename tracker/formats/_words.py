"""Numbers, times and rules in the words that people read, the same in every format."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from tracker.domain.brief import Judged
    from tracker.domain.outcome import Judging
    from tracker.domain.report import Report, Row

ORDER = (
    Verdict.RESPONSIVE,
    Verdict.SLOW,
    Verdict.UNRESPONSIVE,
    Verdict.UNPROVEN,
    Verdict.WAITING,
    Verdict.UNREACHABLE,
    Verdict.UNTESTED,
)
"""The one order of headline, bar, legend and groups; the never asked come last, because nothing is said about them."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_ANSWERED = 8
_MONTH_DAYS = 30.44


def count(number: int, one: str, many: str) -> str:
    """`number` with the noun that fits it: "1 person", "1,200 people"."""
    return f"{number:,} {one if number == 1 else many}"


def date_words(moment: datetime, zone: tzinfo) -> str:
    """The day, "20 Nov", where the reader lives."""
    local = moment.astimezone(zone)
    return f"{local.day:02} {_MONTHS[local.month - 1]}"


def moment_words(moment: datetime, zone: tzinfo) -> str:
    """The moment, "20 Nov 2026 09:00 UTC", where the reader lives."""
    local = moment.astimezone(zone)
    return f"{date_words(moment, zone)} {local:%Y %H:%M %Z}".rstrip()


def near_words(moment: datetime, now: datetime, zone: tzinfo, *, minutes: bool) -> str:
    """A moment near `now`: "09:00" on the same day, else "17 Nov 09:00", with the year if it is another one.

    The time is told with `minutes` only; without, it is always the day.
    """
    local, today = moment.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M}"
    if minutes and local.date() == today.date():
        return clock
    day = date_words(moment, zone) if local.year == today.year else f"{date_words(moment, zone)} {local.year}"
    return f"{day} {clock}" if minutes else day


def duration(span: timedelta) -> str:
    """A latency, at most nine cells: "<1 min", "35 min", "47 h", "11 days"."""
    if span < timedelta(minutes=1):
        return "<1 min"
    if span < _HOUR:
        return f"{int(span / timedelta(minutes=1))} min"
    if span < 2 * _DAY:
        return f"{round(span / _HOUR)} h"
    return f"{round(span / _DAY)} days"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long `moment` lies back, at most nine cells: "19 h ago", "6 wk ago"; empty for never."""
    if moment is None:
        return ""
    age = now - moment
    days = age.days
    for limit, unit, size in ((1, "h", 1 / 24), (14, "d", 1.0), (63, "wk", 7.0), (730, "mo", _MONTH_DAYS)):
        if days < limit:
            number = int((age / _DAY) / size)
            return f"{number} {unit} ago" if number > 0 else "<1 h ago"
    return f"{int(days / 365.25) or 1} yr ago"


def left(span: timedelta) -> str:
    """The time until an open ask becomes overdue, never more than there is; at most nine cells: "29 h left"."""
    if span < _HOUR:
        return "<1 h left"
    if span < 4 * _DAY:
        return f"{int(span / _HOUR)} h left"
    return f"{span.days} d left"


def threshold(judging: Judging) -> str:
    """The threshold with its clock: "48 h", "48 working h", "90 min", "14 days"."""
    return span_words(judging.threshold, "working " if judging.clock.name == "working" else "")


def span_words(span: timedelta, kind: str = "") -> str:
    """A threshold, with the `kind` of its hours before the unit."""
    if span % _HOUR and span < 10 * _HOUR:
        return f"{span / timedelta(minutes=1):g} {kind}min"
    if span > 4 * _DAY and not span % _DAY:
        return f"{span.days} {kind}days"
    return f"{span / _HOUR:g} {kind}h"


def window(judging: Judging) -> str:
    """The window: "730 days", "36 h"."""
    if judging.window % _DAY:
        return span_words(judging.window)
    return f"{judging.window / _DAY:g} {'day' if judging.window == _DAY else 'days'}"


def percent(share: float) -> str:
    """A share in whole percent, without the sign."""
    return f"{round(share * 100)}"


def answered(row: Row) -> str:
    """The share "5 of 6": the asks that were answered at all, of those that count; empty if none does.

    Never more than eight cells up to 999 asks of 999: "219/219", where words would not fit.
    """
    if not row.tally.asks:
        return ""
    words = f"{row.tally.answered} of {row.tally.asks}"
    return words if len(words) <= _ANSWERED else f"{row.tally.answered}/{row.tally.asks}"


def time_left(judged: Judged, judging: Judging, as_of: datetime) -> timedelta:
    """How long an open ask may still be answered in time, in the judging clock."""
    return max(timedelta(0), judging.threshold - judging.clock.between(judged.latest, as_of))


def rule(verdict: Verdict, judging: Judging) -> str:
    """Why somebody is in the group of `verdict`, literally true of everyone in it."""
    within = threshold(judging)
    share = "half" if judging.cut == 0.5 else f"{judging.cut * 100:g} %"
    return {
        Verdict.RESPONSIVE: f"at least {share} of the asks answered within {within}",
        Verdict.SLOW: f"at least {share} answered, but fewer than {share} within {within}",
        Verdict.UNRESPONSIVE: f"fewer than {share} answered, and asked often enough to say so",
        Verdict.UNPROVEN: "too little evidence to say",
        Verdict.WAITING: f"asked within the last {within}",
        Verdict.UNREACHABLE: "every address bounced or is no longer read",
        Verdict.UNTESTED: f"not asked in the last {window(judging)}; that says nothing about them",
    }[verdict]


def asked_people(summary: Mapping[Verdict, int]) -> int:
    """How many people were asked: everyone but the untested."""
    return sum(summary.get(verdict, 0) for verdict in ORDER if verdict is not Verdict.UNTESTED)


def headline(report: Report) -> str:
    """The answer in one sentence."""
    within, asked = threshold(report.judging), asked_people(report.summary)
    good = report.summary.get(Verdict.RESPONSIVE, 0)
    if not report.connections:
        return "No connections yet."
    if not asked:
        return f"Nobody was asked anything in the last {window(report.judging)}."
    if asked == 1:
        known = "answers" if good else "is not known to answer"
        return f"The one person you asked {known} within {within}"
    if not good:
        return f"None of the {asked:,} people you asked is known to answer within {within}"
    return f"{good:,} of the {asked:,} people you asked {'answers' if good == 1 else 'answer'} within {within}"


def never_asked(report: Report) -> str:
    """The footnote about the untested; empty if there are none."""
    number = report.summary.get(Verdict.UNTESTED, 0)
    if not number:
        return ""
    was, them = ("was", "that person") if number == 1 else ("were", "them")
    untold = f"{count(number, 'person', 'people')} {was} not asked in {window(report.judging)}"
    return f"{untold}; that says nothing about {them}."
