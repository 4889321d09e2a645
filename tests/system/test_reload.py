"""What a reload does not take on: where everything is remembered, and for how long."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from tests.system.daemon import deliver_many, is_read, query, running, stored, until

if TYPE_CHECKING:
    from tests.cli.world import World


def test_another_database_takes_a_restart_with_all_of_its_settings_and_that_is_said_each_time(world: World) -> None:
    world.settings = '[reply]\nwindow = "20d"\n'
    world.write_config()
    deliver_many(world, 40)
    with running(world) as daemon:
        until(lambda: is_read(world))
        known = stored(world)
        text = world.config.read_text("utf-8")
        world.config.write_text(text.replace("[database]\n", '[database]\nkeep = "20d"\n'), encoding="utf-8")
        for times in (1, 2):
            daemon.process.send_signal(signal.SIGHUP)
            until(lambda wanted=times: daemon.said().count("the configuration is read again") == wanted)  # type: ignore[misc] # a lambda's default
            assert daemon.said().count("another [database] takes a restart") == times
        time.sleep(2.5)  # in which the chore that deletes would have looked twice
        assert stored(world) == known == 40
    assert query(world, "SELECT key FROM meta WHERE key LIKE '%retention%'") == []
    with running(world) as daemon:
        until(lambda: "messages were older than is kept" in daemon.said())
        assert stored(world) < known
