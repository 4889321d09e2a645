"""The settings of backups and of retention, and when the daemon does what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tracker.config import Config, masked, parse_config
from tracker.daemon._backup import backup_due, retention_due
from tracker.domain.backups import Rotation
from tracker.errors import ConfigError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        parse_config(text, "config.toml")
    return raised.value.problems


def test_without_settings_backups_are_daily_and_everything_is_kept() -> None:
    config = Config()
    assert (config.backup.every, config.backup.rotation, config.database.keep) == (DAY, Rotation(7, 4), None)
    assert masked(config)["database"]["keep"] == ""


def test_years_are_durations_and_nothing_is_a_period() -> None:
    config = parse_config('[database]\nkeep = "5y"\n[backup]\nevery = ""\ndaily = 2\nweekly = 0\n', "config.toml")
    assert config.database.keep == 5 * 365 * DAY
    assert config.backup.every is None
    assert config.backup.rotation == Rotation(2, 0)
    assert masked(config)["database"]["keep"] == "1825d"
    assert masked(config)["backup"]["every"] == ""
    assert parse_config('[database]\nkeep = ""\n', "config.toml").database.keep is None


def test_what_is_kept_is_not_shorter_than_what_is_judged() -> None:
    assert problems('[database]\nkeep = "729d"\n') == (
        "database.keep: must not be shorter than reply.window, in which asks count",
    )
    assert parse_config('[database]\nkeep = "730d"\n', "config.toml").database.keep == 730 * DAY
    assert problems('[database]\nkeep = "3y"\n[reply]\nwindow = "4y"\n')
    parse_config('[database]\nkeep = "90d"\n[reply]\nwindow = "90d"\n', "config.toml")


@pytest.mark.parametrize(
    "text", ['directory = "relative"', "daily = 0", "weekly = -1", 'every = "often"', "every = 24", "keep = 3"]
)
def test_settings_that_mean_nothing_are_refused(text: str) -> None:
    section = "database" if text.startswith("keep") else "backup"
    assert problems(f"[{section}]\n{text}\n")[0].startswith(f"{section}.{text.split(maxsplit=1)[0]}: ")


def test_when_the_daemon_makes_a_backup_and_looks_for_old_messages() -> None:
    usual, off = Config(), parse_config('[backup]\nevery = ""\n', "config.toml")
    assert backup_due(usual, NOON, None) == NOON
    assert backup_due(usual, NOON, NOON - DAY / 2) == NOON + DAY / 2
    assert backup_due(off, NOON, None) is None
    kept = parse_config('[database]\nkeep = "5y"\n', "config.toml")
    assert retention_due(usual, NOON, None) is None
    assert retention_due(kept, NOON, None) == NOON
    assert retention_due(kept, NOON, NOON - DAY / 2) == NOON + DAY / 2
