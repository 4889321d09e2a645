"""A PostgreSQL server that is ended in the middle of a sync and comes back: one line, and the next run goes on."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.cli.world import Run, World
from tests.faults.dump import difference, dump
from tests.faults.rig import IS_SLOW, MESSAGES
from tests.machine.postgresql import Cluster, running_cluster
from tests.system.daemon import network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.launcher import Launcher

ROUNDS = 30 if IS_SLOW else 2


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of our own, which nobody else misses."""
    with running_cluster() as made:
        yield made


def stored(cluster: Cluster, url: str) -> int:
    """Messages in the database; 0 before it has tables."""
    name = url.partition("@/")[2].partition("?")[0]
    server = cluster.server
    with psycopg.connect(host=str(server.socket), user=server.user, dbname=name, connect_timeout=5) as db:
        if db.execute("SELECT to_regclass('message')").fetchone() == (None,):
            return 0
        row = db.execute("SELECT count(*) FROM message").fetchone()
    assert row is not None
    return int(row[0])


def test_a_server_that_goes_and_comes_back_costs_nothing(
    cluster: Cluster, launcher: Launcher, whole: World, tmp_path: Path
) -> None:
    seed = time.time_ns()
    chance = random.Random(seed)  # noqa: S311 - moments are no secret
    amid = 0
    with cluster.server.fresh_database() as url:
        undisturbed = World(whole.server, whole.user, tmp_path / "undisturbed", now=whole.now, database=url)
        network(undisturbed)
        launcher.run(undisturbed, "sync")
        oracle = dump(url)
    for number in range(ROUNDS):
        with cluster.server.fresh_database() as url:
            world = World(whole.server, whole.user, tmp_path / f"{number}", now=whole.now, database=url)
            network(world)
            for end in (signal.SIGINT, signal.SIGQUIT):
                before = stored(cluster, url)
                run = launcher.start(world, "sync")
                while stored(cluster, url) == before and not run.has_ended:
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.15))
                cluster.stop(end)
                code = run.wait()
                cluster.start()
                assert code in {0, 69}, f"seed {seed}: {run.said()}"
                assert not code or Run(code, "", run.said()).is_one_line_and_a_hint("cannot be used"), run.said()
                amid += code == 69 and 0 < stored(cluster, url) < MESSAGES
            launcher.run(world, "sync")
            assert difference(dump(url), oracle) == {}, f"seed {seed}"
    assert amid >= ROUNDS, f"hardly any end came in the middle: {amid} of {2 * ROUNDS}, seed {seed}"
