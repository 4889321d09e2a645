"""A folder as it is remembered and as the server tells of it, and what is to be read from it next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from tracker.domain.message import FolderRole, Message, Unreadable


@dataclass(frozen=True, slots=True)
class Folder:
    """An IMAP mailbox (RFC 9051): its decoded name, and what it is for."""

    name: str
    role: FolderRole


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """What the server says: UIDVALIDITY, the next UID it will give out, and how many messages lie there.

    `modseq` is HIGHESTMODSEQ (RFC 7162), which changes with every change of flags; None where it cannot be relied on.
    `is_sparse` says that UIDs are given out with gaps, so that one that is not there tells of nothing that is gone.
    """

    uidvalidity: int
    uidnext: int
    messages: int
    modseq: int | None = None
    is_sparse: bool = False


@dataclass(frozen=True, slots=True)
class FolderState:
    """What is remembered: the UIDs below `next_uid` are accounted for, under this UIDVALIDITY.

    is_begun_only  until the first reading has come to its end: UIDs that are not there then were gone before
    since          what came in before this day was left out; None if that is not known
    audited_at     when the UIDs were last compared with the server's, one by one
    modseq         the server's when the drafts were last looked at; None if it had none
    drafts         UIDs of drafts, which become facts once they are seen without that mark
    """

    uidvalidity: int
    next_uid: int
    is_begun_only: bool = False
    since: date | None = None
    audited_at: datetime | None = None
    modseq: int | None = None
    drafts: tuple[int, ...] = ()


AUDIT_EVERY = timedelta(hours=24)
"""So often all UIDs of a folder are compared with those that are accounted for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Read the UIDs from `first` to `last`, without what came in before `since` if that is given.

    is_first  nothing below `last` was completely read before; UIDs that are not there say nothing
    forget    what was known of the folder's UIDs means nothing any more
    audit     compare the UIDs below `first` with those that are accounted for, from the day `floor` on
    drafts    look again at these drafts
    """

    first: int
    last: int
    since: date | None = None
    is_first: bool = False
    forget: bool = False
    audit: bool = False
    floor: date | None = None
    drafts: tuple[int, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return self.last < self.first and not (self.is_first or self.audit or self.drafts)

    @property
    def span(self) -> int:
        """How many UIDs were given out since."""
        return max(0, self.last - self.first + 1)


def plan(known: FolderState | None, server: FolderStatus, *, since: date, now: datetime) -> Plan:
    """What to do with a folder of which everything from the day `since` on is wanted.

    UIDs are worth nothing under another UIDVALIDITY (RFC 9051, 2.3.1.1). A UIDNEXT that went back under the same
    UIDVALIDITY breaks the protocol's promise; those UIDs mean nothing either.
    """
    last = server.uidnext - 1
    if known is None:
        return Plan(1, last, since, is_first=True)
    if known.uidvalidity != server.uidvalidity or server.uidnext < known.next_uid:
        return Plan(1, last, since, is_first=True, forget=True)
    if known.is_begun_only:
        floor = known.since or since
        return Plan(known.next_uid, last, floor, is_first=True, audit=True, floor=floor)
    has_changed = server.modseq is None or server.modseq != known.modseq
    return Plan(
        known.next_uid,
        last,
        audit=_is_audit_due(known, since, now),
        floor=min(since, known.since or since),
        drafts=known.drafts if has_changed else (),
    )


def _is_audit_due(known: FolderState, since: date, now: datetime) -> bool:
    """Whether the day of the last comparison is over, or mail of an earlier day is wanted than was then."""
    if known.audited_at is None or known.since is None:
        return True
    return abs(now - known.audited_at) >= AUDIT_EVERY or since < known.since


@dataclass(frozen=True, slots=True)
class Accounted:
    """What is accounted for of a folder's UIDs up to and with `last`: where facts lie, what failed, what is a draft."""

    last: int
    seen: frozenset[int]
    failed: frozenset[int]
    drafts: frozenset[int]

    def compare(self, existing: Collection[int], wanted: Collection[int]) -> Difference:
        """What differs from the UIDs that exist, of which those `wanted` are to be read."""
        there, known = set(existing), self.seen | self.drafts
        retried = self.failed & there
        late = (there & set(wanted)) - known | retried
        gone = (known | self.failed) - there
        return Difference(tuple(sorted(late)), tuple(sorted(retried)), tuple(sorted(gone)), len(there))


@dataclass(frozen=True, slots=True)
class Difference:
    """What an audit finds: UIDs to be read, those of them that could not be before, UIDs that are gone.

    `existing` is how many there are now.
    """

    late: tuple[int, ...] = ()
    retried: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    existing: int = 0

    def __add__(self, other: Difference) -> Difference:
        """Both together."""
        return Difference(
            self.late + other.late,
            self.retried + other.retried,
            self.gone + other.gone,
            self.existing + other.existing,
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """How a folder stands after a pass; see `FolderState`.

    gone     UIDs that lie there no longer
    retried  UIDs that could not be read before and were tried again
    """

    since: date | None = None
    audited_at: datetime | None = None
    modseq: int | None = None
    gone: Sequence[int] = ()
    retried: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A piece of a folder's reading, stored in one transaction with the state that it leads to.

    messages     (UID, facts) of what was read
    unreadable   UIDs of which no facts could be read
    state        what is accounted for once this is stored
    missing      UIDs that were allotted and gone before they were seen, in this piece
    drafts       UIDs of drafts
    gone         UIDs that were asked for again and lie there no longer
    """

    account: str
    folder: Folder
    messages: Sequence[tuple[int, Message]]
    unreadable: Sequence[Unreadable]
    state: FolderState
    missing: int = 0
    drafts: Sequence[int] = ()
    gone: Sequence[int] = ()

    @property
    def size(self) -> int:
        """How many messages it accounts for."""
        return len(self.messages) + len(self.unreadable) + len(self.drafts)

    def __add__(self, later: Batch) -> Batch:
        """Both as one; `later` was read from the same folder after this one."""
        return Batch(
            self.account,
            self.folder,
            [*self.messages, *later.messages],
            [*self.unreadable, *later.unreadable],
            later.state,
            self.missing + later.missing,
            [*self.drafts, *later.drafts],
            [*self.gone, *later.gone],
        )
