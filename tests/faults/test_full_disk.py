"""A disk that fills up in the middle of things: one line and a hint, and all goes on when there is room.

The database lies on a small file system of its own where the tests may mount one; where they may not, the run may make
no file larger than so many bytes, which is the same to SQLite but for the words of the system.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.world import Run, World
from tests.faults.dump import difference, dump
from tests.faults.rig import MESSAGES
from tests.system.daemon import PEOPLE, network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.launcher import Launcher

MEGABYTE = 1_048_576

LEFT = (0, 20_000, 100_000, 300_000)
"""Bytes of room: for nothing, for a page or two, for a part of the work."""


class Disk:
    """A folder with little room; `fill` leaves less of it, `make_room` gives it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        size = f"size={64 * MEGABYTE}"
        command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
        self.is_mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0
        self.largest = 0
        self._ballast = folder / "ballast"

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        if not self.is_mounted:
            self.largest = max(left, 4096)  # what the run says goes into a file too
            return
        free = os.statvfs(self.folder)
        with self._ballast.open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, free.f_bavail * free.f_frsize - left)

    def make_room(self) -> None:
        """Take away what was filled in."""
        self.largest = 0
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """Take the file system away."""
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with contextlib.closing(Disk(tmp_path / "disk")) as small:
        yield small


@pytest.fixture
def world(whole: World, disk: Disk, tmp_path: Path) -> World:
    """The same mailbox, and a database on the disk that will be full."""
    home = disk.folder / "home"
    fresh = World(whole.server, whole.user, tmp_path / "settings", database=f"sqlite:///{home / 'tracker.db'}")
    home.mkdir()
    return fresh


def path_of(world: World) -> Path:
    return Path(world.database.removeprefix("sqlite:///"))


def is_whole(world: World) -> bool:
    """Whether the file is sound, and nothing in it is half of something."""
    with contextlib.closing(sqlite3.connect(path_of(world), timeout=10)) as db:
        sound = db.execute("PRAGMA integrity_check").fetchall() + db.execute("PRAGMA foreign_key_check").fetchall()
        halves = db.execute(
            "SELECT (SELECT count(*) FROM location WHERE message_id NOT IN (SELECT id FROM message)),"
            " (SELECT count(*) FROM message WHERE id NOT IN (SELECT message_id FROM location)),"
            " (SELECT sum(messages) FROM folder) - (SELECT count(*) FROM location)"
        ).fetchone()
    return sound == [("ok",)] and set(halves) <= {0, None}


def count(world: World, table: str) -> int:
    with contextlib.closing(sqlite3.connect(path_of(world), timeout=10)) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a name from this file


def ran_out(launcher: Launcher, world: World, disk: Disk, *words: str) -> bool:
    """Whether a run met a full disk; it says so in one line with a hint, or ends well."""
    started = launcher.start(world, *words, largest=disk.largest)
    code = started.wait()
    assert code in {0, 69}, started.said()
    if code == 69:
        assert Run(code, "", started.said()).is_one_line_and_a_hint("cannot be used"), started.said()
        assert "that there is room" in started.said()
    return code == 69


def test_a_sync_goes_on_when_there_is_room_again(launcher: Launcher, world: World, whole: World, disk: Disk) -> None:
    network(world)
    left_behind = []
    for left in LEFT:
        disk.fill(left)
        assert ran_out(launcher, world, disk, "sync") or count(world, "message") == MESSAGES
        disk.make_room()
        assert is_whole(world)
        left_behind.append(count(world, "message"))
    assert left_behind[0] == 0, "the disk was never full before the first batch"
    assert [found for found in left_behind if 0 < found < MESSAGES], f"no sync was caught in the middle: {left_behind}"
    launcher.run(world, "sync")
    assert difference(dump(world.database), dump(whole.database)) == {}


def test_a_rebuild_goes_on_when_there_is_room_again(launcher: Launcher, world: World, whole: World, disk: Disk) -> None:
    path_of(world).write_bytes(path_of(whole).read_bytes())
    failures = 0
    for left in LEFT:
        disk.fill(left)
        failures += ran_out(launcher, world, disk, "rebuild")
        disk.make_room()
        assert is_whole(world)
        assert count(world, "message") == MESSAGES
    assert failures >= 2
    launcher.run(world, "rebuild")
    assert difference(dump(world.database), dump(whole.database)) == {}


def test_an_import_is_whole_or_not_at_all(launcher: Launcher, world: World, disk: Disk) -> None:
    network(world)
    before = dump(world.database)
    rows = [f"Q{n},Person,https://www.linkedin.com/in/q{n},q{n}@acme.example,Acme,,04 Mar 2021" for n in range(3_000)]
    export = world.export(*rows, name="Many.csv")
    failures = 0
    for left in LEFT:
        disk.fill(left)
        is_full = ran_out(launcher, world, disk, "import", str(export))
        disk.make_room()
        assert is_whole(world)
        failures += is_full
        assert not is_full or difference(dump(world.database), before) == {}
    assert failures >= 2
    launcher.run(world, "import", str(export))
    assert count(world, "connection") == 3_000 + PEOPLE
