"""One import as one transaction: people, an address book, LinkedIn messages and the user's own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from tracker.domain.connection import ConnectionId, Provenance
from tracker.domain.folder import Batch, Folder, FolderState
from tracker.domain.message import FolderRole
from tracker.sanitizer import storable
from tracker.storage import _accounts, _facts, _folders, _links
from tracker.storage._forgetting import Forgotten
from tracker.storage._merging import merge
from tracker.storage._messages import clean
from tracker.storage._people import everyone, touch
from tracker.storage._rows import insert_new
from tracker.storage._schema import connection, connection_address, own_address, proposal
from tracker.storage._values import LINKEDIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection as Database

    from tracker.domain.connection import Connection, Invitation, Profile
    from tracker.domain.joining import Joined
    from tracker.domain.message import AddrSpec, Message
    from tracker.storage._values import Merged

_MESSAGES = Folder("messages", FolderRole.OTHER)
_AT_ONCE = 5_000


class ImportWork:
    """One import, alone in its transaction: an exception leaves nothing of it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def profiles(self, profiles: Sequence[Profile], *, complete: bool) -> Merged:
        """Bring the network in line with an export; see `Store.merge_profiles`."""
        return merge(self._db, profiles, complete=complete)

    def network(self) -> list[Connection]:
        """Everybody in the network as it is now, those who were removed included."""
        return everyone(self._db, removed=True)

    def contacts(self, joined: Joined) -> Merged:
        """Take up an address book: addresses of people who are known, proposals, and people who are new."""
        for number, contact in joined.known:
            self._give(number, contact.addresses)
        is_forgotten = Forgotten(self._db)
        rejected = _links.rejected(self._db)
        rows = [
            {"connection_id": number, "addr": clean(addr), "name": storable(contact.name)}
            for number, contact in joined.proposed
            for addr in contact.addresses
            if (number, addr) not in rejected and not is_forgotten.name(addr)
        ]
        insert_new(self._db, proposal, rows)
        return merge(self._db, joined.strangers, complete=False)

    def _give(self, number: ConnectionId, addresses: Iterable[AddrSpec]) -> None:
        theirs = select(connection_address.c.addr).where(connection_address.c.connection_id == number)
        known = set(self._db.scalars(theirs))
        rejected = _links.rejected(self._db)
        fresh = [addr for addr in addresses if clean(addr) not in known and (number, addr) not in rejected]
        rows = [
            {"connection_id": number, "addr": clean(addr), "provenance": Provenance.BOOK.value, "place": place}
            for place, addr in enumerate(fresh, start=len(known))
        ]
        insert_new(self._db, connection_address, rows)
        if fresh:
            touch(self._db, [number], [clean(addr) for addr in fresh])

    def invitations(self, invitations: Mapping[str, Invitation]) -> None:
        """Who invited whom, of the people who are known by these keys."""
        for key, one in invitations.items():
            told = update(connection).where(connection.c.key == storable(key))
            self._db.execute(told.values(invited_by_me=one.by_me, invited_at=one.at))

    def own(self, addresses: Collection[AddrSpec]) -> None:
        """Addresses that are the user's, by LinkedIn's word."""
        insert_new(self._db, own_address, [{"addr": clean(addr)} for addr in addresses])

    def messages(self, messages: Sequence[Message], now: datetime) -> int:
        """Store LinkedIn messages; how many are new. What an export tells reaches to its newest message."""
        if not messages:
            return 0
        _accounts.begin(self._db, LINKEDIN, now)
        new = 0
        for start in range(0, len(messages), _AT_ONCE):
            facts = [(_uid(fact), fact) for fact in messages[start : start + _AT_ONCE]]
            stored = _facts.store_messages(self._db, (fact for _, fact in facts))
            _folders.record(self._db, Batch(LINKEDIN, _MESSAGES, facts, (), FolderState(1, 1)), stored.numbers)
            new += stored.new
        _accounts.complete(self._db, LINKEDIN, now)
        return new


def _uid(fact: Message) -> int:
    """A number that stays the same from one export to the next."""
    return int(fact.identity[:15], 16)
