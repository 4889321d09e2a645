"""Messages as they are kept, compactly, and read back exactly as they were; `_writing` makes rows of them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import BigInteger, select, type_coerce

from tracker.domain.message import Address, Delivery, FolderRole, Message, MessageId, ReportedRecipient
from tracker.sanitizer import storable
from tracker.storage._rows import pieces, select_in
from tracker.storage._schema import mailbox, message, named_id
from tracker.storage._types import from_microseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Row

    AnyRow = Row[*tuple[Any, ...]]

_BITS = {
    FolderRole.INBOX: 1,
    FolderRole.SENT: 2,
    FolderRole.JUNK: 4,
    FolderRole.TRASH: 8,
    FolderRole.ALL: 16,
    FolderRole.OTHER: 32,
}
SENT = _BITS[FolderRole.SENT]

_COLUMNS = tuple(message.c)
_AUTHOR, _MAILBOXES = (message.c.keys().index(name) for name in ("author_id", "mailboxes"))

SAME = ""  # In-Reply-To is the last of References, as nearly always


def clean(text: str) -> str:
    """A msg-id or an addr-spec, storable; the white space that neither may hold would tear lists apart."""
    if text.isascii() and text.isprintable():
        return text
    return storable(text).replace("\n", "")


@lru_cache(maxsize=64)
def mask_of(roles: frozenset[FolderRole]) -> int:
    """Roles as a bit mask."""
    return sum(_BITS[role] for role in roles)


@lru_cache(maxsize=64)
def roles_of(mask: int) -> frozenset[FolderRole]:
    """The roles in a bit mask."""
    return frozenset(role for role, bit in _BITS.items() if mask & bit)


@lru_cache(maxsize=1024)
def words_of(signals: frozenset[str]) -> str:
    """Names of signals in one text."""
    return " ".join(sorted(map(storable, signals)))


@lru_cache(maxsize=1024)
def _signals_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


def named_ids(fact: Message) -> set[str]:
    """Every msg-id that a message has, names or returns, and every id that a server gives its thread."""
    found: set[str] = {*fact.aliases, *fact.in_reply_to, *fact.references, *fact.returned, *fact.thread_keys}
    if fact.message_id is not None:
        found.add(fact.message_id)
    return found


def digest(msg_id: str) -> int:
    """A msg-id or a thread's id as a signed integer of 64 bits."""
    return int.from_bytes(blake2b(clean(msg_id).encode(), digest_size=8).digest(), signed=True)


class MessageReader:
    """Reads messages; remembers the mailboxes that it met, so that no message costs a query of its own."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._mailboxes: dict[int, Address] = {}

    def every(self) -> Iterator[Message]:
        """All messages, in no particular order."""
        self._remember(self._db.execute(select(mailbox.c.id, mailbox.c.name, mailbox.c.addr)))
        plain = [type_coerce(column, BigInteger) if column.name.endswith("_at") else column for column in _COLUMNS]
        return map(self._message, self._db.execute(select(*plain).execution_options(yield_per=5000)))

    def of(self, numbers: Collection[int]) -> dict[int, Message]:
        """The messages with these row ids, by row id."""
        found: dict[int, Message] = {}
        for piece in pieces(numbers):
            rows = list(select_in(self._db, _COLUMNS, piece))
            self._learn(rows)
            found.update([(row[0], self._message(row)) for row in rows])
        return found

    def closure(self, seeds: Iterable[int]) -> dict[int, Message]:
        """The messages with these row ids and all that share a thread with one of them, by row id.

        A thread is joined by msg-ids, also by one whose message is not stored, and by the ids that servers give it.
        """
        found: dict[int, Message] = {}
        known: set[int] = set()
        frontier = set(seeds)
        while frontier:
            fresh = self.of(frontier)
            found.update(fresh)
            digests = {digest(msg_id) for fact in fresh.values() for msg_id in named_ids(fact)} - known
            known |= digests
            frontier = {number for piece in pieces(digests) for number in self.naming(piece)} - found.keys()
        return found

    def naming(self, digests: Sequence[int]) -> Iterable[int]:
        """The row ids of the messages that have or name one of these ids, at most `PIECE`."""
        return self._db.scalars(select(named_id.c.message_id).where(named_id.c.digest.in_(digests)).distinct())

    def _learn(self, rows: Iterable[AnyRow]) -> None:
        """Remember the mailboxes that these rows of messages name."""
        named = {number for row in rows for number in numbers_of(row[_AUTHOR], row[_MAILBOXES])}
        chosen = (mailbox.c.id, mailbox.c.name, mailbox.c.addr)
        self._remember(select_in(self._db, chosen, named - self._mailboxes.keys()))

    def _remember(self, rows: Iterable[AnyRow]) -> None:
        self._mailboxes.update((number, Address(name, addr)) for number, name, addr in rows)

    def _message(self, row: AnyRow) -> Message:
        """A message from its row, with values as drivers give them."""
        _, identity, author, dated_at, received_at, roles, msg_id, aliases, parents, ids, numbers = row[:11]
        signals, subject, thread_keys, thread_index, relayed_at, deliveries, returned = row[11:]
        references = _ids(ids)
        to, cc, bcc, reply_to, reported, lists = self._fields(numbers)
        return Message(
            identity=identity.hex(),
            message_id=msg_id,
            author=None if author is None else self._mailboxes[author],
            dated_at=None if dated_at is None else from_microseconds(dated_at),
            received_at=None if received_at is None else from_microseconds(received_at),
            subject=subject,
            aliases=_ids(aliases),
            in_reply_to=references[-1:] if parents == SAME else _ids(parents or ""),
            references=references,
            reply_to=tuple(address.addr for address in reply_to) if reply_to else (),
            to=to,
            cc=cc,
            bcc=bcc,
            signals=_signals_of(signals),
            reported=_reported(reported, deliveries) if reported else (),
            returned=_ids(returned or ""),
            thread_keys=tuple(thread_keys.split("\n")) if thread_keys else (),
            thread_index=thread_index.hex() if thread_index else "",
            list_posts=tuple(address.addr for address in lists) if lists else (),
            relayed_at=None if relayed_at is None else from_microseconds(relayed_at),
            seen_in=roles_of(roles),
        )

    def _fields(self, numbers: str) -> list[tuple[Address, ...]]:
        known = self._mailboxes
        fields = [
            tuple([known[int(number)] for number in field.split(",")]) if field else () for field in numbers.split(";")
        ]
        return fields + [()] * (6 - len(fields))


def _ids(text: str) -> tuple[MessageId, ...]:
    return cast("tuple[MessageId, ...]", tuple(text.split("\n"))) if text else ()


def _reported(recipients: Sequence[Address], deliveries: str | None) -> tuple[ReportedRecipient, ...]:
    if deliveries is None:
        return tuple(ReportedRecipient(address.addr, Delivery.FAILED) for address in recipients)
    told = (line.partition(" ") for line in deliveries.split("\n"))
    return tuple(
        ReportedRecipient(address.addr, Delivery(delivery), status)
        for address, (delivery, _, status) in zip(recipients, told, strict=True)
    )


def numbers_of(author: int | None, mailboxes: str) -> set[int]:
    """The ids of every mailbox that the row of a message names, by its columns."""
    found = set(map(int, filter(None, mailboxes.replace(";", ",").split(","))))
    if author is not None:
        found.add(author)
    return found
