"""The store's contract: opening a database, and every way in which that cannot be done."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from tests.contract.sample_facts import ME, START, batch, everything, letter, pair_now
from tracker.domain.connection import Profile
from tracker.errors import ConfigError, DatabaseUnreachable, MissingExtra, SchemaMismatch, TrackerError
from tracker.storage import Store, open_store
from tracker.storage._engine import Database, parse_url
from tracker.storage._migrating import script_config
from tracker.storage._schema import HEAD, metadata
from tracker.storage._types import UtcDateTime

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.postgresql import Server


def test_what_was_stored_is_there_after_opening_again(url: str) -> None:
    with open_store(url) as first:
        first.add(batch(letter("one", ME, "jane@x.example")))
        before = everything(first)
    with open_store(url) as second:
        assert everything(second) == before


def test_the_migrations_lead_to_the_schema(store: Store) -> None:
    with store._database.reading() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_the_schema_knows_the_latest_revision() -> None:
    assert ScriptDirectory.from_config(script_config()).get_heads() == [HEAD]


def test_the_tables_on_sqlite_are_those_of_the_schema_to_the_letter(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/migrated.db"):
        pass
    made = _ddl(tmp_path / "migrated.db")
    database = Database(parse_url(f"sqlite:///{tmp_path}/created.db"))
    with database.writing() as db:
        metadata.create_all(db)
    database.close()
    assert made == _ddl(tmp_path / "created.db")


def test_a_database_of_a_newer_program_is_refused_and_left_alone(url: str) -> None:
    with open_store(url) as store, store._database.writing() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaMismatch, match=r"newer version of tracker \(schema 9999, known up to \d+\)") as caught:
        open_store(url)

    assert "upgrade tracker" in caught.value.hint


def test_a_database_of_another_program_is_refused(url: str) -> None:
    with open_store(url) as store, store._database.writing() as db:
        db.execute(text("DROP TABLE alembic_version"))

    with pytest.raises(SchemaMismatch, match="another program"):
        open_store(url)


def test_a_migration_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic.op.create_index", _explode)
    with pytest.raises(_Boom):
        open_store(url)
    monkeypatch.undo()

    with open_store(url) as store:
        assert store.accounts() == []


class _Boom(Exception):
    """Raised in the middle of a migration."""


def _explode(*_: object, **__: object) -> None:
    raise _Boom


def test_two_processes_may_open_a_new_database_at_once(url: str) -> None:
    program = "import sys; from tracker.storage import open_store; open_store(sys.argv[1]).close()"
    started = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in started] == [("", 0)] * 3


def test_two_processes_may_write_at_once(url: str) -> None:
    program = (
        "import sys; from tests.contract.sample_facts import *; from tracker.storage import open_store\n"
        "letters = [letter(f'm{n % 30}', ME, f'p{n}@x.example') for n in range(40)]\n"
        "store = open_store(sys.argv[1]); start = int(sys.argv[2])\n"
        "for n in range(start, start + 20): store.add(batch(letters[n], first=n + 1))\n"
        "store.close()"
    )
    with open_store(url) as store:
        started = [
            subprocess.Popen([sys.executable, "-c", program, url, str(first)], stderr=subprocess.PIPE, text=True)
            for first in (0, 20)
        ]
        assert [(one.communicate(timeout=60)[1], one.returncode) for one in started] == [("", 0)] * 2
        assert store.coverage(["work"]).messages == 30
        assert store.folders("work")[0].messages == 40


def test_two_threads_may_write_the_same_messages_at_once(store: Store) -> None:
    facts = [letter(f"m{number}", ME, f"p{number}@x.example") for number in range(50)]
    new: list[int] = []

    def write(order: int) -> None:
        new.extend(store.add(batch(*facts[n : n + 10], first=n + 1)) for n in range(0, 50, 10)[::order])

    threads = [threading.Thread(target=write, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(new) == 50
    assert store.coverage(["work"]).messages == 50
    assert store.folders("work")[0].messages == 50


def test_a_pairing_makes_other_writers_wait_and_lets_readers_in(store: Store) -> None:
    store.merge_profiles([Profile("jane", "Jane")], complete=True)
    writer = threading.Thread(target=store.add, args=(batch(letter("one", ME, "jane@x.example")),))
    with store.pairing("same") as work:
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
        assert work.mail() == []
        assert [person.name for person in store.connections()] == ["Jane"]
    writer.join(30)

    pair_now(store)
    assert store.coverage(["work"]).messages == 1


def test_the_file_and_its_folder_are_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "tracker.db"
    before = os.umask(0)
    try:
        with open_store(f"sqlite:///{path}") as store:
            store.begin_pass("work", START)
            files = sorted(path.parent.iterdir())
            assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
            assert len(files) == 3
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_sqlite_is_opened_with_a_journal_that_readers_do_not_wait_for(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/t.db") as store, store._database.reading() as db:
        found = {name: db.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
        assert db.scalar(text("PRAGMA busy_timeout")) == 60_000


def test_a_connection_keeps_little_of_the_file_in_memory(tmp_path: Path) -> None:
    """Each thread of the daemon may have one of its own, and the system keeps the file's pages anyway."""
    with open_store(f"sqlite:///{tmp_path}/t.db") as store, store._database.reading() as db:
        assert db.scalar(text("PRAGMA cache_size")) == -500, "KiB, where it is negative"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense secret", "cannot be read"),
        ("", "cannot be read"),
        ("mysql://ann:secret@host/db", "of the kind 'mysql'"),
        ("postgresql+asyncpg://ann:secret@host/db", "of the kind 'postgresql+asyncpg'"),
        ("postgresql+psycopg://ann:secret@host:port/db", "cannot be read"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_cannot_be_used_is_a_matter_of_configuration(url: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(url)

    assert words in caught.value.message
    assert "secret" not in _all_words(caught.value)


def test_a_server_that_is_not_there_is_told_in_one_line_without_the_password() -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_store("postgresql+psycopg://ann:s3cret@127.0.0.1:1/mail")

    assert caught.value.message.startswith("the database mail at 127.0.0.1:1 cannot be used: ")
    assert "\n" not in caught.value.message
    assert "s3cret" not in _all_words(caught.value)


def test_a_database_that_is_not_there_is_told_without_the_password(postgresql: Server) -> None:
    with pytest.raises(DatabaseUnreachable, match='database "nowhere" does not exist') as caught:
        open_store(postgresql.url("nowhere").replace("tracker@", "tracker:s3cret@"))

    assert "s3cret" not in _all_words(caught.value)


def test_a_server_that_goes_away_is_unreachable_and_usable_again_afterwards(postgresql: Server) -> None:
    with postgresql.fresh_database() as url, open_store(url) as store:
        with pytest.raises(DatabaseUnreachable):
            _cut_own_session(store)
        assert store.accounts() == []


def _cut_own_session(store: Store) -> None:
    with store._database.reading() as db:
        own = db.scalar(text("SELECT pg_backend_pid()"))
        with store._database.reading() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        db.execute(text("SELECT 1"))


def test_postgresql_without_its_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingExtra, match="a PostgreSQL database") as caught:
        open_store("postgresql+psycopg://ann@host/db")

    assert "[postgresql]" in caught.value.hint


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DatabaseUnreachable, match="Not a directory"):
        open_store(f"sqlite:///{tmp_path}/file/sub/tracker.db")


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann,\n" * 500)

    with pytest.raises(DatabaseUnreachable, match="file is not a database"):
        open_store(f"sqlite:///{path}")

    assert path.read_text() == "Dear Ann,\n" * 500


def test_a_path_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as caught:
        open_store(f"sqlite:///{tmp_path}")

    assert caught.value.message == f"the database {tmp_path} cannot be used: Is a directory"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())  # noqa: DTZ001 -- what is refused


def _all_words(error: BaseException) -> str:
    """Everything that could be printed of an error."""
    words = f"{error!r} {error}" + (error.hint if isinstance(error, TrackerError) else "")
    causes = [cause for cause in (error.__cause__, error.__context__) if cause is not None]
    return words + "".join(_all_words(cause) for cause in causes)


def _ddl(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        return {name: " ".join(ddl.split()) for name, ddl in rows if name != "alembic_version"}
    finally:
        connection.close()
