"""Writing a mailbox for Hypothesis, one event after the other; each looks at what was written before it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tracker.domain.connection import AddressBook, Connection, ConnectionId
from tracker.domain.kind import FROM_A_PERSON, kind_of
from tracker.domain.message import Address, AddrSpec, Delivery, FolderRole, Message, MessageId, ReportedRecipient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINE = (AddrSpec("ann@example.org"), AddrSpec("ann@home.example"))
STRANGERS = (AddrSpec("desk@acme.example"), AddrSpec("sam@elsewhere.example"))
DAEMON = AddrSpec("mailer-daemon@mx.example")

PAUSES = (0.1, 1.0, 5.0, 20.0, 47.0, 49.0, 100.0, 24.0 * 8, 24.0 * 29, 24.0 * 31)
"""Hours between one message and the next: on both sides of every limit in the rules."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is true by construction: a connection answered a message of the user's by hand."""

    person: ConnectionId
    asked: str
    reply: str
    at: datetime


def identity(name: str) -> str:
    """The identity of the message called `name`."""
    return blake2b(name.encode(), digest_size=16).hexdigest()


def is_human(message: Message) -> bool:
    """Whether a person wrote it."""
    return kind_of(message.signals)[0] in FROM_A_PERSON


@dataclass
class Writer:
    """Writes a mailbox, one event after the other."""

    draw: st.DrawFn
    mine: tuple[AddrSpec, ...]
    people: tuple[Connection, ...]
    hours: float = 0.0
    copies: list[Message] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def one_of(self, *choices: Any) -> Any:  # noqa: ANN401 - as `sampled_from` types it
        """One of the `choices`; say one twice to see it twice as often."""
        return self.draw(st.sampled_from(choices))

    def address(self) -> AddrSpec:
        """An address of a connection."""
        person: Connection = self.one_of(*self.people)
        chosen: AddrSpec = self.one_of(*person.addresses)
        return chosen

    def sent(self) -> list[Message]:
        """What the user wrote."""
        return [copy for copy in self.copies if copy.author is not None and copy.author.addr in self.mine]

    def received(self) -> list[Message]:
        """What people wrote to the user."""
        return [copy for copy in self.copies if copy.author and copy.author.addr not in self.mine and is_human(copy)]

    def write(
        self,
        author: AddrSpec,
        to: Sequence[AddrSpec],
        *,
        names: Message | None = None,
        display: str = "",
        **more: object,
    ) -> Message:
        """Add a message, an answer to `names` if there is one, after a pause."""
        self.hours += self.one_of(*PAUSES)
        name = f"m{len(self.copies)}"
        at = START + timedelta(hours=self.hours)
        role = FolderRole.SENT if author in self.mine else FolderRole.INBOX
        fields: dict[str, Any] = {
            "identity": identity(name),
            "message_id": MessageId(f"{name}@mail.example"),
            "author": Address(display, author),
            "dated_at": at,
            "received_at": at,
            "subject": name,
            "to": tuple(Address("", addr) for addr in dict.fromkeys(to)),
            "seen_in": frozenset({role}),
            **(self._naming(names) if names is not None else {}),
        }
        written = Message(**{**fields, **more})
        self.copies.append(written)
        return written

    def _naming(self, answered: Message) -> dict[str, Any]:
        """In-Reply-To, References or both, by the id or by an alias of what is answered."""
        if not answered.names:
            return {}
        named: MessageId = self.one_of(*answered.names)
        chain = tuple(dict.fromkeys((*answered.references, named)))
        how = self.one_of("both", "both", "both", "in_reply_to", "references", "lost parent")
        if how == "lost parent":
            lost = MessageId(f"lost-{len(self.copies)}@mail.example")
            return {"in_reply_to": (lost,), "references": (*chain, lost)}
        return {
            "in_reply_to": (named,) if how != "references" else (),
            "references": chain if how != "in_reply_to" else (),
        }


def write_ask(writer: Writer) -> None:
    """To one person, seldom to several, in copy, with an alias, without an id, for an answer elsewhere."""
    to = [writer.address()]
    more: dict[str, Any] = {}
    match writer.one_of(
        *["plain"] * 8, "group", "copy", "alias", "nameless", "reply_to", "forged", "bulk", "misdated", "misdated"
    ):
        case "group":
            to.append(writer.one_of(writer.address(), *STRANGERS))
        case "copy":
            more["cc"] = (Address("", writer.address()),)
        case "alias":
            more["aliases"] = (MessageId(f"alias-{len(writer.copies)}@mail.example"),)
        case "nameless":
            more["message_id"] = None
        case "reply_to":
            more["reply_to"] = (writer.mine[-1],)
        case "forged":
            more["seen_in"] = frozenset({FolderRole.JUNK})
        case "misdated":
            imported = START + timedelta(hours=writer.hours + writer.one_of(30, 24 * 40))
            more["received_at"] = imported
        case "bulk":
            more["signals"] = frozenset({"list_unsubscribe"})
    writer.write(writer.one_of(*writer.mine), to, **more)


def _reply(writer: Writer) -> None:
    """A connection answers a message that it was sent, from any of its addresses."""
    asked: Message = writer.one_of(*writer.sent())
    book = AddressBook.of(writer.people, mine=writer.mine)
    recipients = [owner for address in asked.recipients for owner in book.owners(address.addr)]
    person = book.connections[writer.one_of(*(recipients or book.connections))]
    signals = frozenset(writer.one_of((), (), (), ("calendar",)))
    reply = writer.write(
        writer.one_of(*person.addresses), [asked.author.addr if asked.author else MINE[0]], names=asked, signals=signals
    )
    if asked.message_id is not None and asked.message_id in reply.in_reply_to and reply.dated_at is not None:
        writer.answers.append(Answer(person.id, asked.identity, reply.identity, reply.dated_at))


