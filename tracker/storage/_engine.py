"""Opening a database and its transactions; the database's own errors become ours here."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tracker.errors import ConfigError, DatabaseUnreachable, MissingExtra
from tracker.liveness import alive
from tracker.sanitizer import one_line
from tracker.storage._files import present
from tracker.storage._secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import SQLAlchemyError

BUSY = 60.0
"""Seconds to wait for another process that writes: a pairing of everybody can take so long."""

_CONNECT = 10
"""Seconds to wait for a server."""

_WRITERS = 7_364_911_382
"""Key of the advisory lock under which all writing to one PostgreSQL database happens, one transaction at a time."""

_MY_TURN = text("SELECT pg_try_advisory_xact_lock(:key)")

_TURN = 0.02
"""Seconds between two tries to have that lock: who waits within one call cannot be told from who is stuck."""

_HINTS = {
    "SQLITE_CORRUPT": "the file is damaged: put a backup in its place (tracker restore), or move it away and sync",
    "SQLITE_BUSY": "another program keeps it locked; try again when that is done, or end it",
}
"""What to do about some families of SQLite's errors (sqlite.org/rescode.html)."""

_CACHE = 500
"""KiB of pages that SQLite keeps for each connection; more is no quicker, since the system keeps the file's anyway."""

_UNCHECKED = 4_000
"""Pages in SQLite's write-ahead log before they go to the file (16 MiB); a batch of a first sync writes 1,000."""

_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    f"cache_size = -{_CACHE}",
    f"wal_autocheckpoint = {_UNCHECKED}",
)

_STATEMENTS = 16
"""Prepared statements kept for each connection; an IN list of another length is another, and takes up to 100 KiB."""

_CONNECTIONS = 32
"""Connections at a time: one for each account's thread, and the report's."""


class Database:
    """Transactions on one database. Writing happens one transaction at a time, in SQLite and PostgreSQL alike.

    One writer at a time costs a single user nothing, and no batch can deadlock with another or be paired halfway.
    """

    def __init__(self, url: URL, *, busy: float = BUSY) -> None:
        self.url = url
        self._engine = _engine(url, busy)
        self._reader = self._engine
        if url.get_backend_name() == "postgresql":
            # One transaction sees one state of the database, as it does in SQLite.
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._writer = self._engine.execution_options(tracker_writes=True)
        self._presence = _present(url) if url.get_backend_name() == "sqlite" else None
        self._writing_since: dict[int, float] = {}
        event.listen(self._engine, "after_cursor_execute", self._note_step)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        if self._presence is not None:
            os.close(self._presence)
            self._presence = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees the database as it is now until its end."""
        with self.translated(), self._reader.begin() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, alone; an exception leaves nothing of it."""
        with self.translated(), self._writer.begin() as db:
            if db.dialect.name == "postgresql":
                while not db.scalar(_MY_TURN, {"key": _WRITERS}):
                    time.sleep(_TURN)
            self._writing_since[threading.get_ident()] = time.monotonic()
            try:
                yield db
            finally:
                del self._writing_since[threading.get_ident()]

    def apart(self) -> Connection:
        """A connection to a server beside the pool, for the caller to close. Raises as `translated`."""
        with self.translated():
            # Its transaction may last: a server may be set to keep one snapshot for all of it.
            db = self._engine.execution_options(isolation_level="READ COMMITTED").connect()
            db.detach()
            return db

    @property
    def writing_for(self) -> float:
        """Seconds for which a thread of this process that is writing has ended no statement; 0 if none is writing."""
        return max((time.monotonic() - since for since in list(self._writing_since.values())), default=0.0)

    def _note_step(self, *_: object) -> None:
        """A statement has ended."""
        writer = threading.get_ident()
        if writer in self._writing_since:
            self._writing_since[writer] = time.monotonic()
        alive()

    def truncate(self) -> None:
        """Empty SQLite's write-ahead log, in which what was deleted would stay for a while."""
        if self.url.get_backend_name() == "sqlite":
            with self.translated(), self._engine.connect() as db:
                db.exec_driver_sql("COMMIT")
                db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                db.exec_driver_sql("BEGIN")

    def copy_into(self, file: Path) -> None:
        """Copy a SQLite database as it is now into an empty file, while others read and write."""
        with self.translated(), self._engine.connect() as db:
            db.exec_driver_sql("COMMIT")
            db.exec_driver_sql("VACUUM INTO ?", (str(file),))
            db.exec_driver_sql("BEGIN")

    @contextmanager
    def translated(self) -> Iterator[None]:
        """A broken world becomes `DatabaseUnreachable`, a wrong URL `ConfigError`; a bug in a statement stays one."""
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise self._unreachable(error) from error
        except ProgrammingError as error:
            if error.statement is not None:
                raise
            raise _not_understood() from None  # psycopg quotes what it does not understand
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            raise self._unreachable(error) from error

    def _unreachable(self, error: SQLAlchemyError) -> DatabaseUnreachable:
        words = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
        reason = one_line(without_secrets(words[0], self.url))
        code = str(getattr(getattr(error, "orig", None), "sqlite_errorname", ""))
        hint = next((hint for family, hint in _HINTS.items() if code.startswith(family)), _hint(self.url))
        return DatabaseUnreachable(f"the database {_place(self.url)} cannot be used: {reason}", hint=hint)


