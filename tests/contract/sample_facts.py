"""Messages, batches and people for the store's contract, and everything that a store remembers as one value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from tracker.domain.asks import Rules
from tracker.domain.connection import AddressBook
from tracker.domain.folder import Batch, Folder, FolderState
from tracker.domain.message import Address, AddrSpec, FolderRole, Message, MessageId, Unreadable
from tracker.domain.pairing import pair
from tracker.storage import _schema as tables
from tracker.storage._messages import MessageReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.connection import ConnectionId
    from tracker.storage import Store

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ME = AddrSpec("ann@example.org")
INBOX = Folder("INBOX", FolderRole.INBOX)
SENT = Folder("Sent", FolderRole.SENT)


def identity(name: str) -> str:
    """The identity of the message called `name`."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


def letter(name: str, author: str, *to: str, hours: float = 0, **more: object) -> Message:
    """A message called `name` that was sent and came in so many hours after `START`; `more` sets any field."""
    at = START + timedelta(hours=hours)
    fields: dict[str, Any] = {
        "identity": identity(name),
        "message_id": MessageId(f"{name}@mail.example"),
        "author": Address("", AddrSpec(author)),
        "dated_at": at,
        "received_at": at,
        "subject": f"About {name}",
        "to": tuple(Address("", AddrSpec(addr)) for addr in to),
        "seen_in": frozenset({FolderRole.SENT if author == ME else FolderRole.INBOX}),
    }
    return Message(**{**fields, **more})


def naming(*names: str) -> tuple[MessageId, ...]:
    """The msg-ids of messages called so, stored or not."""
    return tuple(MessageId(f"{name}@mail.example") for name in names)


def batch(
    *messages: Message, folder: Folder = INBOX, first: int = 1, unreadable: Sequence[Unreadable] = (), missing: int = 0
) -> Batch:
    """A batch of the account "work" with these messages from UID `first` on."""
    listed = tuple(enumerate(messages, start=first))
    last = max([first - 1, *(uid for uid, _ in listed), *(failed.uid for failed in unreadable)])
    return Batch("work", folder, listed, tuple(unreadable), FolderState(7, last + 1), missing)


def pair_now(
    store: Store, *, mine: frozenset[AddrSpec] = frozenset({ME}), fingerprint: str = "same"
) -> frozenset[ConnectionId] | None:
    """Bring the asks up to date, as the service does; whose they were."""
    with store.pairing(fingerprint) as work:
        book = AddressBook.of(store.connections(removed=True), mine=mine)
        work.save(pair(work.mail(), book, Rules(), work.scope), mine=mine)
        return work.scope


def everything(store: Store) -> dict[str, Any]:
    """All facts in `store`, whatever the numbers of its rows."""
    with store._database.reading() as db:
        messages = sorted(MessageReader(db).every(), key=lambda fact: fact.identity)
        by_id = {row.id: row.identity.hex() for row in db.execute(select(tables.message))}
        boxes = {row.id: (row.name, row.addr) for row in db.execute(select(tables.mailbox))}
        folders = {row.id: row.name for row in db.execute(select(tables.folder))}
        return {
            "messages": messages,
            "mailboxes": sorted(boxes.values()),
            "participants": {
                (boxes[one.mailbox_id], by_id[one.message_id]) for one in db.execute(select(tables.participant))
            },
            "names": {(one.digest, by_id[one.message_id]) for one in db.execute(select(tables.named_id))},
            "reports": {by_id[number] for number in db.scalars(select(tables.delivery_report))},
            "places": {
                (folders[one.folder_id], one.uid, by_id[one.message_id]) for one in db.execute(select(tables.location))
            },
            "senders": set(map(tuple, db.execute(select(tables.sender)))),
            "dirty": {by_id[number] for number in db.scalars(select(tables.dirty_message))},
            "accounts": store.accounts(),
            "folders": {state.name: store.folders(state.name) for state in store.accounts()},
            "unreadable": store.unreadable(),
            "coverage": store.coverage(["work"]),
            "people": store.connections(removed=True),
            "marks": store.marks(),
        }


def empty(store: Store) -> None:
    """Remove everything from `store`."""
    with store._database.writing() as db:
        for table in reversed(tables.metadata.sorted_tables):
            db.execute(delete(table))