def _nudge(writer: Writer) -> None:
    """The user writes to the same people again, in the same thread."""
    asked: Message = writer.one_of(*writer.sent())
    to = [address.addr for address in asked.to]
    writer.write(writer.one_of(*writer.mine), to, names=asked)


def _word(writer: Writer) -> None:
    """A connection writes of its own accord: to the user, through a list, or to somebody else."""
    to = writer.one_of(*[[writer.mine[0]]] * 4, [AddrSpec("all@lists.example")], [STRANGERS[0]])
    signals = frozenset(writer.one_of((), (), (), ("list",), ("bulk",)))
    writer.write(writer.address(), to, signals=signals)


def _thanks(writer: Writer) -> None:
    """The user answers what came in, or asks somebody else in that thread."""
    word: Message = writer.one_of(*writer.received())
    author = word.author.addr if word.author else MINE[0]
    writer.write(writer.one_of(*writer.mine), [writer.one_of(author, author, writer.address())], names=word)


def _elsewhere(writer: Writer) -> None:
    """A connection answers something that is not the user's."""
    writer.write(writer.address(), [writer.mine[0]], names=writer.one_of(*writer.received()))


def _bystander(writer: Writer) -> None:
    """A stranger answers in a thread, perhaps under a connection's name."""
    asked: Message = writer.one_of(*writer.sent())
    name = writer.one_of("", "", *(person.name for person in writer.people))
    sender: AddrSpec = writer.one_of(*STRANGERS)
    writer.write(sender, [writer.mine[0]], names=asked, display=name)


def _machine(*signals: str) -> Callable[[Writer], None]:
    def event(writer: Writer) -> None:
        asked = writer.one_of(None, *writer.sent())
        writer.write(writer.address(), [writer.mine[0]], names=asked, signals=frozenset(signals))

    return event


def _bounce(writer: Writer) -> None:
    """A message comes back: with or without its id, telling whom it failed to reach or not."""
    asked: Message = writer.one_of(*writer.sent())
    failed = writer.one_of((), tuple(address.addr for address in asked.to), (writer.one_of(*asked.to).addr,))
    told = tuple(ReportedRecipient(addr, Delivery.FAILED) for addr in failed)
    mark = writer.one_of("report_delivery_status", "postmaster_bounce")
    signals = frozenset({mark, "failed_recipients"} if failed else {mark})
    writer.write(DAEMON, [writer.mine[0]], names=writer.one_of(asked, asked, None), signals=signals, reported=told)


def _copy(writer: Writer) -> None:
    """The same message in another folder, which got it at another time."""
    original: Message = writer.one_of(*writer.copies)
    role = writer.one_of(FolderRole.ALL, FolderRole.TRASH, FolderRole.JUNK, FolderRole.OTHER)
    moved = None
    if original.received_at is not None:
        moved = original.received_at + timedelta(hours=writer.one_of(-30, -1, 0, 0, 1, 900))
    writer.copies.append(replace(original, received_at=moved, seen_in=frozenset({role})))


def _clock(writer: Writer) -> None:
    """The last message has a wrong clock: it is ahead, it is misdated, or it lacks a stamp or an author."""
    last = writer.copies[-1]
    if any(copy.identity == last.identity for copy in writer.copies[:-1]):
        return
    shift = timedelta(hours=writer.one_of(-25, -3, -27, -24 * 40, 24 * 40))
    at = last.dated_at + shift if last.dated_at is not None else None
    wrong: dict[str, Any] = writer.one_of(
        {"dated_at": at, "received_at": at},
        {"dated_at": at, "received_at": at},
        {"dated_at": at},
        {"dated_at": None},
        {"received_at": None},
        {"dated_at": None, "received_at": None},
        {"author": None},
    )
    writer.copies[-1] = replace(last, **wrong)
    writer.answers = [answer for answer in writer.answers if last.identity not in {answer.asked, answer.reply}]


def _joins(writer: Writer) -> None:
    """A message of anybody's that names two others, so that two threads turn out to be one."""
    one, other = writer.one_of(*writer.copies), writer.one_of(*writer.copies)
    author = writer.one_of(writer.address(), STRANGERS[0], writer.mine[0])
    writer.write(author, [writer.one_of(writer.mine[0], writer.address())], references=(*one.names, *other.names))


EVENTS: dict[str, tuple[int, Callable[[Writer], None]]] = {
    "ask": (7, write_ask),
    "reply": (8, _reply),
    "nudge": (6, _nudge),
    "word": (5, _word),
    "thanks": (3, _thanks),
    "elsewhere": (1, _elsewhere),
    "bystander": (2, _bystander),
    "away": (3, _machine("auto_submitted_replied")),
    "notified": (2, _machine("auto_submitted_notified")),
    "receipt": (1, _machine("report_disposition_notification")),
    "feedback": (1, _machine("report_feedback")),
    "doubtful": (2, _machine("x_autoreply", "auto_submitted_no")),
    "bounce": (4, _bounce),
    "copy": (3, _copy),
    "clock": (3, _clock),
    "joins": (2, _joins),
}
"""What may happen next, and how often."""
