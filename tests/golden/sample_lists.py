"""Open asks and levels made by hand, with names and subjects that are hard to set."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.golden.sample_reports import AS_OF, COVERAGE, JUDGING, asked, row
from tracker.domain.asks import Channel
from tracker.domain.outcome import Judging, Outcome
from tracker.domain.survival import Share
from tracker.domain.tuning import THRESHOLDS, Level, Tuning
from tracker.domain.verdict import Verdict
from tracker.domain.waiting import OpenAsk, Waiting

_HOUR = timedelta(hours=1)

_OPEN = (
    ("Ada Okafor", "Ember Labs", "Intro to your data team?", 47.5, 1),
    ("محمد الأحمد", "شركة النور", "قهوة الأسبوع القادم؟", 40, 0),
    ("佐藤 健太郎", "株式会社かがやき商事", "推薦をお願いできますか、候補者について少し", 30, 0),
    ("\x1b[31mRed\x1b[0m \u202egnp.exe\u202c", "=HYPERLINK(1)", "\x1b]0;title\x07<b>Coffee</b>\nnext week?", 19, 12),
    ("", "", "", 4, 0),
    ("N" * 200, "C" * 200, "S" * 200, 0.2, 0),
)


def waiting() -> Waiting:
    """An open ask of every sort, the next to become overdue first."""
    asks = []
    for number, (name, company, subject, age, nudges) in enumerate(_OPEN):
        judged = asked(Outcome.WAITING, age=age * _HOUR, subject=subject, nudges=nudges, channel=Channel.EMAIL)
        person = row(number + 1, name, Verdict.WAITING, (judged,), company=company).connection
        due = judged.ask.asked_at + JUDGING.threshold
        asks.append(OpenAsk(person, judged, due, due - AS_OF))
    return Waiting(AS_OF, JUDGING, COVERAGE, tuple(asks))


def tuning(judging: Judging = JUDGING) -> Tuning:
    """A level of every threshold: a share without a band, shares with one, and one that is not known yet."""
    people = {**dict.fromkeys(Verdict, 0), Verdict.UNRESPONSIVE: 17, Verdict.UNPROVEN: 40, Verdict.WAITING: 6}
    levels = []
    for number, threshold in enumerate(sorted({*THRESHOLDS, judging.threshold})):
        summary = {**people, Verdict.RESPONSIVE: 1200 + 100 * number, Verdict.SLOW: 90 - 9 * number}
        share = 0.07 * number
        known = Share(share, share * 0.9, share * 1.1) if number else Share(0.0, None, None)
        levels.append(Level(threshold, summary, known if threshold < timedelta(days=14) else None))
    return Tuning(AS_OF, judging, COVERAGE, tuple(levels), answered=1843, unanswered=1290, left_out=88)


def nothing_known() -> Tuning:
    """What is told before anything was answered or overdue."""
    empty = dict.fromkeys(Verdict, 0)
    levels = tuple(replace(level, summary=empty, answered=None) for level in tuning().levels)
    return replace(tuning(), levels=levels, answered=0, unanswered=0, left_out=0)