def parse_url(url: str) -> URL:
    """The URL of a database that this program can use. Raises `ConfigError`, which never quotes the URL."""
    hint = "write sqlite:////absolute/path.db or postgresql+psycopg://user@host/name"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError("the database URL cannot be read", hint=hint) from None
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        if parsed.database in {None, "", ":memory:"} or parsed.query:
            raise ConfigError("the database URL names no file", hint=hint)
        return parsed.set(drivername="sqlite+pysqlite", database=str(Path(str(parsed.database)).expanduser()))
    if "@" in (parsed.host or ""):
        raise ConfigError("the database URL has two @", hint="write an @ that is part of the user or password as %40")
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(f"a database of the kind {one_line(parsed.drivername)!r} cannot be used", hint=hint)


def place_of(url: str) -> Path | None:
    """The file of the database at `url`; None for one on a server. Raises `ConfigError`."""
    parsed = parse_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def prepare_file(url: URL) -> None:
    """Make the file of a SQLite database, for nobody else to read. Raises `DatabaseUnreachable`."""
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise _unusable(url, error) from error


def _present(url: URL) -> int:
    """Say that the database is in use. Raises `DatabaseUnreachable`."""
    try:
        return present(Path(str(url.database)).parent)
    except OSError as error:
        raise _unusable(url, error) from error


def _unusable(url: URL, error: OSError) -> DatabaseUnreachable:
    reason = error.strerror or type(error).__name__
    return DatabaseUnreachable(f"the database {_place(url)} cannot be used: {reason}", hint=_hint(url))


def _place(url: URL) -> str:
    """Where a database is, without user and password."""
    if url.get_backend_name() == "sqlite":
        return one_line(str(url.database))
    host = url.host or str(url.query.get("host", "")) or "of this machine"
    return one_line(f"{url.database or ''} at {host}" + (f":{url.port}" if url.port else ""))


def _not_understood() -> ConfigError:
    return ConfigError(
        "the database URL holds a setting that PostgreSQL does not know",
        hint="look behind its question mark; an & that is part of a password is written as %26",
    )


def _hint(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return "see that it is a database of this program, that you may write it and its folder, and that there is room"
    return "see that the server runs, and that [database] url names the right host, database, user and password"


def _engine(url: URL, busy: float) -> Engine:
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # they are mail
            pool_size=5,
            max_overflow=_CONNECTIONS - 5,
            pool_pre_ping=url.get_backend_name() == "postgresql",  # a server may have restarted since
            connect_args=_connect_args(url, busy),
        )
        engine.dialect.create_connect_args(url)
    except ArgumentError:
        raise _not_understood() from None
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "psycopg":
            raise
        raise MissingExtra("a PostgreSQL database", "postgresql") from None
    except ImportError:
        raise MissingExtra("a PostgreSQL database", "postgresql") from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _connect_args(url: URL, busy: float) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {
            "timeout": busy,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": _STATEMENTS,
        }
    return {"connect_timeout": _CONNECT}


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 -- a DB-API connection has no common type
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(db: Connection) -> None:
    # The driver itself would begin only at the first write, too late to wait for another writer.
    writes = db.get_execution_options().get("tracker_writes", False)
    db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
