"""Putting an archive of pg_dump in the place of a PostgreSQL database: checked before, in one transaction."""

from __future__ import annotations

import itertools
import re
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select, text

from tracker.domain.backups import BEFORE_RESTORE
from tracker.errors import BackupRejected, DatabaseUnreachable
from tracker.sanitizer import one_line
from tracker.storage import _dumping, _meta
from tracker.storage._copying import copy
from tracker.storage._engine import Database
from tracker.storage._erasing import erase_again
from tracker.storage._files import workshop
from tracker.storage._migrating import VERSION_TABLE, known_revisions, refuse_unknown, revision_of, upgrade
from tracker.storage._schema import forgotten, metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import URL, Connection

_COPY = re.compile(rb"COPY (?:\w+\.)?\"?(\w+)\"? \(.*\) FROM stdin;\n")
"""How a script of pg_restore announces the rows of a table, which end with a line of `\\.` (pg_dump's manual)."""

_AT_ONCE = 1_000
"""Rows that are sent together."""

_LOOKS, _PAUSE = 10, 0.1
"""How often it is looked whether anybody is connected, and seconds between two looks."""

_NOT_OURS = (b"\\", b"SET transaction_timeout")
"""How lines begin that are for psql, and a setting that servers before PostgreSQL 17 do not know."""


def reload(url: URL, file: Path, folder: Path, now: datetime) -> tuple[Path | None, int | None]:
    """Put an archive in the place of what the database holds; the archive of that, and how many were erased again.

    Both are as in `Restored`. Either all of it happens, the upgrade to this program's schema and the erasing of those
    who were forgotten since included, or nothing. Raises `BackupRejected`, `SchemaMismatch`, `BackupFailed`,
    `DatabaseUnreachable` (also if anybody else is connected to the database), `OSError`.
    """
    database = Database(url)
    try:
        with workshop(folder) as shop:
            script = shop / "script"
            _dumping.unpack(file, script)
            tables = _tables_in(script, one_line(str(file)))
            with database.writing() as db:
                _demand_alone(db)
                was = revision_of(db)
                names = _forgotten(db) if was in known_revisions() else None
                aside = None if was is None else copy(database, folder, made_at=now, reason=BEFORE_RESTORE)
                # Nobody else of ours has written since, for that takes the lock that is held here.
                _drop(db, tables if was is None or was in known_revisions() else inspect(db).get_table_names())
                _run(db, script)
                upgrade(db)
                erased = None if names is None else erase_again(db, *names)
    finally:
        database.close()
    return aside, erased


def _tables_in(script: Path, name: str) -> frozenset[str]:
    """The tables that a script fills. Raises `BackupRejected` (another program's), `SchemaMismatch` (a newer one's)."""
    tables: set[str] = set()
    revision = ""
    with script.open("rb") as lines:
        for statements, rows in _pieces(lines):
            match = _COPY.fullmatch(statements)
            if match is not None and rows is not None:
                tables.add(match[1].decode())
                first = next(rows, b"")
                revision = first.decode().strip() if match[1].decode() == VERSION_TABLE else revision
                deque(rows, maxlen=0)
    if not revision or not tables & metadata.tables.keys():
        raise BackupRejected(f"{name} holds a database of another program", hint="name a backup of tracker's")
    refuse_unknown(revision)
    return frozenset(tables)


def _demand_alone(db: Connection) -> None:
    """Raises `DatabaseUnreachable` if anybody else is connected: the daemon is, for as long as it runs.

    Who has just ended is still listed for a moment.
    """
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    for _ in range(_LOOKS):
        db.execute(text("SELECT pg_stat_clear_snapshot()"))
        if not db.scalar(others):
            return
        time.sleep(_PAUSE)
    raise DatabaseUnreachable(
        "the database is in use by another process",
        hint="stop the daemon (systemctl stop tracker), and end other sessions on this database",
    )


def _forgotten(db: Connection) -> tuple[str | None, tuple[bytes, ...]] | None:
    """Who was forgotten by the database as it is: the salt and the digests; None if it has no place for them yet."""
    if not inspect(db).has_table(forgotten.name):
        return None
    return _meta.get(db, _meta.SALT), tuple(bytes(digest) for digest in db.scalars(select(forgotten.c.digest)))


def _drop(db: Connection, names: Collection[str]) -> None:
    """Drop all of ours, and what the archive brings, whatever is there."""
    quote = db.dialect.identifier_preparer.quote
    for name in sorted({*names, *metadata.tables, VERSION_TABLE}):
        db.execute(text(f"DROP TABLE IF EXISTS {quote(name)} CASCADE"))


def _run(db: Connection, script: Path) -> None:
    """Run a script of pg_restore in the transaction of `db`: statements as they stand, rows by COPY."""
    raw: Any = db.connection.driver_connection
    try:
        with script.open("rb") as lines, raw.cursor() as cursor:
            for statements, rows in _pieces(lines):
                if rows is None:
                    cursor.execute(statements)
                else:
                    with cursor.copy(statements) as table:
                        while some := b"".join(itertools.islice(rows, _AT_ONCE)):
                            table.write(some)
            # The script leaves no search path, so that it names everything in full; we do not.
            cursor.execute("RESET ALL")
    except db.dialect.loaded_dbapi.Error as error:
        raise DatabaseUnreachable(
            f"the database did not take the backup, and is as it was: {one_line(str(error))}",
            hint="see that the server runs and has room, and that it is not older than the one that was backed up",
        ) from error


def _pieces(lines: Iterator[bytes]) -> Iterator[tuple[bytes, Iterator[bytes] | None]]:
    """The script in pieces that a server takes: statements, or a COPY with its rows."""
    statements: list[bytes] = []
    for line in lines:
        if _COPY.fullmatch(line):
            yield b"".join(statements), None
            statements = []
            yield line, _rows(lines)
        elif not line.startswith(_NOT_OURS):
            statements.append(line)
    yield b"".join(statements), None


def _rows(lines: Iterator[bytes]) -> Iterator[bytes]:
    return itertools.takewhile(lambda line: line != b"\\.\n", lines)
