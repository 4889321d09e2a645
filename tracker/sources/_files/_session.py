"""An archive that is open for reading: the source contract over folders that are files or directories."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from tracker.errors import Unreachable
from tracker.sanitizer import one_line
from tracker.sources._choosing import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from tracker.domain.folder import Folder, FolderStatus
    from tracker.domain.message import RawMessage
    from tracker.sources import SourceSettings
    from tracker.sources._files._reading import Interruption
    from tracker.sources._names import Listed


class ArchiveFolder(Protocol):
    """A folder of an archive. Every method raises `Unreachable` when it has gone, or when the work is to end."""

    def status(self) -> FolderStatus:
        """How far it has come."""
        ...

    def uids(self, first: int, last: int, since: date | None) -> Sequence[int]:
        """The UIDs from `first` to `last` that exist, ascending; of those that tell when they came in, the younger."""
        ...

    def fetch(self, uid: int, account: str) -> RawMessage | None:
        """The header of a message; None if there is none."""
        ...

    def received(self, uid: int) -> bytes | None:
        """The Received fields of a message; None if there is none."""
        ...

    def body(self, uid: int, limit: int) -> bytes:
        """The beginning of a message; empty if there is none."""
        ...


class ArchiveSource:
    """The folders of one archive. Used by one thread, except for `abort`.

    `look` lists what there is now, and `make` opens one of it.
    """

    def __init__(
        self,
        settings: SourceSettings,
        look: Callable[[], Sequence[Listed]],
        make: Callable[[Listed], ArchiveFolder],
        interruption: Interruption,
    ) -> None:
        self._settings = settings
        self._look = look
        self._make = make
        self._interruption = interruption
        self._listed: dict[str, Listed] = {}
        self._open: dict[str, ArchiveFolder] = {}

    @property
    def misbehaved(self) -> Mapping[str, str]:
        """Nothing: there is no server."""
        return MappingProxyType({})

    def folders(self) -> list[Folder]:
        """What is to be read, INBOX first. Raises `NoSuchFolder`."""
        self._interruption.check()
        listed = self._look()
        self._listed = {entry.name: entry for entry in listed}
        self._open.clear()
        return [choice.folder for choice in choose(listed, self._settings, is_archive=True)]

    def status(self, folder: Folder) -> FolderStatus:
        """How far the folder has come."""
        return self._folder(folder).status()

    def uids(self, folder: Folder, first: int, last: int, since: date | None) -> Sequence[int]:
        """The UIDs from `first` to `last` that exist, ascending.

        With `since` those that came in on that day or later, some of the day before, and those that do not tell.
        """
        return self._folder(folder).uids(first, last, since) if first <= last else []

    def fetch(self, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        """The header fields of these messages, as many as are there, in the order of their UIDs."""
        within = self._folder(folder)
        found = (within.fetch(uid, self._settings.account) for uid in sorted(set(uids)))
        return [raw for raw in found if raw is not None]

    def expect(self, folder: Folder, uids: Sequence[int]) -> None:
        """Files wait for nobody."""

    def expect_looks(self, folder: Folder, received: Sequence[int], bodies: Sequence[int], limit: int) -> None:
        """As before."""

    def received(self, folder: Folder, uids: Sequence[int]) -> dict[int, bytes]:
        """The Received fields (RFC 5321, 4.4) of these messages by their UIDs, as many as are there."""
        within = self._folder(folder)
        found = {uid: within.received(uid) for uid in sorted(set(uids))}
        return {uid: fields for uid, fields in found.items() if fields is not None}

    def body(self, folder: Folder, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message with its header; empty if it is not there."""
        return self._folder(folder).body(uid, limit)

    def wait(self, seconds: float) -> bool:
        """Let the time pass: nobody announces anything here. Raises `Unreachable` on `abort`."""
        self._interruption.wait(seconds)
        return False

    def abort(self) -> None:
        """End from another thread whatever is under way; it raises `Unreachable`."""
        self._interruption.set()

    def close(self) -> None:
        """Nothing is held open."""

    def _folder(self, folder: Folder) -> ArchiveFolder:
        self._interruption.check()
        if folder.name not in self._open:
            if folder.name not in self._listed:
                self._listed = {entry.name: entry for entry in self._look()}
            if folder.name not in self._listed:
                raise Unreachable(
                    f"the archive has no folder {one_line(folder.name)!r} any more",
                    hint="nothing is lost; the next sync looks again",
                )
            self._open[folder.name] = self._make(self._listed[folder.name])
        return self._open[folder.name]
