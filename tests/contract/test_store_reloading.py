"""The store's contract on PostgreSQL: an archive is put back whole or not at all, and nothing else ever is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from tests.contract.sample_facts import START, batch, everything, letter
from tests.contract.test_store_upgrade import dump, fill, write_as
from tracker.errors import BackupRejected, DatabaseUnreachable, SchemaMismatch
from tracker.storage import Restored, _dumping, open_store, restore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.postgresql import Server

LATER = START + timedelta(days=1)


@pytest.fixture
def url(postgresql: Server) -> Iterator[str]:
    """A database with something in it."""
    with postgresql.fresh_database() as fresh:
        with open_store(fresh) as store:
            fill(store)
        yield fresh


def backup(url: str, folder: Path) -> Path:
    with open_store(url) as store:
        return store.backup(folder, START)


def contents(url: str) -> dict[str, object]:
    with open_store(url) as store:
        return everything(store)


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as db:
        for statement in statements:
            db.execute(text(statement))
    engine.dispose()


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    with engine.begin() as db:
        found = set(db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    engine.dispose()
    return found


def test_it_comes_back_whole_and_what_was_there_lies_aside(url: str, tmp_path: Path) -> None:
    before = contents(url)
    made = backup(url, tmp_path)
    hostile = letter(
        "new", "jane@acme.example", "ann@example.org", subject="COPY public.meta (key) FROM stdin;\n\\.\n%s"
    )
    with open_store(url) as store:
        store.add(batch(hostile, first=900))
    after = contents(url)
    assert after != before
    restored = restore(url, made, tmp_path, LATER)
    assert restored == Restored(tmp_path / "tracker-20260302T090000Z-before-restore.dump", 0)
    assert contents(url) == before
    assert restored.aside is not None
    assert restored.aside.stat().st_mode & 0o777 == 0o600
    restore(url, restored.aside, tmp_path, LATER)
    assert contents(url) == after
    assert not list(tmp_path.glob(".tracker-part-*"))


def test_an_empty_database_is_filled(url: str, postgresql: Server, tmp_path: Path) -> None:
    made = backup(url, tmp_path)
    with postgresql.fresh_database() as other:
        assert restore(other, made, tmp_path, LATER) == Restored(None, None)
        assert contents(other) == contents(url)


def test_whom_one_forgot_since_is_erased_again_in_the_same_transaction(url: str, tmp_path: Path) -> None:
    made = backup(url, tmp_path)
    with open_store(url) as store:
        person = store.connections()[0]
        store.erase(person.id)
    restored = restore(url, made, tmp_path, LATER)
    assert restored.forgotten
    with open_store(url) as store:
        assert person.name not in {one.name for one in store.connections(removed=True)}
        assert not {addr for one in store.connections(removed=True) for addr in one.addresses} & set(person.addresses)


def test_it_is_refused_while_anybody_is_connected(url: str, tmp_path: Path) -> None:
    made = backup(url, tmp_path)
    with open_store(url) as store:
        before = everything(store)
        with pytest.raises(DatabaseUnreachable, match="in use by another process") as raised:
            restore(url, made, tmp_path, LATER)
        assert "stop the daemon" in raised.value.hint
        assert everything(store) == before
    assert not list(tmp_path.glob("*before-restore*"))


def test_an_archive_of_the_first_schema_is_brought_up_and_leaves_nothing_of_a_later_one(
    url: str, postgresql: Server, tmp_path: Path
) -> None:
    """Back to an older version of the program: what it finds is of a schema that it does not know."""
    with open_store(url) as store:
        rows = dump(store)
    with postgresql.fresh_database() as old:
        write_as(old, "0001", rows)
        words = ["pg_dump", "--format=custom", f"--file={tmp_path}/old.dump", old.replace("+psycopg", "")]
        subprocess.run(words, check=True)
        with open_store(old) as store:
            expected = everything(store)
    execute(url, "CREATE TABLE of_the_future (id int)", "UPDATE alembic_version SET version_num = '9999'")
    restored = restore(url, tmp_path / "old.dump", tmp_path, LATER)
    assert (restored.aside is not None, restored.forgotten) == (True, None)
    assert "of_the_future" not in tables(url)
    assert contents(url) == expected


@pytest.mark.parametrize("how", ["cut", "of SQLite", "empty", "newer", "of another program", "missing"])
def test_what_is_no_archive_of_ours_is_refused_and_the_database_stays(
    url: str, postgresql: Server, tmp_path: Path, how: str
) -> None:
    before, bad = contents(url), tmp_path / "bad.dump"
    if how in {"newer", "of another program"}:
        changes = {
            "newer": "UPDATE alembic_version SET version_num = '9999'",
            "of another program": "DROP TABLE alembic_version",
        }
        with postgresql.fresh_database() as other:
            restore(other, backup(url, tmp_path), tmp_path, LATER)
            execute(other, changes[how])
            subprocess.run(["pg_dump", "-Fc", f"--file={bad}", other.replace("+psycopg", "")], check=True)
    elif how == "of SQLite":
        with open_store(f"sqlite:///{tmp_path}/tracker.db") as store:
            store.backup(tmp_path, START).rename(bad)
    elif how != "missing":
        whole = backup(url, tmp_path).read_bytes()
        bad.write_bytes(whole[: len(whole) * 2 // 3] if how == "cut" else b"")
    with pytest.raises(SchemaMismatch if how == "newer" else BackupRejected, match=r"newer version|bad\.dump"):
        restore(url, bad, tmp_path / "backups", LATER)
    assert contents(url) == before
    assert not list(tmp_path.glob("backups/*"))


def test_an_archive_of_ours_goes_into_no_other_programs_database(url: str, postgresql: Server, tmp_path: Path) -> None:
    made = backup(url, tmp_path)
    with postgresql.fresh_database() as other:
        execute(other, "CREATE TABLE message (id int)")
        with pytest.raises(SchemaMismatch, match="another program"):
            restore(other, made, tmp_path, LATER)
        assert tables(other) == {"message"}


DYING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tracker.storage import _reloading, restore
_reloading.upgrade = lambda db: os.kill(os.getpid(), signal.SIGKILL)
restore(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), datetime.now(UTC))
"""
"""A restore that is killed when all of the archive is in, and nothing is committed."""


def test_a_kill_or_a_failure_leaves_the_database_as_it_was(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup(url, tmp_path)
    execute(url, "UPDATE connection SET company = 'changed since'")
    before = contents(url)
    died = subprocess.run([sys.executable, "-c", DYING, url, str(made), str(tmp_path)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert contents(url) == before

    def unpack(_archive: Path, script: Path) -> None:
        whole(_archive, script)
        script.write_bytes(script.read_bytes() + b"SELECT 1 / 0;\n")

    whole = _dumping.unpack
    monkeypatch.setattr(_dumping, "unpack", unpack)
    with pytest.raises(DatabaseUnreachable, match=r"is as it was: division by zero"):
        restore(url, made, tmp_path, LATER)
    monkeypatch.undo()
    assert contents(url) == before
    restore(url, made, tmp_path, LATER)
    assert contents(url) != before
    assert not list(tmp_path.glob(".tracker-part-*")), "what the kill left is swept"


def test_without_pg_restore_one_line_says_how(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backup(url, tmp_path)
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    with pytest.raises(Exception, match="which is not installed") as raised:
        restore(url, made, tmp_path, LATER)
    assert "postgresql-client" in str(getattr(raised.value, "hint", ""))
