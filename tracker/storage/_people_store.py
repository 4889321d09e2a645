"""The part of the store that remembers people: connections, their addresses, and the user's word."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.registry import late
from tracker.storage import _marks, _people

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from tracker.domain.connection import Connection, ConnectionId, Profile
    from tracker.domain.linking import Correspondent
    from tracker.domain.marks import Mark
    from tracker.domain.message import AddrSpec
    from tracker.storage import _erasing, _exporting, _importing, _links, _merging
    from tracker.storage._engine import Database
    from tracker.storage._erasing import Erased
    from tracker.storage._importing import ImportWork
    from tracker.storage._values import Merged
else:
    _erasing, _exporting, _importing, _links, _merging = late(
        "tracker.storage", "_erasing", "_exporting", "_importing", "_links", "_merging"
    )


class PeopleStore:
    """Connections, links and marks; each method one transaction."""

    _database: Database

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
            yield _importing.ImportWork(db)

    def withdraw_link(self, person: ConnectionId, addr: AddrSpec) -> None:
        """Take the user's word about an address back, as if it had never been said."""
        with self._database.writing() as db:
            _links.withdraw(db, person, addr)

    def export(self, person: ConnectionId) -> dict[str, object]:
        """All that is stored about a person, as values that JSON takes."""
        with self._database.reading() as db:
            return _exporting.export(db, person)

    def erase(self, person: ConnectionId) -> Erased:
        """Erase a person for good; see `tracker.storage._erasing`."""
        with self._database.writing() as db:
            erased = _erasing.erase(db, person)
        self._database.truncate()
        return erased

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

    def connections(self, *, removed: bool = False, owning: Collection[AddrSpec] | None = None) -> list[Connection]:
        """The connections by id; those who were removed only if asked for.

        With `owning` only those to whom one of these addresses belongs.
        """
        with self._database.reading() as db:
            return _people.everyone(db, removed=removed, owning=owning)

    def add_mark(self, connection: ConnectionId, mark: Mark) -> None:
        """Keep a word of the user's about a connection, in place of an earlier one about the same."""
        with self._database.writing() as db:
            _marks.add(db, connection, mark)

    def drop_mark(self, connection: ConnectionId, mark: Mark) -> None:
        """Drop one mark of a connection."""
        with self._database.writing() as db:
            _marks.drop(db, connection, mark)

    def clear_marks(self, connection: ConnectionId) -> int:
        """Drop all marks of a connection; how many there were."""
        with self._database.writing() as db:
            return _marks.clear(db, connection)

    def marks(self) -> dict[ConnectionId, tuple[Mark, ...]]:
        """The marks of each connection that has any, in the order in which they were made."""
        with self._database.reading() as db:
            return _marks.all_marks(db)
