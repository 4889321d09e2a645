"""What is known of one message: the values that every other part speaks of.

Words are those of RFC 5322 and RFC 9051. Absence is always explicit: None where a header is missing or cannot be read,
an empty tuple where it names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from tracker.domain.values import value

if TYPE_CHECKING:
    from datetime import datetime

AddrSpec = NewType("AddrSpec", str)
"""An addr-spec (RFC 5322, 3.4.1) in its one spelling; only `tracker.addresses.normalise` makes them."""

MessageId = NewType("MessageId", str)
"""A msg-id (RFC 5322, 3.6.4) without its angle brackets."""

DISAGREEMENT = timedelta(hours=24)
"""Two stamps of one message further apart than this cannot both be right (an import, a migration, a wrong clock)."""


class FolderRole(StrEnum):
    """What a folder is for (RFC 6154), as far as it matters to a judgement."""

    INBOX = "inbox"
    SENT = "sent"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    OTHER = "other"


@value(frozen=True, slots=True)
class Address:
    """A mailbox (RFC 5322, 3.4): the display name as it was written, and the addr-spec in its one spelling."""

    name: str
    addr: AddrSpec


class Delivery(StrEnum):
    """What a delivery report says became of a message (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, order=True)
class ReportedRecipient:
    """One recipient in a delivery report; `status` is a code such as 5.1.1 (RFC 3463), empty if none is given."""

    addr: AddrSpec
    delivery: Delivery
    status: str = ""


@value(frozen=True, slots=True)
class RawMessage:
    """One message as a source hands it over: its UID, its header block, the server's stamp and the size in bytes.

    `thread_key` names the thread that the server puts it into, and the account; empty if the server has no such ids.
    """

    uid: int
    header: bytes
    received_at: datetime | None
    size: int
    is_draft: bool = False
    thread_key: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of which no facts could be read, and why in one line."""

    uid: int
    error: str


@value(frozen=True, slots=True)
class Message:
    """The facts of one message, whatever the number of its copies.

    identity       hexadecimal; equal for every copy in every folder and account
    message_id     its msg-id, None without one
    aliases        other msg-ids that name it (servers rewrite them)
    in_reply_to, references   the msg-ids it names, in their order, each once
    author         who wrote it (From, or who stands behind a list's From); None if unreadable
    reply_to       where answers go (Reply-To), empty if not said
    to, cc, bcc    recipients, groups flattened, in their order
    dated_at       the Date field, aware UTC; None if missing, unreadable or implausible
    received_at    the server's stamp (INTERNALDATE), aware UTC; the earliest of all copies; None if implausible
    signals        names of the marks that its header carries (`kind.SIGNALS`)
    reported       what a delivery report says became of each recipient, by its header and its body
    returned       msg-ids of the message that a delivery report is about, as far as it returns it
    thread_keys    ids that servers give its thread or conversation, each with the account in which it means something
    thread_index   Outlook's Thread-Index, lower-case hexadecimal; empty without one
    list_posts     addresses to which the lists that carried it are posted (List-Post)
    relayed_at     when the last relay took it, aware UTC; looked up only where the two stamps above disagree
    seen_in        roles of the folders in which copies of it were seen
    """

    identity: str
    message_id: MessageId | None
    author: Address | None
    dated_at: datetime | None
    received_at: datetime | None
    subject: str = ""
    aliases: tuple[MessageId, ...] = ()
    in_reply_to: tuple[MessageId, ...] = ()
    references: tuple[MessageId, ...] = ()
    reply_to: tuple[AddrSpec, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    signals: frozenset[str] = frozenset()
    reported: tuple[ReportedRecipient, ...] = ()
    returned: tuple[MessageId, ...] = ()
    thread_keys: tuple[str, ...] = ()
    thread_index: str = ""
    list_posts: tuple[AddrSpec, ...] = ()
    relayed_at: datetime | None = None
    seen_in: frozenset[FolderRole] = field(default_factory=frozenset)

    @property
    def arrived_at(self) -> datetime | None:
        """When it came in: the server's stamp; where it disagrees with Date, the last relay's, else Date."""
        if self.received_at is None or self.dated_at is None:
            return self.received_at or self.dated_at
        return self.received_at if not self.is_misdated else self.relayed_at or self.dated_at

    @property
    def sent_at(self) -> datetime | None:
        """When it went out: the earlier of Date and the server's stamp."""
        if self.received_at is None or self.dated_at is None:
            return self.received_at or self.dated_at
        return min(self.received_at, self.dated_at)

    @property
    def sent_at_latest(self) -> datetime | None:
        """The later of the two stamps where they disagree by more than a day, else the same as `sent_at`."""
        if self.is_misdated and self.dated_at is not None and self.received_at is not None:
            return max(self.dated_at, self.received_at)
        return self.sent_at

    @property
    def is_misdated(self) -> bool:
        """Whether its two stamps are further apart than `DISAGREEMENT`."""
        if self.dated_at is None or self.received_at is None:
            return False
        return abs(self.received_at - self.dated_at) > DISAGREEMENT

    @property
    def names(self) -> tuple[MessageId, ...]:
        """Every msg-id that names this message."""
        return (*(() if self.message_id is None else (self.message_id,)), *self.aliases)

    @property
    def parents(self) -> tuple[MessageId, ...]:
        """The msg-ids of the message it answers: In-Reply-To, or the last of References (RFC 5322, 3.6.4)."""
        return self.in_reply_to or self.references[-1:]

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To, Cc and Bcc."""
        return (*self.to, *self.cc, *self.bcc)
