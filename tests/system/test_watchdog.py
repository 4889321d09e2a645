"""What the service manager's watchdog hears while one of several workers is stuck."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from tests.cli.world import World
from tests.machine.scripted import scripted
from tests.system.daemon import Daemon, ServiceManager, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

IMPATIENT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import tracker.daemon
from tracker.config import load_config
from tracker.daemon import _worker
from tracker.service.access import open_database
_worker.STUCK = 2.0
config = load_config(Path(sys.argv[1]))
with open_database(config) as store:
    tracker.daemon.serve(store, config, clock=lambda: datetime.now(UTC))
"""
"""The daemon, to which an account is stuck after two seconds in a call."""

PATIENCE = 4


def test_it_is_not_fed_while_one_is_stuck_and_called_once_the_silence_is_as_long_as_its_patience(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    world = World(dovecot, dovecot.user(), tmp_path / "home")
    with (
        scripted(STATUS=b"") as silent,
        contextlib.closing(ServiceManager(tmp_path / "notify")) as manager,
        world.config.open("a", encoding="utf-8") as config,
    ):
        config.write(
            f'[[account]]\nname = "silent"\nhost = "127.0.0.1"\nport = {silent.port}\ntls = "none"\nuser = "bob"\n'
            f'password_file = "{world.folder / "password"}"\n'
        )
        config.flush()
        patience = f"{PATIENCE * 1_000_000}"
        daemon = Daemon(world, program=IMPATIENT, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC=patience)
        try:
            until(lambda: any(command.startswith("STATUS") for command in silent.received))
            asked_at, fed_before = time.monotonic(), manager.told().count("WATCHDOG=1")
            until(lambda: "WATCHDOG=trigger" in manager.told())
            assert time.monotonic() - asked_at > PATIENCE - 0.5, "a sign of life is a moment older than what it was of"
            assert "ERROR silent makes no progress" not in daemon.said()
            assert daemon.said().count("ERROR account silent makes no progress any more") == 1
            signals = [line for line in manager.told() if line.startswith("WATCHDOG=")]
            assert signals[0] == "WATCHDOG=1"
            assert "WATCHDOG=1" not in signals[signals.index("WATCHDOG=trigger") :]
            assert signals.count("WATCHDOG=1") - fed_before <= 3, "a look a second for two seconds"
            assert daemon.stop() == 0
        finally:
            daemon.process.kill()
            daemon.process.wait()
