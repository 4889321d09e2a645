"""Whose a restored database is, what lies beside the old one, and which files are never taken for a backup."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_backup import read
from tests.cli.test_main_job import EXPECTED, NETWORK
from tests.cli.world import World
from tests.system.daemon import running, until

if TYPE_CHECKING:
    from tests.machine.dovecot import Dovecot
    from tests.machine.postgresql import Server

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")

NOBODY = 65534

WRITE_AND_DIE = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute("UPDATE connection SET company = 'in the log alone'")
os.kill(os.getpid(), signal.SIGKILL)
"""
"""Commits a change that lies in the write-ahead log, and leaves it there."""

WRITE_HALF_AND_DIE = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = DELETE")
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE connection SET company = 'half written'")
db.execute("CREATE TABLE ballast AS SELECT randomblob(100000) AS bytes FROM connection")
os.kill(os.getpid(), signal.SIGKILL)
"""
"""Dies in a change of which pages lie in the file already; SQLite's journal beside it holds what they were."""


@pytest.fixture
def made(world: World) -> Path:
    world.run("import", str(world.export(*NETWORK)))
    return Path(world.run("backup").out.strip())


def companies(database: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {str(row[0]) for row in db.execute("SELECT company FROM connection")}


def leave_a_log(world: World) -> None:
    """A process writes to the database and is killed."""
    subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(world.folder / "tracker.db")], check=False)
    assert (world.folder / "tracker.db-wal").stat().st_size > 0


def test_a_backup_holds_what_lies_in_the_log_alone(world: World, made: Path) -> None:
    made.unlink()
    leave_a_log(world)
    (other,) = (Path(world.run("backup").out.strip()),)
    assert companies(other) == {"in the log alone"}
    assert not other.with_name(f"{other.name}-wal").exists()


def test_a_log_that_lies_beside_the_old_database_goes_with_it_and_not_into_the_new_one(
    world: World, made: Path
) -> None:
    before = companies(made)
    leave_a_log(world)
    world.run("restore", str(made))
    assert sorted(path.name for path in world.folder.glob("tracker.db*")) == ["tracker.db"]
    assert companies(world.folder / "tracker.db") == before
    (aside,) = world.folder.glob("backups/*-before-restore.db*")
    assert companies(aside) == {"in the log alone"}


def test_a_change_that_was_half_written_is_taken_back_by_the_next_command(world: World, made: Path) -> None:
    """As by a restore that is killed while it brings the old database into one file."""
    database, report, before = world.folder / "tracker.db", world.run("report").out, companies(made)
    for command in (("report",), ("restore", str(made))):
        subprocess.run([sys.executable, "-c", WRITE_HALF_AND_DIE, str(database)], check=False)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            companies(database)
        world.run(*command)
        assert companies(database) == before
        assert world.run("report").out == report
    (aside,) = world.folder.glob("backups/*-before-restore.db*")
    assert companies(aside) == before


def test_a_copy_with_its_log_beside_it_is_restored_with_what_the_log_holds(world: World, made: Path) -> None:
    """Somebody copied the files of a database by hand."""
    leave_a_log(world)
    copied = world.folder / "copied.db"
    for side in ("", "-wal"):
        copied.with_name(f"copied.db{side}").write_bytes((world.folder / f"tracker.db{side}").read_bytes())
    world.run("restore", str(copied))
    assert companies(world.folder / "tracker.db") == {"in the log alone"}
    assert made.exists()


def test_a_restored_database_is_for_its_owner_alone_whatever_the_backup_was(world: World, made: Path) -> None:
    made.chmod(0o644)
    for is_there in (True, False):
        (world.folder / "tracker.db").chmod(0o644) if is_there else (world.folder / "tracker.db").unlink()
        world.run("restore", str(made))
        assert (world.folder / "tracker.db").stat().st_mode & 0o777 == 0o600


@needs_root
@pytest.mark.parametrize("is_there", [True, False])
def test_root_restores_nothing_in_the_place_of_what_is_anothers(world: World, made: Path, is_there: bool) -> None:
    """The service could not read it."""
    database = world.folder / "tracker.db"
    os.chown(world.folder, NOBODY, NOBODY)
    os.chown(database, NOBODY, NOBODY)
    before = database.read_bytes()
    if not is_there:
        database.unlink()
    refused = world.run("restore", str(made), expect=78)
    assert refused.is_one_line_and_a_hint("belongs to nobody, and this is root")
    assert "run it as its owner: runuser -u nobody -- tracker" in refused.err
    assert not is_there or database.read_bytes() == before
    assert database.exists() is is_there
    assert not list(world.folder.glob("backups/*-before-restore*"))


def test_a_backup_of_a_newer_program_is_refused_also_where_there_is_no_database(world: World, made: Path) -> None:
    with contextlib.closing(sqlite3.connect(made)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    (world.folder / "tracker.db").unlink()
    assert world.run("restore", str(made), expect=78).is_one_line_and_a_hint("newer version")
    assert not (world.folder / "tracker.db").exists()


@pytest.mark.usefixtures("made")
def test_a_folder_and_an_archive_of_pg_dump_are_no_backups_of_sqlite(world: World) -> None:
    before = (world.folder / "tracker.db").read_bytes()
    (world.folder / "x.dump").write_bytes(b"PGDMP\x01\x0e\x00" + bytes(4000))
    told = world.run("restore", str(world.folder / "x.dump"), expect=65)
    assert told.is_one_line_and_a_hint("x.dump")
    assert "goes into a PostgreSQL database alone" in told.err
    assert world.run("restore", str(world.folder), expect=65).is_one_line_and_a_hint("there is no file")
    assert (world.folder / "tracker.db").read_bytes() == before
    assert world.report()["summary"]["connections"] == len(EXPECTED)


def test_on_postgresql_the_report_is_the_same_afterwards_and_the_daemon_forbids_it(
    dovecot: Dovecot, postgresql: Server, tmp_path: Path
) -> None:
    with postgresql.fresh_database() as url:
        world = World(dovecot, dovecot.user(), tmp_path / "home", database=url)
        read(world)
        told = world.report()
        made = world.run("backup").out.strip()
        assert made.endswith(".dump")
        world.run("mark", "ulf", "--removed")
        world.run("forget", "uma", "--yes")
        with running(world) as daemon:
            until(lambda: "watching" in daemon.said())
            assert world.run("restore", made, expect=69).is_one_line_and_a_hint("in use by another process")
        restored = world.run("restore", made)
        assert "forgotten since and erased from it: 2 people and addresses" in restored.err
        assert "the database as it was lies in" in restored.err
        after = world.report()
        people = [row for row in told["connections"] if row["name"] != "Uma Unresponsive"]
        assert after["connections"] == people
        assert {**world.verdicts(), "Uma Unresponsive": "unresponsive"} == EXPECTED
        assert world.run("restore", str(world.config), expect=65).is_one_line_and_a_hint("cannot be used")
