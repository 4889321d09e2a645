"""An account is polled by a clock that nobody can set, and begins by the one of the day, which outlives a restart."""

from __future__ import annotations

import math
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.config import load_config
from tracker.daemon._due import Countdown
from tracker.daemon._worker import Worker
from tracker.storage import AccountState, open_store

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIG = """
[sync]
every = "10m"
[[account]]
name = "work"
host = "imap.example.org"
user = "ann"
password_file = "/nowhere"
"""


def test_what_is_decided_once_is_counted_down_until_it_is_about_something_else() -> None:
    passed = 100.0
    countdown = Countdown(lambda: passed)
    assert countdown.left("one", lambda: 60) == 60
    passed = 130.0
    assert countdown.left("one", lambda: 60) == 30
    passed = 500.0
    assert countdown.left("one", lambda: 60) == 0
    assert countdown.left("other", lambda: 7) == 7
    assert countdown.left("one", lambda: 60) == 60
    assert countdown.left("for ever", lambda: math.inf) == math.inf
    assert countdown.left("for ever", lambda: 0) == math.inf


def test_a_clock_that_is_set_moves_no_poll(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    today, passed = NOON, 0.0
    with open_store(f"sqlite:///{tmp_path / 'tracker.db'}") as store:
        worker = Worker(store, config, config.account[0], lambda: today, lambda: passed, threading.Event())
        begun = NOON - timedelta(minutes=4)
        state = AccountState("work", begun, begun)
        assert worker.seconds_left(state) == 6 * 60, "a restart is no reason to read again"
        for was_set in (timedelta(seconds=50), timedelta(hours=3), -timedelta(days=2)):
            today = NOON + was_set
            assert worker.seconds_left(state) == 6 * 60
        passed = 100.0
        assert worker.seconds_left(state) == 6 * 60 - 100
        passed = 6 * 60.0
        assert worker.seconds_left(state) == 0
        again = AccountState("work", today, today)
        assert worker.seconds_left(again) == 10 * 60, "after each pass it begins anew"


def test_an_account_that_is_locked_out_rests_although_the_clock_was_set_back(tmp_path: Path) -> None:
    """By a clock that was ahead, the daemon began after its last login was refused, and each start has one more."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    config = load_config(tmp_path / "config.toml")
    ahead = timedelta(days=1)
    today = NOON + ahead
    with open_store(f"sqlite:///{tmp_path / 'tracker.db'}") as store:
        worker = Worker(store, config, config.account[0], lambda: today, lambda: 0.0, threading.Event())
        today = NOON
        worker.renew(-ahead)
        before = AccountState("work", NOON - timedelta(hours=1), None, NOON - timedelta(hours=1), "refused", 3, 3)
        assert worker.seconds_left(before) == 0, "whoever started it has looked at the password"
        again = AccountState("work", NOON, None, NOON, "refused", 4, 4)
        assert worker.seconds_left(again) == math.inf
