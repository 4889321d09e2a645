"""Statements over many rows: in pieces that every database takes, and inserts that leave alone what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Table
    from sqlalchemy.dialects import postgresql, sqlite

PIECE = 500
"""Values in one IN list: SQLite's old limit is 999 variables, and each length is compiled once."""


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """`values` in lists of at most `PIECE`."""
    listed = list(values)
    for start in range(0, len(listed), PIECE):
        yield listed[start : start + PIECE]


def insert_numbers(db: Connection, table: Table, rows: Sequence[tuple[int | None, ...]]) -> None:
    """Insert `rows` of a table of whole numbers, in the order of its columns; those that are there stay as they are.

    Compiling a value at a time, as for other tables, takes longer than to insert them.
    """
    if rows:
        columns = ", ".join(column.name for column in table.columns)
        signs = ", ".join("?" if db.dialect.name == "sqlite" else "%s" for _ in table.columns)
        into = f"INSERT INTO {table.name} ({columns}) VALUES ({signs})"  # noqa: S608 -- names of the schema alone
        db.exec_driver_sql(f"{into} ON CONFLICT DO NOTHING", list(rows))


def insert_new(db: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows`; those whose key is there already stay as they are."""
    if rows:
        db.execute(_insert(db)(table).on_conflict_do_nothing(), rows)


def _insert(db: Connection) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    # PostgreSQL's module is a tenth of the start of every command, and few have such a database.
    if db.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return postgresql.insert
