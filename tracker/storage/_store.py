"""The store: everything the program remembers, each method one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Self

from sqlalchemy import select, union

from tracker.domain.message import AddrSpec
from tracker.registry import late
from tracker.storage import _derived, _meta
from tracker.storage._engine import BUSY, Database, parse_url, prepare_file
from tracker.storage._mail_store import MailStore
from tracker.storage._migrating import migrate
from tracker.storage._people_store import PeopleStore
from tracker.storage._schema import mailing_list, own_address, sender

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from tracker.domain.brief import Window
    from tracker.domain.connection import ConnectionId
    from tracker.domain.message import Message
    from tracker.domain.report import Evidences
    from tracker.storage import _claim, _copying, _projection, _scope
    from tracker.storage._claim import Claim
    from tracker.storage._projection import PairingWork
else:
    _claim, _copying, _projection, _scope = late("tracker.storage", "_claim", "_copying", "_projection", "_scope")

LEARNED_FROM = 3
"""Messages in Sent folders that make their author's address one of the user's."""


def open_store(url: str, *, busy: float = BUSY, backups: Path | None = None, claims: bool = False) -> Store:
    """Open the database at `url` (sqlite:///path or postgresql+psycopg://...) and bring its schema up to date.

    A SQLite file and its folder are made if they are missing, readable by nobody else; another program that writes to
    it is waited for, `busy` seconds at most. Before an upgrade a backup is made in `backups`, if given. One process at
    a time `claims` the database, for as long as the store is open; the second is refused before it changes anything.
    Raises `AlreadyRunning` (it is claimed), `DatabaseUnreachable`, `BackupFailed`, `SchemaMismatch` (written by a newer
    program), `MissingExtra` (PostgreSQL without psycopg), `ConfigError` (no URL that can be used); none of them quotes
    a password.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        prepare_file(parsed)
    database, claim = Database(parsed, busy=busy), None
    try:
        claim = _claim.take(database) if claims else None
        migrate(database, backups=backups)
    except BaseException:
        Store(database, claim).close()
        raise
    return Store(database, claim)


class Store(PeopleStore, MailStore):
    """The facts, the people and what is derived from both. Safe to use from several threads and processes.

    Every method is one transaction of its own and raises `DatabaseUnreachable` if the database fails. Text is stored
    without what no database takes (NUL, lone surrogates).
    """

    def __init__(self, database: Database, claim: Claim | None = None) -> None:
        self._database = database
        self._claim = claim

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections to the database, and then give up the claim to it."""
        self._database.close()
        if self._claim is not None:
            self._claim.close()

    def renew_claim(self) -> str:
        """See that a claim to the database holds, and take it again if it was lost; "", or why it does not hold."""
        return "" if self._claim is None else self._claim.renew()

    @property
    def writing_for(self) -> float:
        """Seconds for which this process, writing, has ended no statement; 0 if it is not writing."""
        return self._database.writing_for

    def learned_addresses(self) -> frozenset[AddrSpec]:
        """Addresses that are the user's: LinkedIn's list, and From of `LEARNED_FROM` messages in Sent folders."""
        with self._database.reading() as db:
            chosen = select(sender.c.addr).where(sender.c.messages >= LEARNED_FROM)
            return frozenset(map(AddrSpec, db.scalars(union(chosen, select(own_address.c.addr)))))

    def list_addresses(self) -> frozenset[AddrSpec]:
        """Addresses of mailing lists that any mail came through."""
        with self._database.reading() as db:
            return frozenset(map(AddrSpec, db.scalars(select(mailing_list.c.addr))))

    def is_dirty(self, fingerprint: str) -> bool:
        """Whether anything must be paired again: facts or people changed, or `fingerprint` did."""
        with self._database.reading() as db:
            return _derived.is_dirty(db, fingerprint)

    @contextmanager
    def pairing(self, fingerprint: str) -> Iterator[PairingWork]:
        """One write transaction for a whole pairing: nothing else is written or paired meanwhile.

        `fingerprint` stands for what a pairing depends on besides the stored facts; another one than the last means
        everybody. An exception leaves the stored asks as they were.
        """
        with self._database.writing() as db:
            yield _projection.PairingWork(db, fingerprint)

    def evidences(self, among: range | None = None) -> Evidences:
        """What was paired: asks by connection, oldest first, and the times when each was heard, sorted.

        Of everybody, or of the connections whose id lies in `among`.
        """
        with self._database.reading() as db:
            return _derived.evidences(db, among)

    def evidences_in_brief(self, among: range, window: Window) -> Evidences:
        """The same of some connections, in brief where that is all that a verdict needs: many times quicker."""
        with self._database.reading() as db:
            return _derived.evidences_in_brief(db, among, window)

    def received_days(self) -> dict[AddrSpec, tuple[date, ...]]:
        """For each of the user's addresses the days (UTC, sorted) on which an inbound message named it."""
        with self._database.reading() as db:
            return _derived.received_days(db)

    def wrote(self, addr: AddrSpec, since: datetime, until: datetime) -> bool:
        """Whether a message of this author was sent between the two moments, by every stamp that it bears."""
        with self._database.reading() as db:
            return _derived.wrote(db, addr, since, until)

    def messages_of(self, connection: ConnectionId) -> list[Message]:
        """All mail by or to a connection and the delivery reports that may be about it, closed over threads."""
        with self._database.reading() as db:
            return _scope.mail_of(db, [connection])

    def drop_derived(self) -> None:
        """Drop the asks and all else that is derived, so that the next pairing does everybody."""
        with self._database.writing() as db:
            _projection.drop(db)

    def chore_ran_at(self, name: str) -> datetime | None:
        """When the last successful run of a chore of the daemon began; None if there was none."""
        with self._database.reading() as db:
            at = _meta.get(db, _meta.CHORE + name)
        return None if at is None else datetime.fromisoformat(at)

    def note_chore(self, name: str, at: datetime) -> None:
        """Note that a chore ran successfully; its run began at `at` (aware)."""
        with self._database.writing() as db:
            _meta.put(db, _meta.CHORE + name, at.isoformat())

    def backup(self, folder: Path, made_at: datetime) -> Path:
        """Copy everything into a file of `folder` that is named by `made_at`; the file. Raises `BackupFailed`."""
        return _copying.copy(self._database, folder, made_at=made_at)
