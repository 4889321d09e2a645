"""Times of day as exports write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Messages say `2023-06-11 15:33:58 UTC`; invitations, and the messages of 2018, `3/4/21, 5:06 PM`: the month first.
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2}), (\d{1,2}):(\d{2})(?::(\d{2}))? ([AP])M", re.IGNORECASE)

_FIRST_YEAR = 2003
"""LinkedIn began."""


def time_of(text: str) -> datetime | None:
    """The moment, aware UTC, which is meant where no zone is told; None for none that LinkedIn can have seen."""
    try:
        at = _american(text) or datetime.fromisoformat(text.removesuffix("UTC").rstrip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year >= _FIRST_YEAR else None


def _american(text: str) -> datetime | None:
    match = _AMERICAN.fullmatch(text)
    if match is None:
        return None
    hour = int(match[4]) % 12 + (12 if match[7].upper() == "P" else 0)
    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
    return datetime(year, int(match[1]), int(match[2]), hour, int(match[5]), int(match[6] or 0), tzinfo=UTC)
