"""A message as the pairing sees it: whose it is, what kind it is, and when it counts as sent or come in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tracker.domain.kind import FROM_A_PERSON, MessageKind, is_automatic, is_list_mail, kind_of
from tracker.domain.message import FolderRole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from tracker.domain.connection import AddressBook, ConnectionId
    from tracker.domain.message import AddrSpec, Message, MessageId


# A member is found in a tuple many times quicker than in a set.
_FROM_A_PERSON = tuple(FROM_A_PERSON)
_BOUNCES = (MessageKind.BOUNCE_HARD, MessageKind.BOUNCE_SOFT, MessageKind.BOUNCE_LIKE)

_UNMARKED = kind_of(frozenset())
"""The kind of what bears no mark, however soon it came: most of what people write."""

_is_automatic = lru_cache(maxsize=256)(is_automatic)

_FORGED = frozenset({FolderRole.JUNK})
"""Where alone a message lies whose From is a lie."""


def addresses_of(messages: Iterable[Message]) -> frozenset[AddrSpec]:
    """Every address of which an address book is asked about these messages."""
    authors = {message.author.addr for message in messages if message.author is not None}
    return frozenset({address.addr for message in messages for address in message.recipients} | authors)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with what follows from the address book and the rules about kinds.

    at           when it was sent (outbound) or came in (inbound)
    owners       the connections that its author is; none for the user's own
    is_mine      whether the user wrote it
    names_me     whether To or Cc holds an address of the user's
    is_post      whether it went to a mailing list
    deputed_by   the connections to whom it has its answer go (Reply-To) although somebody else is its author
    """

    message: Message
    at: datetime
    kind: MessageKind
    rule: str
    is_mine: bool
    owners: tuple[ConnectionId, ...]
    names_me: bool
    is_post: bool = False
    deputed_by: tuple[ConnectionId, ...] = ()

    @property
    def is_human(self) -> bool:
        """Whether a person wrote it."""
        return self.kind in _FROM_A_PERSON

    @property
    def is_bounce(self) -> bool:
        """Whether it tells, or may tell, of a failed delivery."""
        return self.kind in _BOUNCES

    @property
    def hidden_in(self) -> FolderRole | None:
        """Junk or Trash, if it was found nowhere else."""
        seen = self.message.seen_in
        return min(seen) if seen and seen <= {FolderRole.JUNK, FolderRole.TRASH} else None

    @property
    def is_farewell(self) -> bool:
        """Whether it is an automatic note that its author is there no longer."""
        return self.kind is MessageKind.AUTO_REPLY and "retired_subject" in self.message.signals

    @property
    def is_list_mail(self) -> bool:
        """Whether it came to many at once."""
        return is_list_mail(self.message.signals)

    @property
    def can_ask(self) -> bool:
        """Whether the user wrote it to people by hand. One that lies in Junk alone has a forged From."""
        if not self.is_mine or self.is_post or self.message.seen_in == _FORGED:
            return False
        return not _is_automatic(self.message.signals)


def letters(messages: Iterable[Message], book: AddressBook) -> list[Letter]:
    """The messages that have a time and an author, and bounces without one, in the order of their times."""
    known = list(messages)
    sent = {msg_id: message.sent_at for message in known if _is_mine(message, book) for msg_id in message.names}
    found = [letter for message in known if (letter := _letter(message, book, sent)) is not None]
    return sorted(found, key=lambda letter: (letter.at, letter.message.identity))


def _is_mine(message: Message, book: AddressBook) -> bool:
    return message.author is not None and book.is_mine(message.author.addr)


def _letter(message: Message, book: AddressBook, sent: Mapping[MessageId, datetime | None]) -> Letter | None:
    is_mine = _is_mine(message, book)
    at = message.sent_at if is_mine else message.arrived_at
    if at is None:
        return None
    within = None if is_mine else _answered_within(message, at, sent)
    reported = [recipient.delivery for recipient in message.reported]
    kind, rule = kind_of(message.signals, within, reported) if message.signals else _UNMARKED
    owners = () if is_mine or message.author is None else book.owners(message.author.addr)
    to = [address.addr for address in message.to]
    letter = Letter(
        message=message,
        at=at,
        kind=kind,
        rule=rule,
        is_mine=is_mine,
        owners=owners,
        is_post=not (book.lists.isdisjoint(to) and set(message.list_posts).isdisjoint(to)),
        names_me=any(map(book.is_mine, to)) or any(book.is_mine(address.addr) for address in message.cc),
        deputed_by=() if is_mine or not message.reply_to else _owners_of(message.reply_to, book, besides=owners),
    )
    return letter if message.author is not None or letter.is_bounce else None


def _owners_of(
    addrs: Iterable[AddrSpec], book: AddressBook, *, besides: Collection[ConnectionId]
) -> tuple[ConnectionId, ...]:
    found = dict.fromkeys(owner for addr in addrs for owner in book.owners(addr))
    return tuple(owner for owner in found if owner not in besides)


def _answered_within(message: Message, at: datetime, sent: Mapping[MessageId, datetime | None]) -> timedelta | None:
    """How soon a message came after the latest of the user's that it names; None if it names none."""
    named = [sent.get(msg_id) for msg_id in (*message.in_reply_to, *message.references)]
    waits = [at - moment for moment in named if moment is not None]
    return min(waits, key=abs) if waits else None


@dataclass(frozen=True, slots=True)
class Addressee:
    """A connection to whom a message went: at which address, and whether it asks them or merely informs them."""

    connection: ConnectionId
    addr: AddrSpec
    is_asked: bool


def addressees(message: Message, book: AddressBook, *, max_recipients: int) -> list[Addressee]:
    """The connections among the recipients, each once. Nobody in particular is asked by a mail to many or in copy."""
    is_personal = len(message.to) <= max_recipients or _people(message, book) <= max_recipients
    found: dict[ConnectionId, Addressee] = {}
    for field, asks in ((message.to, is_personal), (message.cc, False), (message.bcc, False)):
        for address in field:
            for owner in book.owners(address.addr):
                found.setdefault(owner, Addressee(owner, address.addr, asks))
    return list(found.values())


def _people(message: Message, book: AddressBook) -> int:
    """How many people stand in To, besides the user."""
    return len({_person(address.addr, book) for address in message.to if not book.is_mine(address.addr)})


def _person(addr: AddrSpec, book: AddressBook) -> tuple[ConnectionId, ...] | AddrSpec:
    return book.owners(addr) or addr
