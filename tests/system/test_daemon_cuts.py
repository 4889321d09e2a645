"""The daemon stopped or killed in the middle: nothing is lost, nothing doubled, and the next one reads on at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.world import World
from tests.system.daemon import PATIENCE, Daemon, deliver_many, is_read, network, query, running, stored, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.dovecot import Dovecot

MESSAGES = 12_000
KILLS = 5


@pytest.fixture(scope="module")
def whole(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A mailbox that was read without a cut."""
    world = World(dovecot, dovecot.user(), tmp_path_factory.mktemp("whole") / "home")
    deliver_many(world, MESSAGES)
    network(world)
    world.run("sync")
    return world


@pytest.fixture
def world(whole: World, tmp_path: Path) -> World:
    """The same mailbox and people, of which nothing is read yet."""
    fresh = World(whole.server, whole.user, tmp_path / "home", now=whole.now)
    network(fresh)
    return fresh


def answer(world: World) -> dict[str, Any]:
    """What is known in the end, apart from the moment at which it was read."""
    report = world.report("--asks", "--as-of", world.now.isoformat())
    for account in report["coverage"]["accounts"]:
        del account["synced_at"]
    return {key: report[key] for key in ("summary", "connections", "coverage")}


def is_amid(world: World, more_than: int = 0) -> bool:
    return more_than < stored(world) < MESSAGES


def is_sound(world: World) -> bool:
    return query(world, "PRAGMA integrity_check") == [("ok",)] and query(world, "PRAGMA foreign_key_check") == []


def test_stopped_amid_the_first_sync_it_ends_in_time_and_reads_on(world: World, whole: World) -> None:
    with running(world) as daemon:
        until(lambda: is_amid(world), pause=0.002)
        assert daemon.stop(patience=5) == 0
    at_the_stop = stored(world)
    assert 0 < at_the_stop < MESSAGES, "the stop came too late to be one in the middle"
    assert is_sound(world)
    assert query(world, "SELECT failures, synced_at FROM account") == [(0, None)], "a stop is no failure"
    report = world.report()
    assert report["coverage"]["complete"] is False
    assert report["summary"]["unresponsive"] == 0
    assert all(row["overdue"] == 0 for row in report["connections"])
    with running(world):
        until(lambda: is_read(world))
    assert answer(world) == answer(whole)
    assert answer(whole)["coverage"]["accounts"][0]["messages"] == MESSAGES


def test_killed_again_and_again_it_comes_to_the_same_result(world: World, whole: World) -> None:
    cuts = []
    for _ in range(KILLS):
        before = stored(world)
        daemon = Daemon(world)
        try:
            until(lambda: stored(world) > before, pause=0.002)  # noqa: B023 - called before the next turn
        finally:
            daemon.process.send_signal(signal.SIGKILL)
            daemon.process.wait(PATIENCE)
        cuts.append(stored(world))
        assert is_sound(world)
    assert len({cut for cut in cuts if 0 < cut < MESSAGES}) >= 3, f"hardly any kill came in the middle: {cuts}"
    with running(world):
        until(lambda: is_read(world))
    assert answer(world) == answer(whole)


def test_two_daemons_that_cannot_know_of_each_other_do_no_harm(world: World, whole: World) -> None:
    (world.folder / "tracker.db.run").mkdir()  # nothing that could be locked
    with running(world) as one, running(world) as other:
        until(lambda: all("watching 1 account" in daemon.said() for daemon in (one, other)))
        until(lambda: is_read(world))
    assert is_sound(world)
    assert answer(world) == answer(whole)
