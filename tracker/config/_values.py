"""Words of the configuration and the command line that stand for other values: durations, moments, days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from pydantic import ConfigDict

if TYPE_CHECKING:
    from datetime import tzinfo

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
"""What every table of the configuration is: an unknown key is an error, and nothing changes after loading."""

_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_DURATION = re.compile(r"(\d{1,6})([mhdwy])")
_LONGEST = timedelta(days=36_500)
_FIRST_DAY = date(1970, 1, 1)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_duration(text: str) -> timedelta:
    """`30m`, `48h`, `14d`, `2w` or `5y`, where a year is 365 days. Raises `ValueError`."""
    match = _DURATION.fullmatch(text.strip())
    duration = int(match[1]) * _UNITS[match[2]] if match else timedelta(0)
    if not timedelta(0) < duration <= _LONGEST:
        raise ValueError(f"{text!r} is no duration; write 30m, 48h, 14d, 2w or 5y")
    return duration


def format_duration(duration: timedelta) -> str:
    """A duration as the configuration writes it, in the largest unit that fits; below a week `48h`, not `2d`."""
    for unit in ("d", "h", "m"):
        count, rest = divmod(duration, _UNITS[unit])
        if not rest and (unit != "d" or count >= 7):
            return f"{count}{unit}"
    return f"{duration / _UNITS['m']:g}m"


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """An ISO 8601 timestamp as UTC; without a zone it is in `zone`, a bare date means its end. Raises `ValueError`."""
    try:
        moment = _moment(text, zone)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no timestamp; write 2026-11-20, 2026-11-20T09:00 or 2026-11-20T09:00:00Z"
        ) from None
    demand_possible(moment.date())
    return moment


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC) - timedelta(microseconds=1)


def parse_since(text: str) -> timedelta | date:
    """A duration before now, or a date. Raises `ValueError`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return demand_possible(day)
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError(f"{text!r} is no duration (730d) and no date (2024-01-31)") from None


def demand_possible(day: date) -> date:
    """The day. Raises `ValueError` for one on which there was no mail, which nobody means."""
    if day < _FIRST_DAY:
        raise ValueError("lies before 1970; there is no such mail")
    return day
