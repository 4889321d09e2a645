"""Two daemons on one database: the second is refused in one line, and nothing stale is left by the first."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.cli.world import World
from tests.machine.postgresql import Cluster, running_cluster
from tests.system.daemon import Daemon, ServiceManager, running, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HINT = "hint: stop it with systemctl stop tracker, or use another [database]"

CLAIMS = """
    FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND objsubid = 2 AND datname = current_database()
"""
"""Who holds the claim on a database; the key of the lock of all writers has another form."""

NODE = os.uname().nodename.partition(".")[0][:30]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, which nobody else misses."""
    with running_cluster() as made:
        yield made


@pytest.fixture
def served(world: World, cluster: Cluster) -> Iterator[World]:
    """A world whose database is one of that server."""
    with cluster.server.fresh_database() as url:
        world.database = url
        world.write_config()
        yield world


def connected(world: World, *, application_name: str = "") -> psycopg.Connection:
    """A session of our own on the PostgreSQL database of a world."""
    url = world.database.replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True, connect_timeout=5, application_name=application_name)


def ask(world: World, statement: str) -> list[tuple[Any, ...]]:
    """What the PostgreSQL database of a world answers."""
    with connected(world) as db:
        return db.execute(statement).fetchall()


def has_started(daemon: Daemon) -> bool:
    """Whether it watches."""
    assert daemon.is_alive, daemon.said()
    return "INFO watching 1 account" in daemon.said()


def refused(world: World, process: str) -> None:
    """A second daemon ends at once, and says by whom it is kept away."""
    second = world.run("run", expect=78, timeout=20)
    assert second.err.splitlines() == [f"tracker: another tracker run ({process}) works on this database", HINT]


@pytest.mark.parametrize(("kind", "where"), [("world", ""), ("served", f" on {NODE}")])
def test_the_second_on_one_database_is_refused_and_the_first_goes_on(
    request: pytest.FixtureRequest, kind: str, where: str
) -> None:
    world: World = request.getfixturevalue(kind)
    with running(world) as first:
        until(lambda: has_started(first))
        refused(world, f"process {first.process.pid}{where}")
        world.run("sync")
        assert "WARNING" not in first.said()


@pytest.mark.parametrize("kind", ["world", "served"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_next_starts_at_once_when_the_first_has_ended_in_whatever_way(
    request: pytest.FixtureRequest, kind: str, number: signal.Signals
) -> None:
    world: World = request.getfixturevalue(kind)
    for _ in range(3):
        with running(world) as daemon:
            until(lambda: has_started(daemon))
            assert daemon.stop(number) in {0, -signal.SIGKILL}


def test_another_database_is_another_matter(world: World, cluster: Cluster, tmp_path: Path) -> None:
    with cluster.server.fresh_database() as one, cluster.server.fresh_database() as two, running(world) as first:
        until(lambda: has_started(first))
        for number, url in enumerate(("", one, two)):
            beside = World(world.server, world.user, tmp_path / f"{number}", database=url)
            daemon = Daemon(beside)
            try:
                until(lambda: has_started(daemon))  # noqa: B023 - it is asked within this round
            finally:
                daemon.process.kill()
                daemon.process.wait()


def test_a_file_that_cannot_be_locked_is_told_once_and_keeps_nobody_from_work(
    world: World, manager: ServiceManager
) -> None:
    (world.folder / "tracker.db.run").mkdir()
    with running(world, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="60000000") as daemon:
        until(lambda: manager.told().count("WATCHDOG=1") >= 3)  # so often it was looked at
        world.mail("new", world.now, "news@shop.example", "ann@example.org")
        until(lambda: "1 new messages" in daemon.said())
        [told] = [line for line in daemon.said().splitlines() if "cannot be told" in line]
        place = world.folder / "tracker.db.run"
        assert told == (
            f"WARNING whether another tracker run works on this database cannot be told: {place}: Is a directory"
        )


def test_a_claim_is_taken_again_when_the_server_comes_back(served: World, cluster: Cluster) -> None:
    with running(served) as first:
        until(lambda: has_started(first))
        cluster.stop(signal.SIGINT)
        until(lambda: "cannot be used" in first.said())
        cluster.start()
        until(lambda: len(ask(served, f"SELECT pid {CLAIMS}")) == 1)
        assert "another tracker run" not in first.said()
        refused(served, f"process {first.process.pid} on {NODE}")


def test_a_daemon_that_lost_its_claim_to_another_says_so_once_and_goes_on(served: World) -> None:
    name = "tracker run (process 4711 on nas)"
    with running(served) as first:
        until(lambda: has_started(first))
        [(one, two)] = ask(served, f"SELECT classid::bigint, objid::bigint {CLAIMS}")
        with connected(served, application_name=name) as other:

            def has_taken_it() -> bool:
                """Ours may be quicker, and loses it once more then."""
                other.execute(f"SELECT pg_terminate_backend(pid) {CLAIMS}")
                taken = other.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", (one, two)).fetchone()
                return taken == (True,)

            until(has_taken_it)
            until(lambda: f"WARNING another {name} works on this database" in first.said())
            served.mail("new", served.now, "news@shop.example", "ann@example.org")
            until(lambda: "1 new messages" in first.said())
        until(lambda: len(ask(served, f"SELECT pid {CLAIMS}")) == 1)
        [told] = [line for line in first.said().splitlines() if line.startswith("WARNING")]
        assert told == f"WARNING another {name} works on this database"


def test_a_service_waits_a_while_for_a_server_to_see_that_the_other_has_gone(
    served: World, manager: ServiceManager
) -> None:
    with running(served) as first:
        until(lambda: has_started(first))
        second = Daemon(served, NOTIFY_SOCKET=str(manager.path))
        try:
            waiting = "waiting for the database: another tracker run (process "
            until(lambda: any(status.startswith(waiting) for status in manager.statuses()))
            assert first.stop() == 0
            until(lambda: has_started(second))
            assert second.stop() == 0
        finally:
            second.process.kill()
            second.process.wait()
