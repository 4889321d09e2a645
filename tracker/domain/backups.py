"""Backups by their names: when each was made and what for, and which of them are kept how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_NAME = re.compile(r"tracker-(\d{8}T\d{6}Z)(?:-(before-upgrade|before-restore))?\.(db|dump)")
_STAMP = "%Y%m%dT%H%M%SZ"

BEFORE_UPGRADE = "before-upgrade"
"""Made before the schema was brought up to date."""

BEFORE_RESTORE = "before-restore"
"""The database that a restore put aside."""

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, order=True)
class Backup:
    """A backup: when it was made (aware UTC, whole seconds), what for if it is none of the daily ones, of which kind.

    `suffix` is `db` for a SQLite database, `dump` for an archive of pg_dump.
    """

    made_at: datetime
    reason: str = ""
    suffix: str = "db"

    @property
    def name(self) -> str:
        """The name of its file."""
        reason = f"-{self.reason}" if self.reason else ""
        return f"tracker-{self.made_at.astimezone(UTC).strftime(_STAMP)}{reason}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many days and weeks keep the newest of their backups; at least one day does."""

    daily: int = 7
    weekly: int = 4


def backup_of(name: str) -> Backup | None:
    """The backup in a file of this name; None for a file that is none of this program's."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        made_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(made_at, match[2] or "", match[3])


def superfluous(backups: Collection[Backup], rotation: Rotation, now: datetime) -> frozenset[Backup]:
    """The backups that need not be kept any longer.

    Of those that were made day by day, the newest of each day and of each week (ISO 8601, UTC) stay, as many days and
    weeks as the rotation says: days and weeks without a backup do not count, so that a machine that was off for a month
    loses nothing by it. Those before an upgrade or a restore stay as many weeks, at least one, whatever was made since.
    A backup from the future (the clock was set back) stays until its time has come.
    """
    past = sorted((one for one in backups if one.made_at <= now), reverse=True)
    regular = [one for one in past if not one.reason]
    by_day = {one.made_at.date(): one for one in reversed(regular)}
    by_week = {one.made_at.isocalendar()[:2]: one for one in reversed(regular)}
    kept = {*_newest(by_day.values(), max(1, rotation.daily)), *_newest(by_week.values(), rotation.weekly)}
    last = now - max(1, rotation.weekly) * WEEK
    return frozenset(one for one in past if one not in kept and not (one.reason and one.made_at > last))


def _newest(backups: Iterable[Backup], count: int) -> list[Backup]:
    return sorted(backups, reverse=True)[:count]


def gone_after(
    backups: Collection[Backup], rotation: Rotation, now: datetime, *, every: timedelta = DAY
) -> datetime | None:
    """When the last of these backups will have gone if one more is made each `every` from now on; None without any."""
    left = frozenset(backups)
    at, made = now, set(left)
    while left:
        at += every
        made.add(Backup(at))
        gone = superfluous(made, rotation, at)
        made -= gone
        left -= gone
    return at if backups else None
