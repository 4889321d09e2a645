"""When a message says that it was written: Date fields as they really are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from tracker.domain.values import value

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(hours=24)
_WIDEST_ZONE = timedelta(hours=14)

# A numeric zone, or a name that RFC 5322 (4.3) gives a meaning to. Any other name is a guess.
_KNOWN_ZONE = re.compile(r"(?:[+-]\d{2}:?\d{2}|\b(?:GMT|UTC?|[ECMP][SD]T|Z))\s*(?:\([^()]*\))?\s*$", re.IGNORECASE)
_DOTTED_TIME = re.compile(r"\b(\d{1,2})\.(\d{2})\.(\d{2})\b")


@value(frozen=True, slots=True)
class ReadDate:
    """A Date field: the moment (aware UTC, None if unreadable), and whether its zone was really said.

    `identity` is equal for every copy of the message.
    """

    at: datetime | None
    is_certain: bool
    identity: str


def read_date(body: str, parsed: datetime | None) -> ReadDate:
    """The moment that a Date field names. `parsed` is mail-parser's reading, which stands where it has one."""
    at = parsed if parsed is not None and not _has_wild_zone(body) else _tolerant(body)
    certain = at is not None and bool(_KNOWN_ZONE.search(body)) and not _has_wild_zone(body)
    return ReadDate(at, certain, at.isoformat() if at else " ".join(body.split()))


def is_plausible(at: datetime | None, now: datetime) -> bool:
    """Whether a stamp can be true: after 1990, and not in the future by more than a day."""
    return at is not None and _EARLIEST <= at <= now + _FUTURE


def _has_wild_zone(body: str) -> bool:
    zone = re.search(r"[+-](\d{2})(\d{2,})\s*(?:\([^()]*\))?\s*$", body)
    return zone is not None and (len(zone[2]) > 2 or timedelta(hours=int(zone[1])) > _WIDEST_ZONE)


def _tolerant(body: str) -> datetime | None:
    """One-digit hours, dotted times, ISO dates, no zone (taken for UTC)."""
    try:
        iso = datetime.fromisoformat(body.strip())
    except ValueError:
        pass
    else:
        return iso.replace(tzinfo=iso.tzinfo or UTC).astimezone(UTC)
    fields = parsedate_tz(_DOTTED_TIME.sub(r"\1:\2:\3", body))
    if fields is None:
        return None
    offset = timedelta(seconds=fields[9] or 0)
    zone = timezone(offset) if abs(offset) <= _WIDEST_ZONE else UTC
    try:
        return datetime(*fields[:6], tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
