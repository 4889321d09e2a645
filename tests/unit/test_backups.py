"""Which backups are kept, and how long what is forgotten stays in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tracker.domain.backups import (
    BEFORE_RESTORE,
    BEFORE_UPGRADE,
    Backup,
    Rotation,
    backup_of,
    gone_after,
    superfluous,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday, the last day of its week
DAY = timedelta(days=1)
USUAL = Rotation(7, 4)


def daily(days: int, *, until: datetime = NOON) -> list[Backup]:
    """One backup a day, the last at `until`."""
    return [Backup(until - number * DAY) for number in range(days)]


def days_kept(backups: list[Backup], rotation: Rotation = USUAL, now: datetime = NOON) -> list[str]:
    gone = superfluous(backups, rotation, now)
    return [f"{one.made_at:%m-%d}" for one in sorted(set(backups) - gone)]


def test_seven_days_and_four_weeks_stay_of_a_year() -> None:
    assert days_kept(daily(365)) == [
        "02-08", "02-15", "02-22", "02-23", "02-24", "02-25", "02-26", "02-27", "02-28", "03-01",
    ]  # fmt: skip


def test_of_a_day_the_newest_stays() -> None:
    hourly = [Backup(NOON - timedelta(hours=number)) for number in range(48)]
    kept = set(hourly) - superfluous(hourly, USUAL, NOON)
    assert kept == {Backup(NOON), *(Backup(datetime(2026, 2, day, 23, 0, tzinfo=UTC)) for day in (27, 28))}


def test_days_without_a_backup_do_not_count() -> None:
    old = daily(7, until=NOON - 300 * DAY)
    assert not superfluous([*old, Backup(NOON)], Rotation(8, 0), NOON)
    assert superfluous([*old, Backup(NOON)], Rotation(7, 0), NOON) == {Backup(NOON - 306 * DAY)}


def test_the_newest_stays_whatever_the_rotation() -> None:
    assert days_kept(daily(30), Rotation(1, 0)) == ["03-01"]


@pytest.mark.parametrize("reason", [BEFORE_UPGRADE, BEFORE_RESTORE])
def test_one_with_a_reason_stays_four_weeks_and_takes_nobodys_place(reason: str) -> None:
    special = Backup(NOON - DAY, reason)
    backups = [*daily(7), special]
    assert not superfluous(backups, USUAL, NOON)
    assert superfluous([special, Backup(NOON)], USUAL, NOON + 27 * DAY + DAY) == {special}
    assert not superfluous([special], USUAL, NOON + 26 * DAY)


def test_one_from_the_future_stays_and_takes_nobodys_place() -> None:
    future = [Backup(NOON + number * DAY) for number in range(1, 20)]
    assert not superfluous([*future, Backup(NOON)], Rotation(1, 0), NOON)


def test_what_was_forgotten_is_gone_when_the_last_backup_of_today_is() -> None:
    assert gone_after([], USUAL, NOON) is None
    # As the last of its week Sunday's stays while three newer weeks have one, and goes on the Monday of the fourth.
    assert gone_after(daily(30), USUAL, NOON) == NOON + 22 * DAY
    assert gone_after([Backup(NOON)], Rotation(7, 0), NOON) == NOON + 7 * DAY
    assert gone_after([Backup(NOON, BEFORE_UPGRADE)], USUAL, NOON) == NOON + 28 * DAY
    assert gone_after([Backup(NOON)], Rotation(2, 0), NOON, every=7 * DAY) == NOON + 14 * DAY


def test_a_name_tells_everything_and_other_names_nothing() -> None:
    for backup in (Backup(NOON), Backup(NOON, BEFORE_UPGRADE), Backup(NOON, suffix="dump")):
        assert backup_of(backup.name) == backup
    assert Backup(NOON).name == "tracker-20260301T120000Z.db"
    for name in (
        "tracker.db",
        "tracker-20260231T120000Z.db",
        "tracker-20260301T120000Z.db-wal",
        "x",
        ".tracker-part-x",
    ):
        assert backup_of(name) is None, name
