"""What the service manager is told when something takes long, or begins anew: sd_notify(3), to the letter."""

from __future__ import annotations

import contextlib
import re
import signal
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest

from tests.machine.scripted import scripted
from tests.system.daemon import Daemon, ServiceManager, is_read, running, until

if TYPE_CHECKING:
    from tests.cli.world import World

PATIENCE = "EXTEND_TIMEOUT_USEC=30000000"


@pytest.mark.parametrize("is_good", [True, False], ids=["another account", "a broken configuration"])
def test_a_reload_begins_with_the_time_and_ends_with_ready_once_it_is_done(
    world: World, manager: ServiceManager, is_good: bool
) -> None:
    with running(world, NOTIFY_SOCKET=str(manager.path)) as daemon:
        until(lambda: is_read(world))
        until(lambda: "read to" in manager.statuses()[-1])
        known = len(manager.told())
        text = world.config.read_text("utf-8")
        second = text[text.index("[[account]]") :].replace('name = "work"', 'name = "second"')
        world.config.write_text(f"{text}{second}" if is_good else f"{text}nonsense", encoding="utf-8")
        before = time.monotonic_ns() // 1000
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "READY=1" in manager.told()[known:])
        after = time.monotonic_ns() // 1000
        told = [line for line in manager.told()[known:] if not line.startswith("WATCHDOG")]
        found = re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", told[0])
        assert found, "both in one datagram, as Type=notify-reload wants it"
        assert before <= int(found[1]) <= after
        assert told[1] == "READY=1"
        expected = "2 accounts, " if is_good else "; the new configuration is refused, the old one holds"
        until(lambda: expected in manager.statuses()[-1])
        lines = daemon.said().splitlines()
        assert any(
            "read again: watching 2" in line if is_good else "the old configuration holds" in line for line in lines
        )


def test_who_opens_a_database_for_long_asks_for_patience(world: World, manager: ServiceManager) -> None:
    """Another program writes meanwhile, which is waited for as a migration is."""
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        daemon = Daemon(world, NOTIFY_SOCKET=str(manager.path))
        try:
            until(lambda: manager.told() != [])
            assert manager.told() == [PATIENCE], "it is not ready, and will be"
            other.execute("COMMIT")
            until(lambda: "READY=1" in manager.told())
            ready = manager.told().index("READY=1")
            until(lambda: is_read(world))
            assert PATIENCE not in manager.told()[ready:]
            assert daemon.stop() == 0
        finally:
            daemon.process.kill()
            daemon.process.wait()


def test_an_upgrade_that_cannot_be_backed_up_is_waited_for(world: World, manager: ServiceManager) -> None:
    """To start again every second would copy the database as often, and most often onto a full disk."""
    world.run("sync")
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db", isolation_level=None)) as db:
        db.execute("UPDATE alembic_version SET version_num = '0001'")
    world.settings = f'[backup]\ndirectory = "{world.config}/nowhere"'
    world.write_config()
    daemon = Daemon(world, NOTIFY_SOCKET=str(manager.path))
    try:
        until(lambda: manager.told() != [])
        assert manager.told()[0].startswith("STATUS=waiting for the database: ")
        until(lambda: PATIENCE in manager.told())
        assert daemon.is_alive
        assert daemon.said().count("WARNING") == 1, "it is told once"
    finally:
        daemon.process.kill()
        daemon.process.wait()


def test_who_needs_long_to_stop_asks_for_patience(world: World, manager: ServiceManager) -> None:
    with scripted() as server, world.config.open("a", encoding="utf-8") as config:
        config.write(
            f'[[account]]\nname = "slow"\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\nuser = "bob"\n'
            f'password_command = ["sh", "-c", "touch \'{world.folder}/asked\'; sleep 9"]\n'
        )
        config.flush()
        daemon = Daemon(world, NOTIFY_SOCKET=str(manager.path))
        try:
            until((world.folder / "asked").exists)
            assert daemon.stop(patience=10) == 0
        finally:
            daemon.process.kill()
            daemon.process.wait()
    told = manager.told()
    assert told[told.index("STOPPING=1") + 1 :] == [PATIENCE]
    assert "still in a call: slow" in daemon.said()
