"""Messages, people and books for tests of the domain, written in one line each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tracker.domain.asks import Ask, Pairing, Rules
from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.message import Address, AddrSpec, Delivery, FolderRole, Message, MessageId, ReportedRecipient
from tracker.domain.pairing import pair

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""

ME = "ann@example.org"
JANE = ConnectionId(1)
OMAR = ConnectionId(2)
PEOPLE = {
    JANE: Connection(JANE, "Jane Doe", addresses=(AddrSpec("jane@acme.example"), AddrSpec("jane@home.example"))),
    OMAR: Connection(OMAR, "Omar Haddad", addresses=(AddrSpec("omar@acme.example"),)),
}
BOOK = AddressBook.of(PEOPLE.values(), mine=[AddrSpec(ME)])


def at(hours: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)


def addresses(text: str) -> tuple[Address, ...]:
    """`a@x, b@y` as addresses without display names."""
    return tuple(Address("", AddrSpec(word.strip())) for word in text.split(",") if word.strip())


def message(
    name: str,
    hours: float,
    sender: str,
    to: str,
    *,
    answers: str = "",
    references: str = "",
    cc: str = "",
    bcc: str = "",
    marks: str = "",
    failed: str = "",
    display: str = "",
    subject: str = "",
    stored_in: FolderRole | None = None,
    dated: float | None = None,
    aliases: str = "",
    reply_to: str = "",
) -> Message:
    """A message called `name`, whose msg-id is `name@id`; `answers` and `references` are names, `marks` signals."""
    role = stored_in or (FolderRole.SENT if sender == ME else FolderRole.INBOX)
    return Message(
        identity=name,
        message_id=MessageId(f"{name}@id"),
        author=Address(display, AddrSpec(sender)),
        dated_at=at(hours if dated is None else dated),
        received_at=at(hours),
        subject=subject or f"About {name}",
        aliases=ids(aliases),
        in_reply_to=ids(answers),
        references=ids(references or answers),
        reply_to=tuple(address.addr for address in addresses(reply_to)),
        to=addresses(to),
        cc=addresses(cc),
        bcc=addresses(bcc),
        signals=frozenset(marks.split()),
        reported=tuple(ReportedRecipient(address.addr, Delivery.FAILED) for address in addresses(failed)),
        seen_in=frozenset({role}),
    )


def ids(names: str) -> tuple[MessageId, ...]:
    """Names as msg-ids."""
    return tuple(MessageId(f"{name}@id") for name in names.split())


def paired(*messages: Message, book: AddressBook = BOOK, rules: Rules | None = None) -> Pairing:
    """Pair these messages."""
    return pair(messages, book, rules or Rules())


def asks_to(person: ConnectionId, *messages: Message) -> list[Ask]:
    """The asks to one person in these messages."""
    return [ask for ask in paired(*messages).asks if ask.connection == person]


def only_ask(*messages: Message, to: ConnectionId = JANE) -> Ask:
    """The one ask to a person in these messages."""
    (ask,) = asks_to(to, *messages)
    return ask
