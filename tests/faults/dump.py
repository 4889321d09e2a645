"""All that a database remembers, in a form in which two databases can be compared.

Row ids follow from the order of reading, and columns about passes, like the moments of chores, from the time of day;
none of them is part of it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, create_engine, select

from tracker.storage._engine import parse_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection, Engine, Table

    Names = Mapping[int, object]

Dump = dict[str, list[tuple[tuple[str, object], ...]]]
"""Rows by the names of tables, each row as its columns' names and values."""

KEPT_TIMES = frozenset({"message", "ask", "mark"})
"""Tables whose times are facts; wherever else a column ends with _at, it tells of a pass."""

_NO_MEMORY = ("alembic_version", "sqlite_", "latch")
"""Tables that hold nothing of the mail: a latch keeps an extension from use after a line that ended in it."""


def dump(url: str) -> Dump:
    """Every table of the database at `url`, sorted."""
    engine = create_engine(parse_url(url))
    try:
        tables = _tables(engine)
        with engine.connect() as db:
            names = _names(db, tables)
            return {
                name: sorted((_row(name, row, names) for row in _rows(db, table)), key=repr)
                for name, table in tables.items()
            }
    finally:
        engine.dispose()


def _rows(db: Connection, table: Table) -> Iterator[dict[str, Any]]:
    rows = (dict(row) for row in db.execute(select(table)).mappings())
    return (row for row in rows if not (table.name == "meta" and row["key"].startswith("chore ")))


_known: dict[str, dict[str, Table]] = {}


def _tables(engine: Engine) -> dict[str, Table]:
    """The tables of a migrated database, found once for each kind: asking for them takes longer than reading them."""
    if engine.name not in _known:
        metadata = MetaData()
        metadata.reflect(engine)
        found = sorted(metadata.tables.items())
        _known[engine.name] = {name: table for name, table in found if not name.startswith(_NO_MEMORY)}
    return _known[engine.name]


def _names(db: Connection, tables: Mapping[str, Table]) -> dict[str, Names]:
    """What each row id stands for, by the name of the column that refers to it."""

    def found(table: str, meaning: Callable[[Any], object]) -> Names:
        return {row.id: meaning(row) for row in db.execute(select(tables[table]))} if table in tables else {}

    accounts = found("account", lambda row: row.name)
    mailboxes = found("mailbox", lambda row: (row.name, row.addr))
    return {
        "account_id": accounts,
        "folder_id": found("folder", lambda row: (accounts[row.account_id], row.name)),
        "message_id": found("message", lambda row: bytes(row.identity).hex()),
        "mailbox_id": mailboxes,
        "author_id": mailboxes,
        "mailboxes": mailboxes,
    }


def _row(table: str, row: dict[str, Any], names: Mapping[str, Names]) -> tuple[tuple[str, object], ...]:
    return tuple(
        (column, _value(column, value, names))
        for column, value in sorted(row.items())
        if not (column == "id" and table != "connection") and (table in KEPT_TIMES or not column.endswith("_at"))
    )


def _value(column: str, value: object, names: Mapping[str, Names]) -> object:
    known = names.get(column, {})
    if column == "mailboxes":
        return tuple(tuple(known[int(one)] for one in field.split(",") if one) for field in str(value).split(";"))
    if isinstance(value, int) and column in names:
        return known.get(value, "nothing")
    return bytes(value) if isinstance(value, memoryview) else value


def difference(one: Dump, other: Dump) -> dict[str, tuple[list[object], list[object]]]:
    """By tables, the rows that stand on one side only."""
    return {
        name: (_without(one.get(name, []), other.get(name, [])), _without(other.get(name, []), one.get(name, [])))
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def _without(rows: list[Any], others: list[Any]) -> list[object]:
    return list((Counter(rows) - Counter(others)).elements())
