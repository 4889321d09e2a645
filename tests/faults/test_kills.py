"""SIGKILL at any moment of a sync, of the daemon and of a rebuild: the database is sound, and the next run goes on."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.cli.world import World
from tests.faults.dump import difference, dump
from tests.faults.rig import IS_SLOW, MESSAGES
from tests.system.daemon import network, query, stored

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.dump import Dump
    from tests.faults.launcher import Launcher, Started

KILLS = 200 if IS_SLOW else 20
PATIENCE = 30.0


def number(world: World, statement: str) -> int:
    rows = query(world, statement)
    return int(str(rows[0][0])) if rows else 0


def phase(world: World) -> str:
    """How far the database has come."""
    count = stored(world)
    if count < MESSAGES:
        return "amid the messages" if count else "nothing yet"
    return "paired" if number(world, "SELECT count(*) FROM ask") else "not paired"


def is_writing(world: World) -> bool:
    """Whether another process is in a transaction that writes."""
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db", timeout=0, isolation_level=None)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        db.execute("ROLLBACK")
        return False


class Killing:
    """One database after the other, each read, paired and rebuilt under fire until it is whole."""

    def __init__(self, launcher: Launcher, whole: World, folder: Path, seed: int) -> None:
        self._launcher = launcher
        self._whole = whole
        self._oracle: Dump = dump(whole.database)
        self._folder = folder
        self._chance = random.Random(seed)  # noqa: S311 - moments of kills are no secret
        self.phases: Counter[str] = Counter()
        self.writing = 0
        self._begin()

    def _begin(self) -> None:
        self._folder.mkdir()
        self.world = World(self._whole.server, self._whole.user, self._folder / "home", now=self._whole.now)
        self._folder = self._folder / "next"
        network(self.world)

    def step(self) -> None:
        """Kill one run of what comes next, and look at what it leaves."""
        if self.phases.total() % 5 == 4:
            self._launcher.run(self.world, "sync")  # so that a rebuild is next
        before = self._stand()
        words = "rebuild" if before[0] == "paired" else self._chance.choice(("sync", "sync", "run"))
        run = self._launcher.start(self.world, words)
        self._await_news(run, before)
        is_amid_writing = (words == "rebuild" or self._chance.random() < 0.7) and self._await_writing(run)
        time.sleep(self._chance.uniform(0, 0.01 if is_amid_writing else 0.15))
        code = run.kill()
        if code != -signal.SIGKILL:
            assert code == 0, run.said()
            assert phase(self.world) == "paired", "a run that came to its end left something out"
            return
        assert query(self.world, "PRAGMA integrity_check") == [("ok",)]
        assert query(self.world, "PRAGMA foreign_key_check") == []
        self.phases[f"{words}: {phase(self.world)}"] += 1
        self.writing += is_amid_writing
        if words == "rebuild" or before[0] == "not paired" == phase(self.world):
            self.finish()
            self._begin()

    def _stand(self) -> tuple[str, int]:
        return phase(self.world), stored(self.world)

    def _await_news(self, run: Started, before: tuple[str, int]) -> None:
        """Until the run has changed something or has ended; now and then for a while, whatever it does."""
        is_blind = before[0] == "not paired" or (before[0] != "paired" and self._chance.random() < 0.2)
        deadline = time.monotonic() + (self._chance.uniform(0, 0.5) if is_blind else PATIENCE)
        while time.monotonic() < deadline and not run.has_ended and self._stand() == before:
            time.sleep(0.002)
        assert is_blind or run.has_ended or self._stand() != before, f"nothing goes on from {before}: {run.said()}"

    def _await_writing(self, run: Started) -> bool:
        """Until a transaction that writes is open, for a while; whether it is."""
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and not run.has_ended:
            if is_writing(self.world):
                return True
            time.sleep(0.001)
        return False

    def finish(self) -> None:
        """Let the next runs come to their end: all is as if nothing had happened."""
        self._launcher.run(self.world, "sync")
        assert difference(dump(self.world.database), self._oracle) == {}
        self._launcher.run(self.world, "rebuild")
        assert difference(dump(self.world.database), self._oracle) == {}


def test_killed_at_any_moment_it_comes_to_the_same_result(launcher: Launcher, whole: World, tmp_path: Path) -> None:
    seed = time.time_ns()
    killing = Killing(launcher, whole, tmp_path / "first", seed)
    try:
        while killing.phases.total() < KILLS:
            killing.step()
        killing.finish()
    except BaseException:
        print(f"the seed was {seed}; so far {dict(killing.phases)}")  # noqa: T201 - pytest shows it with the failure
        raise
    amid = sum(killing.phases[f"{words}: amid the messages"] for words in ("sync", "run"))
    assert amid >= KILLS // 5, f"too few kills met a database with some of the messages: {killing.phases}"
    assert killing.writing >= KILLS // 4, f"too few kills met a transaction: {killing.writing}"
    assert killing.phases["rebuild: not paired"] >= 1, f"no kill met a rebuild: {killing.phases}"
