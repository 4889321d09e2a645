"""Statements over many rows: in pieces that every database takes, and inserts that leave alone what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Table

PIECE = 500
"""Values in one IN list: SQLite's old limit is 999 variables, and each length is compiled once."""


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """`values` in lists of at most `PIECE`."""
    listed = list(values)
    for start in range(0, len(listed), PIECE):
        yield listed[start : start + PIECE]


def insert_new(db: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows`; those whose key is there already stay as they are."""
    if rows:
        insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        db.execute(insert(table).on_conflict_do_nothing(), rows)
