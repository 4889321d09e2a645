"""The store: everything the program remembers, each method one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from sqlalchemy import select, union

from tracker.domain.message import AddrSpec
from tracker.storage import (
    _accounting,
    _accounts,
    _facts,
    _folders,
    _links,
    _marks,
    _merging,
    _people,
    _projection,
    _scope,
)
from tracker.storage._engine import Database, parse_url, prepare_file
from tracker.storage._importing import ImportWork
from tracker.storage._migrating import migrate
from tracker.storage._schema import mailing_list, own_address, sender

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from types import TracebackType

    from tracker.domain.connection import Connection, ConnectionId, Profile
    from tracker.domain.folder import Accounted, Batch, Folder, FolderState, Settled
    from tracker.domain.linking import Correspondent
    from tracker.domain.marks import Mark
    from tracker.domain.message import Message
    from tracker.domain.report import Coverage, Evidences
    from tracker.storage._projection import PairingWork
    from tracker.storage._values import AccountState, Failure, FolderCount, Latch, Merged, UnreadableMessage

LEARNED_FROM = 3
"""Messages in Sent folders that make their author's address one of the user's."""


def open_store(url: str) -> Store:
    """Open the database at `url` (sqlite:///path or postgresql+psycopg://...) and bring its schema up to date.

    A SQLite file and its folder are made if they are missing, readable by nobody else. Raises `DatabaseUnreachable`,
    `SchemaMismatch` (written by a newer program), `MissingExtra` (PostgreSQL without psycopg), `ConfigError` (no URL
    that can be used); none of them quotes a password.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        prepare_file(parsed)
    database = Database(parsed)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


class Store:
    """The facts, the people and what is derived from both. Safe to use from several threads and processes.

    Every method is one transaction of its own and raises `DatabaseUnreachable` if the database fails. Text is stored
    without what no database takes (NUL, lone surrogates).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections to the database."""
        self._database.close()

    # ---- people

    def merge_profiles(self, profiles: Sequence[Profile], *, complete: bool) -> Merged:
        """Bring the connections in line with an export, matching them by `Profile.key`.

        Addresses from earlier exports are replaced, those that the user accepted stay. `complete`: the export lists
        everybody, so that whoever is absent is marked as removed; whoever is listed no longer is.
        """
        with self._database.writing() as db:
            return _merging.merge(db, profiles, complete=complete)

    @contextmanager
    def importing(self) -> Iterator[ImportWork]:
        """One write transaction for a whole import: an exception leaves nothing of it."""
        with self._database.writing() as db:
            yield ImportWork(db)

    def correspondents(self, own: Collection[AddrSpec]) -> list[Correspondent]:
        """Who wrote to the user, whose addresses are `own`, or was written to, and belongs to nobody yet."""
        with self._database.reading() as db:
            return _links.correspondents(db, own)

    def proposals(self) -> dict[ConnectionId, dict[AddrSpec, str]]:
        """By connection, addresses that an address book gives to somebody of the same name, and that name."""
        with self._database.reading() as db:
            return _links.proposals(db)

    def rejected_links(self) -> frozenset[tuple[ConnectionId, AddrSpec]]:
        """Addresses that the user said are not these people's."""
        with self._database.reading() as db:
            return _links.rejected(db)

    def decide_link(self, person: ConnectionId, addr: AddrSpec, *, accepted: bool, at: datetime) -> None:
        """Remember the user's word about an address: it is the person's from now on, or never again."""
        with self._database.writing() as db:
            _links.decide(db, person, addr, accepted=accepted, at=at)

    def connections(self, *, removed: bool = False) -> list[Connection]:
        """The connections by id; those who were removed only if asked for."""
        with self._database.reading() as db:
            return _people.everyone(db, removed=removed)

    def add_mark(self, connection: ConnectionId, mark: Mark) -> None:
        """Keep a word of the user's about a connection, in place of an earlier one about the same."""
        with self._database.writing() as db:
            _marks.add(db, connection, mark)

    def clear_marks(self, connection: ConnectionId) -> int:
        """Drop all marks of a connection; how many there were."""
        with self._database.writing() as db:
            return _marks.clear(db, connection)

    def marks(self) -> dict[ConnectionId, tuple[Mark, ...]]:
        """The marks of each connection that has any, in the order in which they were made."""
        with self._database.reading() as db:
            return _marks.all_marks(db)

    # ---- what was read

    def folder_state(self, account: str, folder: str) -> FolderState | None:
        """Where the reading of a folder stands; None if it was never read."""
        with self._database.reading() as db:
            return _folders.state_of(db, account, folder)

    def forget_uids(self, account: str, folder: str) -> None:
        """UIDVALIDITY changed: forget where messages lie, what failed, and the state. Facts stay."""
        with self._database.writing() as db:
            _folders.forget(db, account, folder)

    def add(self, batch: Batch) -> int:
        """Store a batch with the state it leads to; how many of its messages are new.

        A batch that comes again, or in another order, changes nothing. Of a message that is there already the
        earliest `received_at` and every role of `seen_in` are kept. Identities are lower-case hexadecimal.
        """
        with self._database.writing() as db:
            stored = _facts.store_messages(db, (fact for _, fact in batch.messages))
            _folders.record(db, batch, stored.numbers)
            return stored.new

    def accounted(self, account: str, folder: str, after: int, before: int) -> Accounted:
        """What is accounted for of the UIDs above `after` and below `before`: a page, up to its `last`."""
        with self._database.reading() as db:
            return _accounting.accounted(db, account, folder, after, before)

    def sample(self, account: str, folder: str, size: int) -> dict[int, str]:
        """The identities of a few of the folder's messages by their UIDs, spread from the first to the last."""
        with self._database.reading() as db:
            return _accounting.sample(db, account, folder, size)

    def settle(self, account: str, folder: str, settled: Settled) -> None:
        """Note how a folder stands after it was read; what is None in `settled` stays as it was."""
        with self._database.writing() as db:
            _accounting.settle(db, account, folder, settled)

    def retain_folders(self, account: str, folders: Sequence[Folder]) -> None:
        """After a complete pass: forget the UIDs and the state of folders that are gone. Facts stay."""
        with self._database.writing() as db:
            _folders.retain(db, account, folders)

    # ---- passes

    def begin_pass(self, account: str, at: datetime) -> None:
        """A pass over an account begins."""
        with self._database.writing() as db:
            _accounts.begin(db, account, at)

    def complete_pass(self, account: str, started_at: datetime) -> None:
        """The pass that began at `started_at` read everything; earlier failures are over."""
        with self._database.writing() as db:
            _accounts.complete(db, account, started_at)

    def fail_pass(self, account: str, failure: Failure) -> None:
        """The pass failed; failures and refused logins are counted."""
        with self._database.writing() as db:
            _accounts.fail(db, account, failure)

    def note_latches(self, account: str, reasons: Mapping[str, str], at: datetime) -> None:
        """Extensions of the account's server misbehaved, for these reasons."""
        if reasons:
            with self._database.writing() as db:
                _accounts.note_latches(db, account, reasons, at)

    def latches(self, account: str) -> list[Latch]:
        """The extensions of the account's server that ever misbehaved, by name."""
        with self._database.reading() as db:
            return _accounts.latches(db, account)

    def accounts(self) -> list[AccountState]:
        """How the passes over each account went, by name; accounts that were never begun are not there."""
        with self._database.reading() as db:
            return _accounts.states(db)

    def folders(self, account: str) -> list[FolderCount]:
        """The folders of an account, by name."""
        with self._database.reading() as db:
            return _accounting.counts(db, account)

    def coverage(self, accounts: Sequence[str]) -> Coverage:
        """What is read of these accounts, in their order; complete once each of them was read to its end."""
        with self._database.reading() as db:
            return _accounts.coverage(db, accounts)

    def archived(self, polled: Sequence[str], authors: Collection[AddrSpec]) -> dict[str, datetime]:
        """The messages of `authors` that lie in no account of `polled`, by identity: up to when the others reach."""
        with self._database.reading() as db:
            return _accounts.archived(db, polled, authors)

    def unreadable(self, account: str | None = None) -> list[UnreadableMessage]:
        """The messages of which no facts could be read, of one account or of all."""
        with self._database.reading() as db:
            return _accounting.unreadable(db, account)

    # ---- derived

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
            return _scope.is_dirty(db, fingerprint)

    @contextmanager
    def pairing(self, fingerprint: str) -> Iterator[PairingWork]:
        """One write transaction for a whole pairing: nothing else is written or paired meanwhile.

        `fingerprint` stands for what a pairing depends on besides the stored facts; another one than the last means
        everybody. An exception leaves the stored asks as they were.
        """
        with self._database.writing() as db:
            yield _projection.PairingWork(db, fingerprint)

    def evidences(self, *, only: ConnectionId | None = None) -> Evidences:
        """What was paired: asks by connection, oldest first, and the times when each was heard, sorted."""
        with self._database.reading() as db:
            return _projection.evidences(db, only)

    def received_days(self) -> dict[AddrSpec, tuple[date, ...]]:
        """For each of the user's addresses the days (UTC, sorted) on which an inbound message named it."""
        with self._database.reading() as db:
            return _projection.received_days(db)

    def messages_of(self, connection: ConnectionId) -> list[Message]:
        """All mail by or to a connection and all delivery reports, closed over threads."""
        with self._database.reading() as db:
            return _scope.mail_of(db, [connection])

    def drop_derived(self) -> None:
        """Drop the asks and all else that is derived, so that the next pairing does everybody."""
        with self._database.writing() as db:
            _projection.drop(db)
