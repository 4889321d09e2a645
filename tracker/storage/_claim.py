"""One daemon on one database: a claim that ends with its process, or with its connection to a server."""

from __future__ import annotations

import contextlib
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text

from tracker.errors import AlreadyRunning, DatabaseUnreachable
from tracker.sanitizer import one_line
from tracker.storage._files import claim, claimant

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tracker.storage._engine import Database

_SUFFIX = ".run"
"""What the name of a SQLite database has more as the name of the file beside it that its daemon keeps locked."""

_KEY = 1_953_653_099
"""First half of the key of the advisory lock that a daemon holds; the second is the schema in which its tables are."""

_TAKE = text("SELECT pg_try_advisory_xact_lock(:key, to_regnamespace(quote_ident(current_schema()))::oid::int)")

_STILL = text("SELECT 1")

_WHO = text("""
    SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    JOIN pg_database ON pg_database.oid = database AND pg_database.datname = current_database()
    WHERE locktype = 'advisory' AND granted
    AND classid = :key AND objid = to_regnamespace(quote_ident(current_schema()))::oid AND objsubid = 2
""")

_SET = text("""
    SELECT CASE WHEN current_setting(name, true) IS NOT NULL THEN set_config(name, value, true) END
    FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS setting (name, value)
""")
"""Not every server has every setting. It reads no table, so that the transaction that stays open locks none."""

_SETTINGS = {
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": "30000",
}
"""How long a server lets the transaction stay open, and how soon it sees that the machine at its other end has gone."""

_LINGERS = timedelta(seconds=45)
"""How long a server may hold the claim of a machine that lost its power: the settings above, and half as much again."""


class Claim(Protocol):
    """The claim of a daemon to be the only one on a database."""

    def renew(self) -> str:
        """See that it holds, and take it again if it was lost; "", or in one line why it does not hold."""
        ...

    def close(self) -> None:
        """Give it up."""
        ...


def take(database: Database) -> Claim:
    """Claim a database. Raises `AlreadyRunning` if another process has it, `DatabaseUnreachable`."""
    if database.url.get_backend_name() == "sqlite":
        return FileClaim(Path(str(database.url.database)))
    return ServerClaim(database)


class FileClaim:
    """A lock on a file beside a SQLite database. Where none can be had the daemon does without."""

    def __init__(self, database: Path) -> None:
        # Two names of one database share a lock; SQLite, too, has its files beside the real one.
        place = database.resolve()
        file = place.with_name(place.name + _SUFFIX)
        self._lock: int | None = None
        self._why_not = ""
        try:
            self._lock = claim(file)
        except BlockingIOError:
            raise AlreadyRunning(_named(claimant(file)), lingers=timedelta(0)) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._why_not = (
                f"whether another tracker run works on this database cannot be told: {one_line(str(file))}: {reason}"
            )

    def renew(self) -> str:
        """Why it was never had, if it was not: nobody can take it away."""
        return self._why_not

    def close(self) -> None:
        """Let the next one have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class ServerClaim:
    """An advisory lock of a transaction that stays open, on a connection of its own.

    A lock of the session would stay with the server's connection when a pooler (PgBouncer) hands that to somebody else.
    The transaction has read no table and keeps no snapshot, so that it holds up neither VACUUM nor anybody's lock.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db: Connection | None = None
        self._is_held = False
        try:
            self._take()
        except BaseException:
            self.close()
            raise

    def renew(self) -> str:
        """Ask the server; a daemon that lost its claim goes on, whoever has it, and has it again when it can."""
        try:
            self._take()
        except AlreadyRunning as error:
            return error.message
        except DatabaseUnreachable:
            return ""  # whoever reads or writes says so, and the next look takes it again
        return ""

    def close(self) -> None:
        """End the connection, and with it the claim."""
        self._is_held = False
        if self._db is not None:
            db, self._db = self._db, None
            with contextlib.suppress(Exception):  # it may be dead, in whatever way
                db.close()

    def _take(self) -> None:
        if self._is_held and self._db is not None:
            with contextlib.suppress(DatabaseUnreachable), self._database.translated():
                self._db.execute(_STILL)
                return
            self.close()
        try:
            self._ask_for_it()
        except DatabaseUnreachable:
            self.close()
            raise

    def _ask_for_it(self) -> None:
        if self._db is None:
            self._db = self._database.apart()
        with self._database.translated():
            settings = {**_SETTINGS, "application_name": _named(f"{os.getpid()} on {_node()}")}
            self._db.execute(_SET, {"names": list(settings), "values": list(settings.values())})
            # Of NULL, where there is no schema, whoever opens the database will tell.
            self._is_held = self._db.scalar(_TAKE, {"key": _KEY}) is not False
            if not self._is_held:
                name = one_line(str(self._db.scalar(_WHO, {"key": _KEY}) or ""))
                self._db.rollback()
                raise AlreadyRunning(name if name.startswith(_named()) else _named(), lingers=_LINGERS)


def _named(process: str = "") -> str:
    """What a daemon is called, in an error and among the sessions of a server."""
    return f"tracker run (process {process})" if process else "tracker run"


def _node() -> str:
    """The name of this machine, as much of it as goes with the rest into the 63 bytes that a server keeps."""
    return os.uname().nodename.partition(".")[0][:30]
