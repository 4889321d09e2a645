"""Where mail comes from: one file a kind of account, each with `open_source(settings)`.

Nothing in here ever writes to a mailbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from tracker.registry import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from tracker.domain.folder import Folder, FolderStatus
    from tracker.domain.message import RawMessage


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What is needed to reach an account. `password` is called once, when the login is made; it is never kept.

    host ... auth  of a server
    path           of an archive on this machine
    state          a folder of ours, in which a source may remember what it needs to name messages again
    folders        names to read, empty: all that are worth reading
    sent           the Sent folder's name, empty: found by itself
    without        extensions of the server that misbehaved before and are not used
    """

    account: str
    host: str = ""
    port: int = 0
    tls: str = "implicit"
    user: str = ""
    password: Callable[[], str] = field(default=lambda: "", repr=False)
    auth: str = "password"
    ca_file: Path | None = None
    path: Path | None = None
    state: Path | None = None
    folders: Sequence[str] = ()
    sent: str = ""
    without: frozenset[str] = frozenset()
    timeout: float = 60.0


class Source(Protocol):
    """An account that is open for reading."""

    def folders(self) -> list[Folder]:
        """What is to be read, the Sent folder among it. Raises `NoSuchFolder`."""
        ...

    def status(self, folder: Folder) -> FolderStatus:
        """How far the folder has come, without opening it."""
        ...

    def uids(self, folder: Folder, first: int, last: int, since: date | None) -> Sequence[int]:
        """The UIDs from `first` to `last` that exist, ascending; only what came in on `since` or later, if given."""
        ...

    def fetch(self, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        """The headers of these messages, as many as the server gives, in the order of their UIDs."""
        ...

    def expect(self, folder: Folder, uids: Sequence[int]) -> None:
        """These messages will be fetched soon: whoever gives them may begin with it. Never raises."""
        ...

    def expect_looks(self, folder: Folder, received: Sequence[int], bodies: Sequence[int], limit: int) -> None:
        """The same of what `received` will be asked for, and `body` with this limit. Never raises."""
        ...

    def received(self, folder: Folder, uids: Sequence[int]) -> dict[int, bytes]:
        """The Received fields (RFC 5321, 4.4) of these messages by their UIDs, as many as the server gives."""
        ...

    def body(self, folder: Folder, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message with its header; empty if the server does not give it."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait until new mail is announced in INBOX, at most `seconds`; whether it was. Raises `Unreachable`."""
        ...

    def abort(self) -> None:
        """Cut the line from another thread: whatever call is under way raises `Unreachable` at once."""
        ...

    def close(self) -> None:
        """Say goodbye. Never raises."""
        ...

    @property
    def misbehaved(self) -> Mapping[str, str]:
        """Extensions of the server that did not do what they promise since it was opened, and what they did."""
        ...


class SourceModule(Protocol):
    """What a file in this folder offers. An archive covers no time beyond its newest message."""

    IS_ARCHIVE: bool

    def open_source(self, settings: SourceSettings) -> Source:
        """Connect and sign in. Raises `Unreachable`, `LoginRejected`, `ConfigError`."""
        ...


def source_module(kind: str) -> SourceModule:
    """The kind of account called `kind`; raises `UnknownChoice`."""
    return cast("SourceModule", load(__name__, kind))
