"""The unmodified daemon while somebody sets the clock of its machine (libfaketime)."""

from __future__ import annotations

import glob
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import ME, World
from tests.system.daemon import deliver_many, is_read, network, running, stored, until
from tracker.storage import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


@pytest.mark.parametrize("offset", ["+90m", "-90m"], ids=["forward", "back"])
def test_a_clock_that_is_set_renews_the_line_and_reads_everything_again(
    dovecot: Dovecot, tmp_path: Path, offset: str
) -> None:
    libraries = glob.glob(LIBRARY)  # noqa: PTH207 - a pattern from the root on
    if not libraries:
        pytest.skip("NO CLOCK IS SET HERE: there is no libfaketime; tests/install-servers installs it")
    world = World(dovecot, dovecot.user(), tmp_path / "home")
    deliver_many(world, 40)
    clock = tmp_path / "clock"
    clock.write_text("+0\n", encoding="ascii")

    def lines() -> int:
        return sum(command.startswith("ID ") for command in world.server.commands(world.user))

    fake = {
        "LD_PRELOAD": libraries[0],
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with running(world, is_fast=False, **fake) as daemon:
        until(lambda: is_read(world))
        until(lambda: "IDLE" in world.server.commands(world.user))
        assert lines() == 1
        clock.write_text(f"{offset}\n", encoding="ascii")
        way = "forward" if offset.startswith("+") else "back"
        until(lambda: f"the clock was set {way} by 1 h 30 min: every account is read anew" in daemon.said())
        until(lambda: lines() == 2 and is_read(world))
        world.mail("new", world.now, "p0@acme.example", ME)
        until(lambda: stored(world) == 41)
        assert lines() == 2, "one new line, and it is kept"
        assert "WARNING work" not in daemon.said(), "it is no failure"


def test_a_pass_whose_start_was_told_by_a_clock_that_was_ahead_makes_nobody_overdue(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    world = World(dovecot, dovecot.user(), tmp_path / "home")
    network(world)
    world.mail("ask", world.ago(hours=47), ME, "p0@acme.example")
    world.run("sync")
    ahead = world.now + timedelta(hours=3)
    with open_store(world.database) as store:
        store.begin_pass("work", ahead)
        store.complete_pass("work", ahead)
    report = world.report()
    assert datetime.fromisoformat(report["as_of"]) < ahead - timedelta(hours=2)
    [asked] = [person for person in report["connections"] if person["name"] == "P0 Person"]
    assert (asked["verdict"], asked["overdue"]) == ("waiting", 0)
