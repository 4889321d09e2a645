"""An ask and everything that ever happened to it: facts with their times, nothing chosen, no threshold.

An ask is one outbound message, with its run of nudges, to one connection from whom an answer can be expected. What
became of it is a question for `tracker.domain.verdict`, which needs a threshold and a moment; what is written here does
not change with either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tracker.domain.connection import ConnectionId
    from tracker.domain.kind import MessageKind
    from tracker.domain.message import AddrSpec, FolderRole, MessageId


class Channel(StrEnum):
    """Where the ask was sent."""

    EMAIL = "email"
    LINKEDIN = "linkedin"


class Rung(StrEnum):
    """What ties an answer to an ask, the strongest first."""

    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    THREAD_ID = "thread_id"
    THREAD_INDEX = "thread_index"
    PERSON = "person"


PAUSE = timedelta(days=30)
"""How long an automatic note, of an absence or a farewell, speaks for its sender."""

SKEW = timedelta(hours=26)
"""A reply may seem to precede its ask by this much (two clocks, two zones). Beyond, the pair has no latency."""

EXACT = (Rung.IN_REPLY_TO, Rung.REFERENCES, Rung.THREAD_ID, Rung.THREAD_INDEX)
"""Rungs that name the ask itself, so that a latency can be told."""


@dataclass(frozen=True, slots=True)
class Send:
    """One sending of an ask: the first is the ask itself, the others are nudges.

    `at_latest` is later than `at` where the message's two stamps disagree by more than a day: a reply is timed from the
    latest of the two that precedes it, and nothing is overdue before the later one plus the threshold. `status` is the
    bounce's code (RFC 3463), empty if it gives none; `retired_at` is when a note came that nobody reads the address.
    """

    identity: str
    message_id: MessageId | None
    to: AddrSpec
    at: datetime
    at_latest: datetime
    bounced_at: datetime | None = None
    status: str = ""
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An inbound message that answers or clears an ask: which, when, and the rule that says so.

    `hidden_in` is Junk or Trash if it was found nowhere else: the user may never have seen it.
    """

    identity: str
    message_id: MessageId | None
    at: datetime
    kind: MessageKind
    rung: Rung
    rule: str
    hidden_in: FolderRole | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One ask with each fact that bears on it. Every time is aware UTC; None means that it never happened.

    sent              the ask, then its nudges, in their order
    reply_to          the user's address to which an answer would come (Reply-To, else From)
    last_word         it answers the person's own last word, so that no answer is owed
    group             it went to several people, or to this one only in copy
    exact             on each exact rung the earliest reply, and the earliest older than the ask by more than `SKEW`
    person            the earliest other message of theirs for which this was the latest ask before it
    human             their earliest message of any sort after it
    uncertain         their earliest message after it that may be a machine's
    by_other_at       somebody else answered the thread
    away_at           their earliest absence note that came after the ask, or less than 30 days before it
    delayed_at        a warning that the delivery is late
    undeliverable_at  a bounce that may be about it, but does not say whom it failed to reach
    orphaned_at       a later message of the thread answers one that was never read
    rules             for each reason that may hold, the name of the rule that says so
    """

    connection: ConnectionId
    channel: Channel
    subject: str
    sent: tuple[Send, ...]
    reply_to: AddrSpec
    last_word: bool = False
    group: bool = False
    exact: tuple[Evidence, ...] = ()
    person: Evidence | None = None
    human: Evidence | None = None
    uncertain: Evidence | None = None
    by_other_at: datetime | None = None
    away_at: datetime | None = None
    delayed_at: datetime | None = None
    undeliverable_at: datetime | None = None
    orphaned_at: datetime | None = None
    rules: tuple[tuple[str, str], ...] = ()

    @property
    def identity(self) -> str:
        """The identity of its first message."""
        return self.sent[0].identity

    @property
    def asked_at(self) -> datetime:
        """When it was first asked."""
        return self.sent[0].at

    @property
    def uncertain_at(self) -> datetime | None:
        """When their earliest message after it that may be a machine's came."""
        return None if self.uncertain is None else self.uncertain.at

    def is_named(self, name: str) -> bool:
        """Whether `name` is the msg-id of one of its sendings, or the identity of one that has none."""
        return any(name == (send.message_id or send.identity) for send in self.sent)


class Moments(Protocol):
    """What bears on an ask that nobody answered, besides its sendings; `Ask` says what each means."""

    @property
    def asked_at(self) -> datetime: ...  # noqa: D102 -- see `Ask`
    @property
    def reply_to(self) -> AddrSpec: ...  # noqa: D102 -- see `Ask`
    @property
    def last_word(self) -> bool: ...  # noqa: D102 -- see `Ask`
    @property
    def group(self) -> bool: ...  # noqa: D102 -- see `Ask`
    @property
    def by_other_at(self) -> datetime | None: ...  # noqa: D102 -- see `Ask`
    @property
    def away_at(self) -> datetime | None: ...  # noqa: D102 -- see `Ask`
    @property
    def delayed_at(self) -> datetime | None: ...  # noqa: D102 -- see `Ask`
    @property
    def undeliverable_at(self) -> datetime | None: ...  # noqa: D102 -- see `Ask`
    @property
    def orphaned_at(self) -> datetime | None: ...  # noqa: D102 -- see `Ask`
    @property
    def uncertain_at(self) -> datetime | None: ...  # noqa: D102 -- see `Ask`


@dataclass(frozen=True, slots=True)
class Pairing:
    """The asks of some connections, and every time that one of these people wrote something human to the user."""

    asks: tuple[Ask, ...]
    heard: Mapping[ConnectionId, tuple[datetime, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration says about asks. To: more people than `max_recipients` asks nobody in particular."""

    max_recipients: int = 1


RULE_VERSION = 8
"""Raised with every change of a rule, so that stored asks are computed again."""
