"""What the store tells of itself: the outcome of a merge, and how accounts and folders stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.message import FolderRole

LINKEDIN = "linkedin messages"
"""The account under which LinkedIn messages are stored; no configured account can be called so."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What an import changed: numbers of people, and the names of those who are gone since the last complete one."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account's passes, aware UTC; None means that it never happened.

    begun_at         start of the last pass
    synced_at        start of the last complete pass
    failed_at, error when and how the last pass failed; None after a complete one
    failures         failed passes since the last complete one
    refused_logins   those of them in which the server refused the login
    retry_at         before which the server wants no other try
    """

    name: str
    begun_at: datetime | None = None
    synced_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None
    failures: int = 0
    refused_logins: int = 0
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """How a pass failed: when, why in one line, whether the login was refused, and before when not to try again."""

    at: datetime
    error: str
    login_refused: bool = False
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FolderCount:
    """A folder: copies that lie in it, UIDs that could not be read or were gone, drafts, and the pass that read it.

    `is_begun_only` until its first reading has come to its end.
    """

    name: str
    role: FolderRole
    messages: int
    unreadable: int
    missing: int
    next_uid: int
    read_at: datetime | None
    drafts: int = 0
    is_begun_only: bool = False


@dataclass(frozen=True, slots=True)
class Latch:
    """An extension of a server that is left alone, since when, and what it did."""

    extension: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnreadableMessage:
    """A message of which no facts could be read, where it lies, why in one line, and how often it was tried."""

    account: str
    folder: str
    uid: int
    error: str
    tries: int = 1
