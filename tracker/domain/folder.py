"""A folder as it is remembered and as the server tells of it, and what is to be read from it next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """

    uidvalidity: int
    uidnext: int
    messages: int
    modseq: int | None = None


@dataclass(frozen=True, slots=True)
class FolderState:
    """What is remembered: the UIDs below `next_uid` are accounted for, under this UIDVALIDITY.

    `is_begun_only` until the first reading has come to its end: UIDs that are not there then were gone before.
    """

    uidvalidity: int
    next_uid: int
    is_begun_only: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Read the UIDs from `first` to `last`; `forget` what was known of the folder's UIDs before."""

    first: int
    last: int
    forget: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to read."""
        return self.last < self.first


def plan(known: FolderState | None, server: FolderStatus) -> Plan:
    """What to read next. UIDs are worth nothing under another UIDVALIDITY (RFC 9051, 2.3.1.1).

    A UIDNEXT that went back under the same UIDVALIDITY breaks the protocol's promise; those UIDs mean nothing either.
    """
    if known is None:
        return Plan(1, server.uidnext - 1)
    if known.uidvalidity != server.uidvalidity or server.uidnext < known.next_uid:
        return Plan(1, server.uidnext - 1, forget=True)
    return Plan(known.next_uid, server.uidnext - 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """A piece of a folder's reading, stored in one transaction with the state that it leads to.

    messages     (UID, facts) of what was read
    unreadable   UIDs of which no facts could be read
    state        what is accounted for once this is stored
    missing      UIDs that were allotted and gone before they were seen, in this piece
    """

    account: str
    folder: Folder
    messages: Sequence[tuple[int, Message]]
    unreadable: Sequence[Unreadable]
    state: FolderState
    missing: int = 0
