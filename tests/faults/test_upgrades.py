"""An upgrade that fails, is killed or has no room leaves the old schema whole; two at once are one after the other."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_store_upgrade import dump, fill, write_as
from tracker.domain.backups import backup_of
from tracker.errors import SchemaMismatch
from tracker.storage import open_store
from tracker.storage._schema import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.postgresql import Server

UPGRADE = """
import os, signal, sys, time
from pathlib import Path
from sqlalchemy import Engine, event
from tracker.storage import open_store
url, backups, number, how = sys.argv[1:]
seen = 0
@event.listens_for(Engine, "before_cursor_execute")
def look(db, cursor, statement, parameters, context, many):
    global seen
    if statement.lstrip().split()[0] in {"CREATE", "DROP", "ALTER", "INSERT", "UPDATE", "DELETE"}:
        seen += 1
        if seen == int(number):
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "fail":
                raise RuntimeError("a migration failed")
            print("waiting", flush=True)
            sys.stdin.readline()
open_store(url, backups=Path(backups)).close()
print("statements", seen)
"""
"""Opens a database and ends, fails or waits before the statement of this number that changes anything."""

FIRST = "0001"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of the first schema, with something in it."""
    with open_store(f"sqlite:///{tmp_path}/present.db") as present:
        fill(present)
        rows = dump(present)
    (tmp_path / "state").mkdir()
    path = tmp_path / "state" / "tracker.db"
    write_as(f"sqlite:///{path}", FIRST, rows)
    return path


def upgrade(url: str, backups: Path, number: int, how: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", UPGRADE, url, str(backups), str(number), how]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def contents(path: Path) -> list[str]:
    """The schema and all rows of a database, as SQL."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(db.iterdump())


def revision(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_a_killed_or_failing_upgrade_leaves_the_old_schema_whole_and_a_backup(old: Path, tmp_path: Path) -> None:
    before = contents(old)
    spare = tmp_path / "spare" / "tracker.db"
    spare.parent.mkdir()
    spare.write_bytes(old.read_bytes())
    said = upgrade(f"sqlite:///{spare}", tmp_path / "others", 0, "end").communicate()[0]
    statements = int(said.split()[-1])
    assert statements > 20, said
    for number, how in ((2, "kill"), (statements // 2, "kill"), (statements, "kill"), (statements // 2, "fail")):
        backups = tmp_path / f"backups{number}{how}"
        process = upgrade(f"sqlite:///{old}", backups, number, how)
        said = process.communicate()[0]
        assert process.returncode == (-signal.SIGKILL if how == "kill" else 1), said
        assert contents(old) == before
        (backup,) = backups.iterdir()
        named = backup_of(backup.name)
        assert named is not None
        assert named.reason == "before-upgrade"
        assert contents(backup) == before
    open_store(f"sqlite:///{old}").close()
    assert revision(old) == revision(spare) == HEAD
    assert contents(old) == contents(spare)


def test_two_upgrades_at_once_are_one_and_the_other_waits(old: Path, tmp_path: Path) -> None:
    url, backups = f"sqlite:///{old}", tmp_path / "backups"
    first = upgrade(url, backups, 10, "wait")
    assert first.stdout is not None
    assert first.stdout.readline() == "waiting\n"
    second = upgrade(url, backups, 0, "end")
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(2)
    said = first.communicate("go on\n")[0], second.communicate()[0]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert said[1] == "statements 0\n", "it found that all was done"
    assert revision(old) == HEAD
    assert len(list(backups.iterdir())) == 1


def test_a_newer_schema_is_refused_and_neither_touched_nor_backed_up(old: Path, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(old)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    before = contents(old)
    with pytest.raises(SchemaMismatch, match="newer version") as raised:
        open_store(f"sqlite:///{old}", backups=tmp_path / "backups")
    assert raised.value.exit_code == 78
    assert contents(old) == before
    assert not (tmp_path / "backups").exists()


def test_an_upgrade_without_room_for_its_backup_does_not_begin(old: Path, tmp_path: Path) -> None:
    before = contents(old)
    (tmp_path / "backups").write_bytes(b"a file in the way")
    process = upgrade(f"sqlite:///{old}", tmp_path / "backups", 0, "end")
    assert "no backup was made in" in process.communicate()[0]
    assert contents(old) == before


def test_on_postgresql_a_killed_upgrade_leaves_the_old_schema_and_the_next_one_ends(
    postgresql: Server, tmp_path: Path
) -> None:
    with open_store(f"sqlite:///{tmp_path}/present.db") as present:
        fill(present)
        rows = dump(present)
    with postgresql.fresh_database() as url:
        write_as(url, FIRST, rows)
        process = upgrade(url, tmp_path / "backups", 12, "kill")
        said = process.communicate()[0]
        assert process.returncode == -signal.SIGKILL, said
        (backup,) = (tmp_path / "backups").iterdir()
        assert backup.name.endswith("-before-upgrade.dump")
        with open_store(url) as store:
            assert len(store.folders("work")) == 2
