"""The store's contract: a database that an earlier version wrote is opened with every fact that it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import insert, inspect, select, text

from tests.contract.sample_facts import ME, SENT, START, batch, everything, letter, naming, pair_now
from tracker.domain.connection import Profile
from tracker.domain.folder import FolderState
from tracker.domain.message import AddrSpec, Delivery, ReportedRecipient
from tracker.storage import Store, open_store
from tracker.storage._engine import Database, parse_url
from tracker.storage._migrating import script_config
from tracker.storage._schema import HEAD, metadata

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    Rows = dict[str, list[dict[str, Any]]]

JANE = AddrSpec("jane@acme.example")
FAILED = tuple(ReportedRecipient(AddrSpec(addr), Delivery.FAILED) for addr in ("omar@b.example", "ida@b.example"))
ASKED = letter("asked", ME, JANE)
ANSWER = letter("answer", JANE, ME, hours=3, in_reply_to=naming("asked"), references=naming("asked"))
BOUNCE = letter("bounce", "mailer-daemon@mx", ME, hours=1, reported=FAILED, signals=frozenset({"failed_recipients"}))


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_database_of_an_earlier_schema_keeps_its_facts_and_learns_the_rest(
    url: str, tmp_path: Path, revision: str
) -> None:
    with open_store(f"sqlite:///{tmp_path}/present.db") as present:
        fill(present)
        before = everything(present)
        rows = dump(present)
    (tmp_path / "state").mkdir()
    write_as(url, revision, rows)

    with open_store(url) as store:
        after = everything(store)
        assert {**after, "folders": None} == {**before, "folders": None}
        assert len(after["messages"]) == 3
        assert _revision(store) == HEAD
        assert store.folder_state("work", "INBOX") == FolderState(7, 1, is_begun_only=True), "it is read again"
        assert store.folder_state("work", "Sent") == FolderState(7, 1, is_begun_only=True)
        assert [(one.name, one.messages) for one in store.folders("work")] == [("INBOX", 2), ("Sent", 1)]

        fuller = replace(ANSWER, thread_keys=("work gm 1",), thread_index="0f" * 22)
        assert store.add(batch(fuller, BOUNCE)) == 0
        assert store.folder_state("work", "INBOX") == FolderState(7, 3)
        assert fuller in everything(store)["messages"]
        assert [(one.name, one.messages) for one in store.folders("work")] == [("INBOX", 2), ("Sent", 1)]
        pair_now(store)


def test_asks_in_an_earlier_form_are_dropped_and_computed_again(url: str, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/present.db") as present:
        fill(present)
        pair_now(present)
        expected = present.evidences(), present.received_days()
        rows = dump(present)
    assert expected[0].asks
    rows["ask"][0]["sent"] = '[["aa","asked@mail.example","jane@acme.example",1,1,null,"",null]]'
    (tmp_path / "state").mkdir()
    write_as(url, "0006", rows)

    with open_store(url) as store:
        assert not store.evidences().asks
        assert store.is_dirty("same")
        pair_now(store)
        assert (store.evidences(), store.received_days()) == expected


def fill(store: Store) -> None:
    """What a pass and an import leave behind."""
    store.merge_profiles([Profile("jane", "Jane", addresses=(JANE,))], complete=True)
    store.begin_pass("work", START)
    store.add(batch(ANSWER, BOUNCE))
    store.add(batch(ASKED, folder=SENT))
    store.complete_pass("work", START)


def dump(store: Store) -> Rows:
    """Every row of every table."""
    with store._database.reading() as db:
        return {
            table.name: [dict(row._mapping) for row in db.execute(select(table))] for table in metadata.sorted_tables
        }


def write_as(url: str, revision: str, rows: Rows) -> None:
    """A database of that revision with the rows, as far as it had their tables and columns."""
    database = Database(parse_url(url))
    with database.writing() as db:
        config = script_config()
        config.attributes["connection"] = db
        command.upgrade(config, revision)
        tables = inspect(db)
        for table in metadata.sorted_tables:
            if rows[table.name] and tables.has_table(table.name):
                known = {column["name"] for column in tables.get_columns(table.name)}
                kept = [{name: row[name] for name in row if name in known} for row in rows[table.name]]
                db.execute(insert(table), kept)
    database.close()


def _revision(store: Store) -> str | None:
    with store._database.reading() as db:
        revision: str | None = db.scalar(text("SELECT version_num FROM alembic_version"))
        return revision
