"""Where the messages of an mbox file begin (RFC 4155), told from text that looks alike, and what their first line says.

Programs differ in what they quote and in what they write behind `From `. So a line is a separator by its surroundings:
an empty line before it, a date in it, a header field after it; two of the three will do. Content-Length, which some
programs trust instead, is wrong as soon as anything was changed by another one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from tracker.sources._files._reading import read_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.sources._files._reading import Interruption

BLOCK = 1024 * 1024
"""Bytes that are held at a time, whatever the size of the file."""

_AHEAD = 2048
"""Bytes behind a line start that are enough to tell whether it is a separator."""

_BEFORE = 1024
FROM = b"From "
"""How the first line of a message begins."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# asctime(3) with what others put into it: a zone before the year (Takeout, sendmail) or after it, no seconds.
_DATE = re.compile(
    rb"\s(?:mon|tue|wed|thu|fri|sat|sun),?\s+(?P<month>" + "|".join(_MONTHS).encode() + rb")\s+(?P<day>\d{1,2})\s+"
    rb"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s+(?:(?P<zone>[+-]\d{4}|[A-Z]{3,5})\s+)?(?P<year>\d{4})"
    rb"(?:\s+(?P<zone_after>[+-]\d{4}))?\b",
    re.IGNORECASE,
)
_TIME = re.compile(rb"\d:\d\d")
_FIELD = re.compile(rb">?[!-9;-~]+[ \t]*:|>From ")
_EMPTY_LINE_BEFORE = re.compile(rb"(?:\A|\n)\r?\n\Z")


def from_lines(descriptor: int, start: int, stop: int, interruption: Interruption) -> Iterator[int]:
    """The offsets from `start` up to `stop` at which messages begin, ascending; a block of the file at a time."""
    at = start
    while at < stop:
        interruption.check()
        context = max(0, at - _BEFORE)
        block = read_at(descriptor, context, min(at + BLOCK + _AHEAD, stop) - context)
        end = min(at + BLOCK, stop)
        for found in _candidates(block, at - context, end - context):
            if _is_separator(block[max(0, found - _BEFORE) : found], block[found : found + _AHEAD]):
                yield context + found
        at = end


def undecided(descriptor: int, start: int, stop: int) -> int:
    """Where a line begins, shortly before `stop`, that may become a separator when the file grows; else `stop`.

    That a separator is one shows when it and the line after it are there. Nothing before `start` is looked at.
    """
    context = max(0, start - 1, stop - _AHEAD)
    tail = read_at(descriptor, context, stop - context)
    for match in re.finditer(rb"(?:\A|\n)(?=(?:F|Fr|Fro|From|From [^\n]*(?:\n[^\n]*)?)\Z)", tail):
        at = context + match.end()
        if at >= start and (match.end() > 0 or context == 0):
            return at
    return stop


def is_from_line(line: bytes) -> bool:
    """Whether a line can begin a message at all."""
    return line.startswith(FROM)


def received_at(line: bytes) -> datetime | None:
    """The date of a From_ line as aware UTC; None without one that reads.

    Without a zone it is UTC (RFC 4155). Thunderbird writes `From -` and the local time at which it made the copy.
    """
    match = _DATE.search(line)
    if match is None or line.startswith(b"From - "):
        return None
    try:
        year, day, hour, minute = (int(match[part]) for part in ("year", "day", "hour", "minute"))
        month = _MONTHS.index(match["month"].decode("ascii").lower()) + 1
        zone = _zone(match["zone"] or match["zone_after"] or b"UTC")
        moment = datetime(year, month, day, hour, minute, min(int(match["second"] or 0), 59), tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: bytes) -> timezone:
    """An offset, or UTC by its names. Raises ValueError for other names: they mean what their writer meant."""
    if text[:1] in {b"+", b"-"}:
        offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
        return timezone(-offset if text[:1] == b"-" else offset)
    if text.upper() not in {b"UTC", b"GMT"}:
        raise ValueError("a zone by its name")
    return UTC


def _candidates(block: bytes, first: int, last: int) -> Iterator[int]:
    """Places in a block from `first` up to `last` where a line begins with `From `."""
    at = block.find(FROM, first)
    while 0 <= at < last:
        if at == 0 or block[at - 1] == 0x0A:
            yield at
        at = block.find(b"\n" + FROM, at)
        at = at + 1 if at >= 0 else at


def _is_separator(before: bytes, head: bytes) -> bool:
    line, _, after = head.partition(b"\n")
    is_dated = _DATE.search(line) is not None
    is_followed = _FIELD.match(after) is not None
    if not before or _EMPTY_LINE_BEFORE.search(before):
        return is_dated or (is_followed and (len(line.split()) <= 2 or _TIME.search(line) is not None))
    line_before = before[:-1].rpartition(b"\n")[2]
    return is_dated and is_followed and not is_from_line(line_before)
