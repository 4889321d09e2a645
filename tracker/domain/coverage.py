"""What is read of the accounts, and up to when that lets anything be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

STALE = timedelta(hours=24)
"""An account that was last read longer ago than this holds the judgement back enough to say so."""

FOLDER_LIMITS = (1_000, 2_000, 5_000, 10_000, 100_000)
"""So many messages of a folder, the newest, are all that some servers show.

Gmail where its user wants that (`maxFolderSize` of ImapSettings in its API); Yahoo and AOL 10,000, and their server for
exports 100,000 (Yahoo's help, SLN28681).
"""


def is_at_limit(messages: int) -> bool:
    """Whether a folder of which so many were read may hold older ones: what is shown no longer is missed once a day."""
    return any(limit <= messages <= limit * 11 // 10 for limit in FOLDER_LIMITS)


@dataclass(frozen=True, slots=True)
class AccountCoverage:
    """What is read of one account. `synced_at`: the start of its last complete pass, None before the first.

    newest_at    when its newest message came in
    is_archive   whether nothing more is to come, so that its newest message is the last moment that it tells of
    folders      folders that are read
    messages     copies that lie in them
    unreadable   copies of which no facts could be read
    missing      UIDs that were allotted and gone before they were seen
    since        what came in before this day was left out; None if that is not known
    shown_from   when what its inbox shows begins, if that is as much as its server shows of any folder
    """

    name: str
    synced_at: datetime | None
    folders: int = 0
    messages: int = 0
    unreadable: int = 0
    missing: int = 0
    newest_at: datetime | None = None
    is_archive: bool = False
    since: date | None = None
    shown_from: datetime | None = None

    @property
    def read_to(self) -> datetime | None:
        """Up to when it tells what came in; None before the first complete pass."""
        if self.synced_at is None or not self.is_archive:
            return self.synced_at
        return min(self.synced_at, self.newest_at or self.synced_at)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is read of all accounts. `messages` counts different messages, each once whatever its copies.

    kept_from    what is older may be stored no longer; None if nothing was ever deleted for its age
    """

    complete: bool
    accounts: tuple[AccountCoverage, ...]
    messages: int = 0
    kept_from: datetime | None = None

    @property
    def whole_from(self) -> datetime | None:
        """What came in before may be missing: left out when its account was first read, not shown, or deleted."""
        read = [datetime.combine(one.since, time(), UTC) for one in self.accounts if one.since is not None]
        others = (self.kept_from, *(one.shown_from for one in self.accounts))
        return max([*read, *(moment for moment in others if moment is not None)], default=None)

    @property
    def as_of(self) -> datetime | None:
        """The moment to judge: up to which all polled accounts are read, without any the end of the newest archive.

        None before everything was read once.
        """
        polled = [account.read_to for account in self.accounts if not account.is_archive]
        archives = [account.read_to for account in self.accounts if account.is_archive]
        known = [moment for moment in polled or archives if moment is not None]
        if not self.complete or not known:
            return None
        return min(known) if polled else max(known)
