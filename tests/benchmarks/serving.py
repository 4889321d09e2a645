"""How long the service takes to start, to come back and to stop, by the monotonic stamps of systemd's own journal."""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

from tests.benchmarks.finding import Finding, clock, table
from tests.machine.dovecot import running
from tests.system.daemon import until
from tests.system.frozen import frozen_thread, outside
from tests.system.machine import UNIT, running_machine
from tests.system.service import Service, deliver, is_read
from tracker.daemon._worker import RESTING

if TYPE_CHECKING:
    from tests.benchmarks.shelf import Shelf

_TIMES = 5
_PATIENCE = RESTING + 1
"""Seconds of WatchdogSec: no less, for nobody is stuck within its own bound."""


def service(_shelf: Shelf, _size: int) -> str:
    """The load and a table in Markdown, of a container with a systemd of its own (tests/system/machine.py)."""
    with running_machine() as machine, running() as server:
        user = server.user()
        deliver(user.mailbox)
        found = Service(machine, server, user, machine.forward(server.tls_port))
        found.install()
        starts, stops = zip(*(_start_and_stop(found) for _ in range(_TIMES)), strict=True)
        kills = [_kill(found) for _ in range(_TIMES)]
        stuck = _hang(found)
        found.stop()
        load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, of which {load:.1f} were wanted, all in all, when it was measured.\n\n" + table(
        [
            _finding("start to READY", starts, 0.3, "≤ 0.3 s"),
            _finding("SIGTERM to the end, while it waits for mail", stops, 3, "≤ 3 s"),
            _finding("`kill -9` to READY again", kills, 2, "< 2 s"),
            _finding(
                f"one worker of three hangs at rest, WatchdogSec={_PATIENCE:.0f}, to READY again",
                [stuck],
                _PATIENCE + 4,
                "≤ WatchdogSec + 4 s",
            ),
        ]
    )


def _finding(what: str, seconds: tuple[float, ...] | list[float], most: float, target: str) -> Finding:
    middle = statistics.median(seconds)
    spread = f" ({clock(min(seconds))} to {clock(max(seconds))})" if len(seconds) > 1 else ""
    return Finding(what, target, f"{clock(middle)}{spread}", met=middle <= most)


def _start_and_stop(found: Service) -> tuple[float, float]:
    begun = time.monotonic()
    found.start()
    until(lambda: is_read(found))
    time.sleep(1)  # it waits for mail by then
    found.stop()
    return _between(found, begun, "Starting", "Started"), _between(found, begun, "Stopping", "Stopped")


def _kill(found: Service) -> float:
    found.start()
    until(lambda: is_read(found))
    begun, pid = time.monotonic(), found.machine.pid()
    found.machine.run("sh", "-c", f"kill -9 {pid}")
    until(lambda: found.machine.pid() not in {0, pid} and found.machine.show("SubState")["SubState"] == "running")
    return _between(found, begun, f"{UNIT}: Main process exited", "Started")


def _hang(found: Service) -> float:
    found.stop()
    found.drop_in(f"WatchdogSec={_PATIENCE}")
    found.settings = "[sync]\nidle = false"
    found.configure(*map(found.account, ("one", "two", "three")))
    found.start()
    until(lambda: is_read(found))
    time.sleep(2)  # all three rest
    begun, pid = time.monotonic(), found.machine.pid()
    with frozen_thread(outside(found.machine.leader, pid)) as reap:

        def is_back() -> bool:
            reap()
            return found.machine.pid() not in {0, pid} and found.machine.show("SubState")["SubState"] == "running"

        until(is_back, patience=60, pause=0.2)
    return [at for at, said in found.machine.history() if said.startswith("Started")][-1] - begun


def _between(found: Service, begun: float, one: str, other: str) -> float:
    """Seconds between two entries, the first of their kinds since `begun`."""
    told = [(at, said) for at, said in found.machine.history() if at > begun]
    start, end = (next(at for at, said in told if said.startswith(word)) for word in (one, other))
    return end - start
