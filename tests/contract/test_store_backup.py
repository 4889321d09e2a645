"""The store's contract: a backup holds everything, on either database, and what fails or is killed leaves nothing."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text

from tests.contract.sample_facts import ME, START, batch, everything, letter
from tests.contract.test_store_upgrade import dump, fill, write_as
from tracker.errors import BackupFailed, BackupRejected, DatabaseUnreachable
from tracker.storage import Store, _dumping, open_store, restore
from tracker.storage._engine import Database
from tracker.storage._files import alone, workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.postgresql import Server


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/state/tracker.db")


def test_a_backup_of_sqlite_is_a_database_with_everything(sqlite_store: Store, tmp_path: Path) -> None:
    fill(sqlite_store)
    made = sqlite_store.backup(tmp_path / "backups", START)
    assert made == tmp_path / "backups" / "tracker-20260301T090000Z.db"
    assert (made.stat().st_mode & 0o777, made.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [path.name for path in made.parent.iterdir()] == [made.name], "nothing else is left"
    with open_store(f"sqlite:///{made}") as copy:
        assert everything(copy) == everything(sqlite_store)
    sqlite_store.close()


def test_a_backup_of_postgresql_is_restored_by_its_own_programs(postgresql: Server, tmp_path: Path) -> None:
    with postgresql.fresh_database() as url, postgresql.fresh_database() as other:
        with open_store(url) as store:
            fill(store)
            made = store.backup(tmp_path / "backups", START)
            before = everything(store)
        assert made.name == "tracker-20260301T090000Z.dump"
        assert made.stat().st_mode & 0o777 == 0o600
        into = f"--dbname={other.replace('+psycopg', '')}"
        words = ["pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", into, str(made)]
        subprocess.run(words, check=True, capture_output=True)
        with open_store(other) as store:
            assert everything(store) == before
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@pytest.mark.parametrize(
    ("server", "query"),
    [
        ("ann:sec%3Aret@db.example:5433", ""),
        ("ann@db.example:5433", "&password=sec:ret"),
        ("ann:hunter2@db.example:5433", "&password=sec%3Aret"),
    ],
    ids=["of the user", "in the query", "both"],
)
def test_a_password_of_postgresql_is_on_no_command_line_and_in_no_environment(
    tmp_path: Path, server: str, query: str
) -> None:
    told, files = given_to_pg_dump(tmp_path, f"postgresql+psycopg://{server}/mail?sslmode=require{query}")
    assert "postgresql://ann@db.example:5433/mail?sslmode=require\n" in told
    assert not re.search("sec(:|%3A)|hunter2", told)
    assert files == "*:*:*:*:sec\\:ret\n"


def test_other_secrets_of_libpq_are_in_a_file_as_well(tmp_path: Path) -> None:
    url = "postgresql+psycopg://ann:hunter2@db.example/mail?sslkey=/etc/key&sslpassword=sec%3Aret"
    told, files = given_to_pg_dump(tmp_path, url)
    assert "postgresql://ann@db.example/mail?sslkey=%2Fetc%2Fkey\n" in told
    assert not re.search("sec(:|%3A)|hunter2", told)
    assert files == "*:*:*:*:hunter2\n[tracker]\nsslpassword=sec:ret\n"


def given_to_pg_dump(tmp_path: Path, url: str) -> tuple[str, str]:
    """What a pg_dump that only tells it was given: words and environment, and what stands in files beside the copy."""
    seen = tmp_path / "seen"
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    files = '"$PGPASSFILE" ${PGSERVICEFILE:+"$PGSERVICEFILE"}'
    fake.write_text(f'#!/bin/sh\n(echo "$@"; env) >{seen}\ncat {files} >{seen}.files\nexit 1\n', encoding="utf-8")
    fake.chmod(0o700)
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{fake.parent}:{before}"
    try:
        with workshop(tmp_path) as place, pytest.raises(BackupFailed):
            _dumping.dump(make_url(url), place / "copy")
    finally:
        os.environ["PATH"] = before
    return seen.read_text("utf-8"), (tmp_path / "seen.files").read_text("utf-8")


def test_without_pg_dump_one_line_says_how(postgresql: Server, tmp_path: Path) -> None:
    before = os.environ["PATH"]
    with postgresql.fresh_database() as url, open_store(url) as store:
        os.environ["PATH"] = str(tmp_path)
        try:
            with pytest.raises(BackupFailed, match="which is not installed") as raised:
                store.backup(tmp_path / "backups", START)
        finally:
            os.environ["PATH"] = before
    assert "postgresql-client" in raised.value.hint


def test_a_backup_beside_a_busy_writer_is_one_state_of_the_database(sqlite_store: Store, tmp_path: Path) -> None:
    """Each batch adds five messages and a mark of how far it is: in every copy both agree."""
    fill(sqlite_store)
    already = count(sqlite_store, "message")
    stop = threading.Event()
    written = [0]

    def write() -> None:
        while not stop.is_set() and written[0] < 5_000:
            number = written[0]
            facts = [letter(f"busy{number}-{each}", f"p{number}@x.example", ME, hours=number) for each in range(5)]
            sqlite_store.add(batch(*facts, first=10 + 5 * number))
            written[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = []
        for number in range(5):
            before = written[0]
            while written[0] < before + 5 and writer.is_alive():
                pass
            made = sqlite_store.backup(tmp_path / str(number), START)
            with open_store(f"sqlite:///{made}") as copy:
                messages = count(copy, "message") - already
                (folder,) = [one for one in copy.folders("work") if one.name == "INBOX"]
            assert messages % 5 == 0
            assert folder.next_uid == 10 + messages
            found.append(messages)
    finally:
        stop.set()
        writer.join()
    assert found == sorted(set(found)), "the writer was never at work between two copies"
    assert found[0] > 0
    sqlite_store.close()


def count(store: Store, table: str) -> int:
    with store._database.reading() as db:
        return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 -- a name from this file


def test_what_a_killed_backup_left_is_swept_and_what_another_is_at_stays(tmp_path: Path) -> None:
    with workshop(tmp_path) as abandoned:
        copied = tmp_path / ".tracker-part-killed"
        shutil.copytree(abandoned, copied)
        (copied / "copy").write_bytes(b"half")
        with workshop(tmp_path) as other:
            assert sorted(path.name for path in tmp_path.iterdir()) == sorted([abandoned.name, other.name])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("harm", ["a page overwritten", "no database", "an index without its rows"])
def test_a_copy_that_the_disk_ruined_never_gets_the_name_of_a_backup(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    fill(sqlite_store)
    whole = Database.copy_into

    def copy_into(self: Database, file: Path) -> None:
        whole(self, file)
        content = file.read_bytes()
        if harm == "an index without its rows":
            with contextlib.closing(sqlite3.connect(file)) as db, db:
                db.execute("PRAGMA writable_schema = ON")
                (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_mailbox_addr'").fetchone()
                db.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = 'mailbox'", (root,))
        else:
            at = 8192 if harm == "a page overwritten" else 0
            file.write_bytes(content[:at] + b"\xff" * 4096 + content[at + 4096 :])

    monkeypatch.setattr(Database, "copy_into", copy_into)
    with pytest.raises(BackupFailed, match=r"no backup was made in .*: ") as raised:
        sqlite_store.backup(tmp_path / "backups", START)
    assert "Traceback" not in raised.value.message
    assert not list((tmp_path / "backups").iterdir())
    sqlite_store.close()


def test_what_a_killed_restore_left_is_swept_by_the_next_backup(sqlite_store: Store, tmp_path: Path) -> None:
    """It is a copy of a backup, in which somebody may be who was forgotten since."""
    left = tmp_path / "state" / ".tracker-part-killed"
    (left / "new").mkdir(parents=True)
    (left / "new" / "tracker.db").write_bytes(b"half")
    with workshop(tmp_path / "state") as busy:
        left.mkdir(exist_ok=True)
        sqlite_store.backup(tmp_path / "backups", START)
        assert [path.name for path in (tmp_path / "state").glob(".tracker-part-*")] == [busy.name]
    sqlite_store.close()


def test_an_older_backup_is_brought_up_to_date_also_in_the_place_of_a_newer_programs_database(
    sqlite_store: Store, tmp_path: Path
) -> None:
    fill(sqlite_store)
    sqlite_store.close()
    url, old = f"sqlite:///{tmp_path}/state/tracker.db", tmp_path / "old.db"
    with open_store(url) as store:
        rows = dump(store)
    write_as(f"sqlite:///{old}", "0001", rows)
    kept = old.read_bytes()
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "tracker.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    restore(url, old, tmp_path / "backups", START)
    assert old.read_bytes() == kept
    with open_store(url) as store, open_store(f"sqlite:///{old}") as upgraded:
        assert everything(store) == everything(upgraded)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupFailed, match="no backup was made in"):
        sqlite_store.backup(tmp_path / "file", START)
    sqlite_store.close()


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything; nobody else may."""
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.seteuid(65534)
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_a_backup_that_one_may_not_read_is_said_to_be_so(sqlite_store: Store) -> None:
    """Root brought it from another disk, and the user of a service is told what is wrong with it."""
    fill(sqlite_store)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        made = sqlite_store.backup(folder / "backups", START)
        made.parent.chmod(0o755)
        made.chmod(0)
        with as_nobody(), pytest.raises(BackupRejected, match="cannot be read: Permission denied") as raised:
            restore(f"sqlite:///{folder}/state/tracker.db", made, folder / "aside", START)
        assert "see that you may read it" in raised.value.hint
        assert not (folder / "state" / "tracker.db").exists()
    sqlite_store.close()


def test_a_store_that_is_open_forbids_a_restore_and_a_closed_one_does_not(sqlite_store: Store, tmp_path: Path) -> None:
    fill(sqlite_store)
    made = sqlite_store.backup(tmp_path / "backups", START)
    url = f"sqlite:///{tmp_path}/state/tracker.db"
    with pytest.raises(DatabaseUnreachable, match="is in use by another process"):
        restore(url, made, tmp_path / "backups", START)
    before = everything(sqlite_store)
    sqlite_store.close()
    with alone(tmp_path / "state"):
        pass
    restored = restore(url, made, tmp_path / "backups", START)
    assert restored.aside == tmp_path / "backups" / "tracker-20260301T090000Z-before-restore.db"
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["tracker.db"]
    with open_store(url) as store:
        assert everything(store) == before
    with open_store(f"sqlite:///{restored.aside}") as store:
        assert everything(store) == before
    again = restore(url, made, tmp_path / "backups", START)
    assert again.aside == tmp_path / "backups" / "tracker-20260301T090001Z-before-restore.db"
