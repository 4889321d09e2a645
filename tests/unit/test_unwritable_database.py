"""A database that can be read and not written, as on a full disk: no account is tried every second, nor told of."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import pytest

from tests.system.daemon import until
from tracker.config import parse_config
from tracker.daemon._due import UNKEPT
from tracker.daemon._worker import Worker
from tracker.storage import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tracker.config import Config

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVER = 'host = "127.0.0.1"\nport = 1\ntls = "none"\nuser = "ann"\npassword_file = "/nowhere"\n'

REFUSE = "CREATE TRIGGER refuse BEFORE UPDATE ON account BEGIN INSERT INTO full_disk VALUES (1); END"
"""There is no such table: SQLite fails at each update, and in a way that is not for a statement to be blamed."""


BUG = "CREATE TRIGGER bug BEFORE UPDATE ON account BEGIN SELECT RAISE(ABORT, 'a row that must not be'); END"
"""A statement that breaks a rule of the schema is a bug, and what would note it is another such statement."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'tracker.db'}") as opened:
        yield opened


def execute(tmp_path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "tracker.db", isolation_level=None)) as db:
        db.execute(statement)


class Watch:
    """A worker at an account of these settings; it is woken, and its clock is set, by hand."""

    def __init__(self, store: Store, settings: str) -> None:
        config: Config = parse_config(f'[[account]]\nname = "work"\n{settings}', "here")
        self.store = store
        self.passed = 0.0
        self.worker = Worker(store, config, config.account[0], lambda: NOON, lambda: self.passed, threading.Event())

    def __enter__(self) -> Self:
        self.worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.end()
        self.worker.join(5)

    def seconds_left(self) -> float:
        return self.worker.seconds_left(next(iter(self.store.accounts()), None))

    def try_in_vain(self, tries: int) -> None:
        """It tries, now, for the so many-th time; then it waits as long as it does for what it cannot keep."""
        assert self.seconds_left() == 0
        self.worker.wake()
        until(lambda: self.worker.passes["failed"] == tries and self.seconds_left() > 0)
        assert self.seconds_left() == UNKEPT
        self.passed += UNKEPT


def test_a_failure_that_cannot_be_kept_is_waited_after_and_told_once(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Watch(store, SERVER) as watch:
        execute(tmp_path, REFUSE)
        for tries in (1, 2, 3):
            watch.try_in_vain(tries)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "full_disk" in caplog.messages[0]
        execute(tmp_path, "DROP TRIGGER refuse")
        watch.worker.wake()
        until(lambda: watch.worker.passes["failed"] == 4)
        assert "127.0.0.1" in caplog.messages[1]
        assert next(iter(store.accounts())).failures == 1, "what is wrong now could be kept"


def test_a_bug_in_the_storing_ends_no_thread_and_its_end_is_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "mail.mbox").touch()
    with Watch(store, f'type = "mbox"\npath = "{tmp_path}/mail.mbox"\n') as watch:
        execute(tmp_path, BUG)
        watch.try_in_vain(1)
        watch.try_in_vain(2)
        assert caplog.messages == ["work: a bug; the pass is given up"] * 2
        execute(tmp_path, "DROP TRIGGER bug")
        watch.worker.wake()
        until(lambda: watch.worker.passes["complete"] == 1)
        until(lambda: caplog.messages[2:] == ["work: read to the end again"])
