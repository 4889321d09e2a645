"""SIGKILL while old messages are deleted: batches are gone or there as a whole, and nobody turns silent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import World
from tests.faults.dump import difference, dump
from tests.faults.rig import MESSAGES
from tests.faults.test_backups import demand_sound
from tests.system.daemon import PEOPLE, query, stored

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.dump import Dump

DELETION = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import Engine, event
from tracker.config import load_config
from tracker.service.access import open_database
from tracker.service.keeping import keep_recent
path, now, kind, number = sys.argv[1:]
seen = 0
def step(what):
    global seen
    if what == kind:
        seen += 1
        if seen == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
@event.listens_for(Engine, "before_cursor_execute")
def look(db, cursor, statement, parameters, context, many):
    if statement.startswith("DELETE FROM message"):
        step("amid a batch")
config = load_config(Path(path))
with open_database(config) as store:
    drop = store.drop_older
    def in_small_batches(after):
        step("between batches")
        return drop(after, size=200)
    store.drop_older = in_small_batches
    print(keep_recent(store, config, datetime.fromisoformat(now)))
"""
"""Deletes what is older than is kept, 200 messages at a time, and ends itself before a batch or amid one."""


@pytest.fixture
def world(whole: World, tmp_path: Path) -> World:
    """All of a mailbox of a month; half of a month is kept, and one silence is enough for a verdict."""
    settings = '[reply]\nwindow = "15d"\n[verdict]\ncut = 0.9\nconfidence = 0.55\n'
    world = World(whole.server, whole.user, tmp_path / "home", now=whole.now, settings=settings)
    text = world.config.read_text("utf-8").replace("[database]\n", '[database]\nkeep = "15d"\n')
    world.config.write_text(text, "utf-8")
    (world.folder / "tracker.db").write_bytes((whole.folder / "tracker.db").read_bytes())
    return world


def delete(world: World, kind: str = "to the end", number: int = 0) -> str:
    """Run the deletion; what it said, nothing if it was killed."""
    words = [sys.executable, "-c", DELETION, str(world.config), world.now.isoformat(), kind, str(number)]
    environment = {**os.environ, "TRACKER_STATE": str(world.folder)}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert ended.returncode == (-signal.SIGKILL if number else 0), ended.stderr
    return ended.stdout.strip()


def silent(world: World) -> set[str]:
    verdicts = world.verdicts("--window", "60d")
    return {name for name, verdict in verdicts.items() if verdict == "unresponsive"}


def remembered(world: World) -> Dump:
    world.run("rebuild")
    return dump(world.database)


def test_killed_between_two_batches_or_amid_one_it_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    spare = World(world.server, world.user, tmp_path / "spare", now=world.now)
    (spare.folder / "config.toml").write_text(
        world.config.read_text("utf-8").replace(str(world.folder), str(spare.folder))
    )
    (spare.folder / "tracker.db").write_bytes((world.folder / "tracker.db").read_bytes())
    in_one_go = int(delete(spare))
    assert MESSAGES / 3 < in_one_go < MESSAGES
    assert len(silent(world)) == PEOPLE // 2
    left = [stored(world)]
    for kind, number in (("amid a batch", 1), ("between batches", 3), ("amid a batch", 2), ("between batches", 8)):
        assert delete(world, kind, number) == ""
        demand_sound(world.folder / "tracker.db")
        for table in ("participant", "named_id", "delivery_report"):
            orphans = f"SELECT 1 FROM {table} WHERE message_id NOT IN (SELECT id FROM message)"  # noqa: S608 - names from this file
            assert query(world, orphans) == []
        assert (
            query(world, "SELECT 1 FROM location WHERE message_id NOT IN (SELECT id FROM message) AND message_id") == []
        )
        left.append(stored(world))
        assert silent(world) == set(), "half of the mail is gone, and with it some of the answers"
        assert query(world, "SELECT 1 FROM meta WHERE key = 'chore retention'") == [], "the next run goes on"
    assert left == sorted(left, reverse=True)
    assert len(set(left)) >= 3, left
    rest = int(delete(world))
    assert left[0] - left[-1] + rest == in_one_go
    assert difference(remembered(world), remembered(spare)) == {}
