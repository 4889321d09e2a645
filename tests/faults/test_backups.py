"""SIGKILL and full disks while a backup is made or put back: no torn file, and the database stays whole."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import Run, World
from tests.faults.dump import difference, dump
from tests.faults.test_full_disk import Disk
from tests.system.daemon import until
from tracker.domain.backups import backup_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.dump import Dump
    from tests.faults.launcher import Launcher, Started

BALLAST = 24_000_000
"""Bytes by which the database is larger than its mail, so that a copy takes a while."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with contextlib.closing(Disk(tmp_path / "disk")) as small:
        yield small


@pytest.fixture
def world(whole: World, tmp_path: Path) -> World:
    """A database of some size with all of a mailbox in it."""
    world = World(whole.server, whole.user, tmp_path / "home", now=whole.now)
    path = world.folder / "tracker.db"
    path.write_bytes((whole.folder / "tracker.db").read_bytes())
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        rows = ((f"ballast {number}", "x" * 100_000) for number in range(BALLAST // 100_000))
        db.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", rows)
    return world


def unfinished(world: World) -> list[Path]:
    return [*world.folder.glob(".tracker-part-*"), *world.folder.glob("backups/.tracker-part-*")]


def memory(path: Path) -> Dump:
    """All that a database remembers."""
    return dump(f"sqlite:///{path}")


def demand_sound(path: Path) -> None:
    """Opened as any command opens it: SQLite first takes back what a killed process left half written."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def strike(run: Started, world: World, chance: random.Random) -> bool:
    """Kill a run somewhere after it began to write its copy; whether it still ran."""
    with contextlib.suppress(AssertionError):
        until(lambda: run.has_ended or any(list(place.iterdir()) for place in unfinished(world)), pause=0.001)
    time.sleep(chance.uniform(0, 0.25))
    return run.kill() == -signal.SIGKILL


def test_a_killed_backup_leaves_no_torn_file_and_the_next_one_sweeps(launcher: Launcher, world: World) -> None:
    chance, struck = random.Random(8), Counter[str]()  # noqa: S311 - moments of kills are no secret
    for _ in range(8):
        is_killed = strike(launcher.start(world, "backup"), world, chance)
        struck["copying" if is_killed and unfinished(world) else "other"] += 1
        made = [path for path in (world.folder / "backups").iterdir() if backup_of(path.name)]
        for path in made:
            demand_sound(path)
    assert struck["copying"] >= 2, struck
    launcher.run(world, "backup")
    assert unfinished(world) == []
    newest = max(path for path in (world.folder / "backups").iterdir())
    assert difference(memory(newest), memory(world.folder / "tracker.db")) == {}


def test_a_killed_restore_leaves_the_old_database_or_the_new_one(launcher: Launcher, world: World) -> None:
    launcher.run(world, "backup")
    (backup,) = (world.folder / "backups").iterdir()
    expected = memory(world.folder / "tracker.db")
    chance, struck = random.Random(9), Counter[str]()  # noqa: S311 - moments of kills are no secret
    for _ in range(8):
        is_killed = strike(launcher.start(world, "restore", str(backup)), world, chance)
        struck["restoring" if is_killed and unfinished(world) else "other"] += 1
        demand_sound(world.folder / "tracker.db")
        assert difference(memory(world.folder / "tracker.db"), expected) == {}
    assert struck["restoring"] >= 2, struck
    launcher.run(world, "restore", str(backup))
    assert [path for path in unfinished(world) if path.parent == world.folder] == []
    assert difference(memory(world.folder / "tracker.db"), expected) == {}


def test_a_full_disk_ends_a_backup_and_a_restore_in_one_line(
    launcher: Launcher, world: World, disk: Disk, tmp_path: Path
) -> None:
    if not disk.is_mounted:
        pytest.skip("needs root, to mount a small file system")
    small = World(world.server, world.user, tmp_path / "small", database=f"sqlite:///{disk.folder}/tracker.db")
    (disk.folder / "tracker.db").write_bytes((world.folder / "tracker.db").read_bytes())
    backups = disk.folder / "backups"
    kept = launcher.run(small, "backup", str(tmp_path / "kept")).splitlines()[0]
    disk.fill(5_000_000)
    for words in (("backup", str(backups)), ("restore", kept)):
        started = launcher.start(small, *words)
        assert started.wait() == 69, started.said()
        assert Run(69, "", started.said()).is_one_line_and_a_hint(), started.said()
        assert "room" in started.said()
        left = {path.name for path in disk.folder.rglob("*") if path.is_file()}
        assert left <= {"ballast", "tracker.db", "tracker.db-wal", "tracker.db-shm"}
        demand_sound(disk.folder / "tracker.db")
    disk.make_room()
    launcher.run(small, "backup", str(backups))


def test_backups_on_another_disk_are_made_restored_and_swept_like_any(
    launcher: Launcher, world: World, disk: Disk
) -> None:
    """Where the old database can be no second name of the same file it is copied, and the disk may be full by then."""
    if not disk.is_mounted:
        pytest.skip("needs root, to mount a small file system")
    world.settings = f'[backup]\ndirectory = "{disk.folder}/backups"\ndaily = 1\nweekly = 0\n'
    world.write_config()
    made = launcher.run(world, "backup").splitlines()[0]
    assert made.startswith(f"{disk.folder}/backups/tracker-")
    with contextlib.closing(sqlite3.connect(world.folder / "tracker.db")) as db, db:
        db.execute("INSERT INTO meta (key, value) VALUES ('since', 'then')")
    expected, ours = memory(world.folder / "tracker.db"), (world.folder / "tracker.db").stat().st_ino

    disk.fill(5_000_000)
    started = launcher.start(world, "restore", made)
    assert started.wait() == 69, started.said()
    assert Run(69, "", started.said()).is_one_line_and_a_hint("No space left on device"), started.said()
    assert (world.folder / "tracker.db").stat().st_ino == ours
    assert difference(memory(world.folder / "tracker.db"), expected) == {}
    assert {path.name for path in disk.folder.rglob("*")} == {"ballast", "backups", made.rpartition("/")[2]}
    assert unfinished(world) == []

    disk.make_room()
    launcher.run(world, "restore", made)
    assert ("key", "since") not in {row[0] for row in memory(world.folder / "tracker.db")["meta"]}
    (aside,) = (disk.folder / "backups").glob("*-before-restore.db")
    assert difference(memory(aside), expected) == {}
    assert aside.stat().st_mode & 0o777 == 0o600
    Path(made).unlink()  # there is no room for a third
    launcher.run(world, "restore", str(aside))
    assert difference(memory(world.folder / "tracker.db"), expected) == {}
