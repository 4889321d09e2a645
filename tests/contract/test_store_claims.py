"""The store's contract: the claim of a daemon, which one at a time has on a database."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import psycopg
import pytest

from tracker.errors import AlreadyRunning, SchemaMismatch
from tracker.storage import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machine.postgresql import Server


def test_one_at_a_time_claims_a_database_and_the_others_may_read_and_write_it(url: str) -> None:
    with open_store(url, claims=True) as daemon:
        with pytest.raises(
            AlreadyRunning, match=rf"^another tracker run \(process {os.getpid()}.*works on this database"
        ):
            open_store(url, claims=True)
        with open_store(url) as command:
            assert command.renew_claim() == ""
            command.keep_from(None)
        assert daemon.renew_claim() == ""
    for _ in range(2):
        with open_store(url, claims=True) as next_one:
            assert next_one.renew_claim() == ""


def test_who_is_refused_does_not_come_to_an_upgrade(url: str) -> None:
    with open_store(url, claims=True) as daemon:
        with daemon._database.writing() as db:
            db.exec_driver_sql("UPDATE alembic_version SET version_num = 'another'")
        with pytest.raises(SchemaMismatch):
            open_store(url)
        with pytest.raises(AlreadyRunning):
            open_store(url, claims=True)


def test_the_file_beside_a_database_is_its_owners_and_names_the_process(tmp_path: Path) -> None:
    (tmp_path / "tracker.db.run").write_text("4711471147114711\n", encoding="ascii")
    (tmp_path / "tracker.db.run").chmod(0o600)
    for name in ("tracker.db", "other.db"):
        with open_store(f"sqlite:///{tmp_path / name}", claims=True):
            file = tmp_path / f"{name}.run"
            assert file.read_text("ascii") == f"{os.getpid()}\n"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "no number", "\0" * 30])
def test_a_file_that_names_no_process_is_as_good(tmp_path: Path, content: str) -> None:
    with open_store(f"sqlite:///{tmp_path}/tracker.db", claims=True):
        (tmp_path / "tracker.db.run").write_text(content, encoding="ascii")
        with pytest.raises(AlreadyRunning, match=r"^another tracker run works on this database$"):
            open_store(f"sqlite:///{tmp_path}/tracker.db", claims=True)


def test_another_name_of_a_database_is_no_other_database(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "link.db").symlink_to(tmp_path / "tracker.db")
    with open_store(f"sqlite:///{tmp_path}/tracker.db", claims=True), pytest.raises(AlreadyRunning):
        open_store(f"sqlite:///{tmp_path}/home/link.db", claims=True)


def test_what_lies_in_the_files_place_is_not_written_and_keeps_nobody_from_work(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious", encoding="ascii")
    (tmp_path / "tracker.db.run").symlink_to(tmp_path / "precious")
    with open_store(f"sqlite:///{tmp_path}/tracker.db", claims=True) as store:
        told = f"whether another tracker run works on this database cannot be told: {tmp_path}/tracker.db.run: "
        assert store.renew_claim().startswith(told)
    assert (tmp_path / "precious").read_text("ascii") == "precious"


def test_two_schemas_of_one_postgresql_database_are_two(postgresql: Server) -> None:
    with postgresql.fresh_database() as url:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
            db.execute('CREATE SCHEMA "Two"')
        second = f"{url}&options=-csearch_path%3D%22Two%22"
        with open_store(url, claims=True), open_store(second, claims=True):
            for one in (url, second):
                with pytest.raises(AlreadyRunning):
                    open_store(one, claims=True)


def test_the_transaction_that_stays_open_on_a_server_holds_nothing_else(postgresql: Server) -> None:
    """For as long as the daemon runs, an old snapshot would keep VACUUM from its work, and a table's lock ALTER."""
    with postgresql.fresh_database() as url:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
            db.execute(f"ALTER DATABASE {db.info.dbname} SET default_transaction_isolation = 'serializable'")
            db.execute(f"ALTER DATABASE {db.info.dbname} SET idle_in_transaction_session_timeout = '300ms'")
        with open_store(url, claims=True) as store, psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
            pids = set()
            for _ in range(3):
                assert store.renew_claim() == ""
                session = "SELECT pid, state, backend_xid, backend_xmin FROM pg_stat_activity"
                mine = " WHERE application_name LIKE 'tracker run%' AND datname = current_database()"
                [(pid, *rest)] = db.execute(session + mine).fetchall()
                assert rest == ["idle in transaction", None, None]
                locks = db.execute("SELECT locktype FROM pg_locks WHERE pid = %s ORDER BY locktype", (pid,)).fetchall()
                assert locks == [("advisory",), ("virtualxid",)]
                pids.add(pid)
                db.execute("SELECT pg_sleep(0.6)")
            assert len(pids) == 1, "a server's bound for transactions ended it"
