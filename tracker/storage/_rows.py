"""Statements over many rows: in pieces that every database takes, and inserts that leave alone what is there.

Those that a sync needs for each message go to the driver as text, with values as it takes them: building and compiling
them, or converting a value at a time, takes longer than the database does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, Connection, Table
    from sqlalchemy.dialects import postgresql, sqlite

PIECE = 500
"""Values in one IN list: SQLite's old limit is 999 variables, and each length is compiled once."""


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """`values` in lists of at most `PIECE`."""
    listed = list(values)
    for start in range(0, len(listed), PIECE):
        yield listed[start : start + PIECE]


def insert_rows(db: Connection, table: Table, rows: Iterable[tuple[Any, ...]], *, otherwise: str = "") -> int:
    """Insert `rows` in the order of the table's columns; how many. `otherwise` says what to do with what is there."""
    return _insert_into(db, table.name, table.columns.keys(), list(rows), otherwise)


def insert_columns(db: Connection, table: Table, columns: Sequence[Sequence[Any]]) -> None:
    """Insert rows of which these are the `columns`, in their order; one that is None throughout is left out.

    SQLite's driver takes ten times as long for None as for a number.
    """
    named = zip(table.columns.keys(), columns, strict=True)
    told = {name: values for name, values in named if values and not _is_nothing(values)}
    _insert_into(db, table.name, [*told], list(zip(*told.values(), strict=True)))


def _is_nothing(values: Sequence[Any]) -> bool:
    return values[0] is None and values.count(None) == len(values)


def _insert_into(
    db: Connection, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]], otherwise: str = ""
) -> int:
    if not rows:
        return 0
    into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_signs(db, len(columns))})"  # noqa: S608 -- names of the schema alone
    return db.exec_driver_sql(f"{into} {otherwise}", rows).rowcount


def insert_missing(db: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> int:
    """Insert `rows` in the order of the table's columns, but those whose key is there, which stay; how many."""
    return insert_rows(db, table, rows, otherwise="ON CONFLICT DO NOTHING")


def replace_rows(db: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Put `rows`, in the order of the table's columns, in place of those with the same first column."""
    listed = [(*row[1:], row[0]) for row in rows]
    if listed:
        key, *columns = (column.name for column in table.columns)
        sign = _signs(db, 1)
        values = ", ".join(f"{name} = {sign}" for name in columns)
        db.exec_driver_sql(f"UPDATE {table.name} SET {values} WHERE {key} = {sign}", listed)  # noqa: S608 -- as above


def select_in(db: Connection, columns: Sequence[Column[Any]], values: Iterable[Any], **fixed: int) -> Iterator[Any]:
    """These `columns` of the rows in which the first is one of `values`, and those in `fixed` are as they say.

    Values are given and come as the driver has them.
    """
    table = columns[0].table.name
    names = ", ".join(column.name for column in columns)
    for piece in pieces(values):
        there = _among(db, columns[0].name, len(piece), fixed)
        yield from db.exec_driver_sql(f"SELECT {names} FROM {table} WHERE {there}", (*fixed.values(), *piece)).all()  # noqa: S608 -- as above


def delete_in(db: Connection, column: Column[Any], values: Iterable[Any], **fixed: int) -> None:
    """Delete the rows in which a column is one of `values`, and those in `fixed` are as they say."""
    for piece in pieces(values):
        there = _among(db, column.name, len(piece), fixed)
        db.exec_driver_sql(f"DELETE FROM {column.table.name} WHERE {there}", (*fixed.values(), *piece))  # noqa: S608 -- as above


def _among(db: Connection, name: str, count: int, fixed: Mapping[str, int]) -> str:
    also = "".join(f"{column} = {_signs(db, 1)} AND " for column in fixed)
    return f"{also}{name} IN ({_signs(db, count)})"


def _signs(db: Connection, count: int) -> str:
    return ", ".join(["?" if db.dialect.name == "sqlite" else "%s"] * count)


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
