"""The daemon from start to stop: it reads by itself, hears of new mail, and tells the service manager how it stands."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from tests.cli.world import ME, World
from tests.system.daemon import ServiceManager, deliver_many, is_read, network, running, stored, until

READ_ONLY = re.compile(r"(ID|LIST|STATUS|EXAMINE|UID SEARCH|UID FETCH|NOOP|IDLE|LOGOUT|CAPABILITY)\b|DONE$")


def test_it_reads_everything_by_itself_and_hears_of_new_mail_at_once(world: World) -> None:
    deliver_many(world, 40)
    network(world)
    with running(world) as daemon:
        until(lambda: is_read(world))
        report = world.report()
        assert report["coverage"]["complete"] is True
        assert report["coverage"]["accounts"][0]["messages"] == 40
        for number in range(3):
            world.mail(f"new{number}", world.now, "p0@acme.example", ME, answers="ask0")
            assert until(lambda wanted=41 + number: stored(world) == wanted) < 2  # type: ignore[misc] # a lambda's default
        until(lambda: daemon.said().count("1 new messages") == 3)
        assert world.report()["summary"]["responsive"] + world.report()["summary"]["slow"] >= 1
        time.sleep(1.5)  # a wake-up that led to a second, needless pass would have come by now
    commands = world.server.commands(world.user)
    assert sum(command.startswith("LIST ") for command in commands) == 4, "a pass for each announcement and no more"
    assert sum(command.startswith("ID ") for command in commands) == 1, "one connection, kept"
    assert [command for command in commands if not READ_ONLY.match(command)] == []
    assert "IDLE" in commands


def test_without_idle_it_polls_and_keeps_no_connection(world: World) -> None:
    world.settings = '[sync]\nidle = false\nevery = "1m"'
    world.write_config()
    deliver_many(world, 40)
    with running(world, is_fast=True):
        until(lambda: is_read(world))
        world.mail("new", world.now, "p0@acme.example", ME)
        until(lambda: stored(world) == 41)
    commands = world.server.commands(world.user)
    assert "IDLE" not in commands
    passes = sum(command.startswith("LIST ") for command in commands)
    assert 2 <= passes == sum(command.startswith("ID ") for command in commands), "a connection for each pass"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_three_seconds_while_it_waits(world: World, number: signal.Signals) -> None:
    deliver_many(world, 40)
    with running(world) as daemon:
        until(lambda: "IDLE" in world.server.commands(world.user))
        assert daemon.stop(number, patience=3) == 0
        assert daemon.said().splitlines()[-2:] == [f"INFO {number.name}: stopping", "INFO stopped"]
    assert world.run("status").err == ""
    assert world.user.password not in daemon.said()


def test_the_service_manager_is_told_everything_in_its_order(world: World, manager: ServiceManager) -> None:
    deliver_many(world, 40)
    with running(world, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="6000000"):
        until(lambda: any("read to" in status for status in manager.statuses()))
        until(lambda: manager.told().count("WATCHDOG=1") >= 2)
    told = manager.told()
    assert told[0] == "READY=1"
    assert told[-1] == "STOPPING=1"
    statuses = manager.statuses()
    assert statuses[0] == "1 accounts, 0 in trouble, not everything is read yet"
    assert re.fullmatch(r"1 accounts, 0 in trouble, read to \d\d:\d\d UTC", statuses[-1])
    assert len(statuses) == len(set(statuses)), "told again without need"
    assert {line.partition("=")[0] for line in told} == {"READY", "STATUS", "WATCHDOG", "STOPPING"}


def test_a_watchdog_that_is_meant_for_another_process_is_not_fed(world: World, manager: ServiceManager) -> None:
    ours = str(os.getpid())
    with running(world, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="6000000", WATCHDOG_PID=ours):
        until(lambda: any("read to" in status for status in manager.statuses()))
    assert "WATCHDOG=1" not in manager.told()


@pytest.mark.parametrize(
    ("config", "part"),
    [("[sync]\nevery = 7\n", "sync.every"), ('[me]\naddresses = ["ann@example.org"]\n', "no account is configured")],
)
def test_a_configuration_that_cannot_work_ends_it_at_once_with_78(
    world: World, manager: ServiceManager, config: str, part: str
) -> None:
    world.config.write_text(config, encoding="utf-8")
    result = world.run("run", expect=78, timeout=10, NOTIFY_SOCKET=str(manager.path))
    assert result.is_one_line_and_a_hint()
    assert part in result.err
    assert manager.told() == []
