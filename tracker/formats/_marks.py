"""The user's marks in words, and as fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.marks import Mark, MarkKind
from tracker.formats._fields import Fields, stamp
from tracker.formats._lines import cut, isolated, outside
from tracker.formats._words import date_words
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from tracker.domain.report import Story
    from tracker.formats._lines import Signs

_LONGEST_QUOTE = 40


def mark_fields(mark: Mark) -> Fields:
    """One mark."""
    return {
        "kind": mark.kind.value,
        "made_at": stamp(mark.made_at),
        "note": one_line(mark.note),
        "message_id": None if mark.ask is None else one_line(mark.ask),
        "heard_at": stamp(mark.heard_at),
    }


def mark_words(mark: Mark, story: Story, zone: tzinfo, signs: Signs) -> str:
    """What the user said and when, "Marked 20 Nov 2026: heard from until 14 Nov 2026 (at the fair)"."""
    note = f" ({isolated(outside(mark.note), signs)})" if mark.note else ""
    return f"Marked {_day(mark.made_at, zone)}: {_said(mark, story, zone, signs)}{note}"


def contest_words(story: Story) -> str:
    """How to contradict the verdict."""
    return f"Wrong?  tracker mark {story.row.connection.id} --heard DATE | --no-reply-expected"


def _said(mark: Mark, story: Story, zone: tzinfo, signs: Signs) -> str:
    match mark.kind:
        case MarkKind.NO_REPLY_EXPECTED:
            return "no reply expected" + (f" to {_quoted(mark, story, signs)}" if mark.ask else "")
        case MarkKind.HEARD:
            return f"heard from until {_day(mark.heard_at, zone)}" if mark.heard_at else "heard from"
        case MarkKind.KEEP:
            return "to be kept"
        case MarkKind.REMOVED:
            return "removed; left out of reports unless --all"


def _quoted(mark: Mark, story: Story, signs: Signs) -> str:
    """The subject of the ask that the mark is about, or its name if that ask is not in the window."""
    subjects = (judged.ask.subject for judged in story.row.asks if mark.ask and judged.ask.is_named(mark.ask))
    quote = outside(next(subjects, "")) or outside(mark.ask or "")
    return f'"{isolated(cut(quote, _LONGEST_QUOTE, signs.ellipsis), signs)}"'


def _day(moment: datetime, zone: tzinfo) -> str:
    return f"{date_words(moment, zone)} {moment.astimezone(zone):%Y}"
