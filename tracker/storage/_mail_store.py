"""The part of the store that remembers mail: messages, where they lie, and how the passes went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.registry import late
from tracker.storage import _accounts, _horizon

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from tracker.domain.coverage import Coverage
    from tracker.domain.folder import Accounted, Batch, Folder, FolderState, Settled
    from tracker.domain.message import AddrSpec
    from tracker.storage import _accounting, _facts, _folders, _keeping
    from tracker.storage._engine import Database
    from tracker.storage._keeping import Page
    from tracker.storage._values import AccountState, Failure, FolderCount, Latch, UnreadableMessage
else:
    _accounting, _facts, _folders, _keeping = late("tracker.storage", "_accounting", "_facts", "_folders", "_keeping")


class MailStore:
    """Facts and the state of reading; each method one transaction."""

    _database: Database

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

    def keep_from(self, horizon: datetime | None) -> None:
        """From now on no message older than `horizon` is stored; None: every message is."""
        with self._database.reading() as db:
            if _horizon.horizon_of(db) == horizon:
                return
        with self._database.writing() as db:
            _horizon.set_horizon(db, horizon)

    def drop_older(self, after: int, *, size: int | None = None) -> Page:
        """Delete what is older than the horizon of the next `size` messages (None: 5,000), those above the row `after`.

        The UIDs of what is deleted stay accounted for. What is derived is dropped.
        """
        with self._database.writing() as db:
            return _keeping.drop_page(db, after, size or _keeping.PAGE)

    def drop_unnamed(self) -> int:
        """Delete the names and addresses that no message bears any longer; how many there were."""
        with self._database.writing() as db:
            return _keeping.drop_unnamed(db)
