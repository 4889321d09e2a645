"""What the daemon does beside reading mail: when it is due, once, remembered, and in nobody's way."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World
from tests.system.daemon import Daemon, deliver_many, is_read, until
from tracker.config import Config
from tracker.daemon._chore import Chore, ChoreThread, due_every, retry_after
from tracker.errors import Unreachable
from tracker.storage import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.machine.dovecot import Dovecot
    from tracker.daemon._chore import Errand

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

ENDLESS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
import tracker.daemon
from tracker.config import load_config
from tracker.daemon._chore import Chore
from tracker.service.access import open_database
def wait(errand):
    print("the chore began", flush=True)
    time.sleep(600)
tracker.daemon.CHORES = (Chore("endless", lambda config, now, last: now, wait),)
config = load_config(Path(sys.argv[1]))
with open_database(config) as store:
    tracker.daemon.serve(store, config, clock=lambda: datetime.now(UTC))
"""
"""The daemon with a chore that never ends."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'tracker.db'}") as opened:
        yield opened


class Done:
    """A daily chore that counts its runs, and fails while `error` stands."""

    def __init__(self) -> None:
        self.runs: list[datetime] = []
        self.error: Exception | None = None
        self.chore = Chore("count", lambda _config, now, last: due_every(DAY, now, last), self._run)

    def _run(self, errand: Errand) -> str:
        self.runs.append(errand.now)
        if self.error is not None:
            raise self.error
        return "done\nand done"


class Started:
    """A thread for a chore, until `end`."""

    def __init__(self, store: Store, chore: Chore, clock: Callable[[], datetime]) -> None:
        self._stop = threading.Event()
        self.thread = ChoreThread(store, Config(), chore, clock, self._stop)
        self.thread.start()

    def end(self) -> None:
        self._stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


def test_a_chore_runs_when_it_is_due_and_a_restart_does_not_repeat_it(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    done, now = Done(), [NOON]
    for _ in range(2):
        started = Started(store, done.chore, lambda: now[0])
        until(lambda: store.chore_ran_at("count") == NOON)
        time.sleep(1.2)  # another look
        started.end()
        assert done.runs == [NOON]
    now[0] = NOON + DAY
    started = Started(store, done.chore, lambda: now[0])
    until(lambda: len(done.runs) == 2)
    started.end()
    assert store.chore_ran_at("count") == NOON + DAY
    assert caplog.messages == ["count: done and done"] * 2


@pytest.mark.parametrize(
    "error", [Unreachable("the server is away", hint="wait"), ValueError("a bug")], ids=["a failure", "a bug"]
)
def test_a_chore_that_fails_is_told_and_tried_again_later_and_later(
    store: Store, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    caplog.set_level(logging.INFO)
    done = Done()
    done.error = error
    started = Started(store, done.chore, lambda: NOON)
    until(lambda: len(done.runs) == 1)
    time.sleep(1.2)  # another look
    assert len(done.runs) == 1
    for runs in (2, 3):
        started.thread._not_before = 0.0
        until(lambda wanted=runs: len(done.runs) == wanted)  # type: ignore[misc] # a lambda's default
    done.error = None
    started.thread._not_before = 0.0
    until(lambda: store.chore_ran_at("count") == NOON)
    started.end()
    said = "the server is away; wait" if isinstance(error, Unreachable) else "a bug"
    assert caplog.messages == [
        *(f"count: {said}; the next try is in {minutes} min" for minutes in (1, 2, 4)),
        "count: done and done",
    ]


def test_a_chore_that_cannot_be_noted_is_done_again_when_that_is_said(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = Done()
    refuse = "CREATE TRIGGER refuse BEFORE INSERT ON meta BEGIN INSERT INTO full_disk VALUES (1); END"
    with contextlib.closing(sqlite3.connect(tmp_path / "tracker.db", isolation_level=None)) as db:
        db.execute(refuse)
        started = Started(store, done.chore, lambda: NOON)
        until(lambda: caplog.messages != [])
        assert "full_disk" in caplog.messages[0]
        assert caplog.messages[0].endswith("the next try is in 1 min")
        db.execute("DROP TRIGGER refuse")
        started.thread._not_before = 0.0
        until(lambda: store.chore_ran_at("count") == NOON)
        started.end()
    assert len(done.runs) == 2


def test_what_was_cut_short_is_done_again_and_what_is_switched_off_never(store: Store) -> None:
    def cut(errand: Errand) -> None:
        until(errand.is_stopped)

    began = threading.Event()

    def due(_config: Config, now: datetime, _last: datetime | None) -> datetime:
        began.set()
        return now

    started = Started(store, Chore("cut", due, cut), lambda: NOON)
    assert began.wait(5)
    started.end()
    assert store.chore_ran_at("cut") is None
    done = Done()
    started = Started(store, Chore("off", lambda _config, _now, _last: None, done._run), lambda: NOON)
    time.sleep(1.2)
    started.end()
    assert done.runs == []


def test_waits_and_periods() -> None:
    assert [retry_after(failures) for failures in (1, 2, 6, 7, 99)] == [60, 120, 1920, 3600, 3600]
    assert due_every(DAY, NOON, None) == NOON
    assert due_every(DAY, NOON, NOON - DAY / 2) == NOON + DAY / 2
    assert due_every(DAY, NOON, NOON + DAY) == NOON, "the clock was set back"


def test_an_endless_chore_delays_neither_a_sync_nor_the_stop(dovecot: Dovecot, tmp_path: Path) -> None:
    world = World(dovecot, dovecot.user(), tmp_path / "home")
    deliver_many(world, 40)
    daemon = Daemon(world, program=ENDLESS)
    try:
        until(lambda: "the chore began" in daemon.said() and is_read(world))
        assert daemon.stop() == 0
        assert "still busy: chore endless" in daemon.said()
    finally:
        daemon.process.kill()
        daemon.process.wait()
