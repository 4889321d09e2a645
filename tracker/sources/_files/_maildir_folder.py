"""One Maildir as a folder: a file a message, known by its unique name, whatever flags are added to that."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from tracker.domain.folder import FolderStatus
from tracker.domain.message import RawMessage
from tracker.errors import Unreachable
from tracker.sources._files._header import RECEIVED, header_block, reduced
from tracker.sources._files._labels import gmail_thread, is_labelled_draft
from tracker.sources._files._reading import opened, read_at, told
from tracker.sources._files._uid_list import Mark, UidList, locked, new_list, peek, read_list, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from tracker.sources._files._reading import Interruption

T = TypeVar("T")

_INFO = re.compile(rb"(.+)[:;!]([12]),([^:;!]*)", re.DOTALL)
"""A name with its flags; file systems that allow no colon have something else in its place."""

_DIRECTORIES = ("new", "cur")
"""In the order in which a message passes through them, so that none is missed while it does."""

_RENAMES = 3
_ZONES = timedelta(days=1)
_NANOSECONDS_OF_DOUBT = 2_000_000_000
"""In which a directory may have changed twice and show one time."""


@dataclass(slots=True)
class _Listing:
    """What lies in the folder: where the file of each UID is, and its flags."""

    uids: UidList
    files: dict[int, tuple[str, bytes]] = field(default_factory=dict)


class MaildirFolder:
    """A folder that is a directory. `memory` is where its UIDs are kept between runs."""

    def __init__(self, path: Path, memory: Path | None, interruption: Interruption) -> None:
        self._path = path
        self._memory = memory
        self._interruption = interruption
        self._uids = new_list()
        self._listing: _Listing | None = None

    def status(self) -> FolderStatus:
        """How far it has come. Where nothing has changed since the last time, nothing is listed."""
        self._interruption.check()
        self._listing = None
        times = self._times()
        modseq = sum(times) if _is_settled(times) else None  # a changed flag is a new name, which `cur` shows
        with told(f"what is remembered in {self._memory}"):
            known = peek(self._memory) if self._memory is not None else None
        if known is not None and known[1].times == times:
            return FolderStatus(known[0], known[1].uidnext, known[1].messages, modseq)
        listing = self._list()
        return FolderStatus(listing.uids.uidvalidity, listing.uids.uidnext, len(listing.files), modseq)

    def uids(self, first: int, last: int, since: date | None) -> list[int]:
        """The UIDs in this range of which there is a file, ascending; they all tell when they came in."""
        found = sorted(uid for uid in self._listed().files if first <= uid <= last)
        return found if since is None else [uid for uid in found if self._is_young(uid, since)]

    def fetch(self, uid: int, account: str) -> RawMessage | None:
        """The header of a message; None if there is none."""

        def read(descriptor: int, flags: bytes) -> RawMessage:
            found = os.fstat(descriptor)
            block, _ = header_block(descriptor, 0, found.st_size)
            return RawMessage(
                uid=uid,
                header=reduced(block),
                received_at=_moment(found),
                size=found.st_size,
                is_draft=b"D" in flags or is_labelled_draft(block),
                thread_key=gmail_thread(block, account),
            )

        return self._read(uid, read)

    def received(self, uid: int) -> bytes | None:
        """The Received fields of a message; None if there is none."""
        return self._read(uid, lambda file, _: reduced(header_block(file, 0, os.fstat(file).st_size)[0], RECEIVED))

    def body(self, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message with CRLF line ends; empty if there is none."""
        text = self._read(uid, lambda file, _: read_at(file, 0, limit)) or b""
        return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\0", b"\x80")[:limit]

    def _is_young(self, uid: int, since: date) -> bool:
        place, _ = self._listed().files[uid]
        try:
            moment = _moment((self._path / place).stat())
        except OSError:
            return True  # whatever happened to it, the reading will tell
        return moment is None or moment.date() >= since - _ZONES

    def _read(self, uid: int, read: Callable[[int, bytes], T]) -> T | None:
        """What `read` makes of a message's file and flags. A file that was renamed meanwhile is looked for again."""
        for _ in range(_RENAMES):
            self._interruption.check()
            place, flags = self._listed().files.get(uid, ("", b""))
            if not place:
                return None
            with told(str(self._path / place)):
                try:
                    with opened(self._path / place) as descriptor:
                        return read(descriptor, flags)
                except FileNotFoundError:
                    pass
            self._list()
        raise Unreachable(
            f"the messages of {self._path} are renamed faster than they can be read", hint="the next sync tries again"
        )

    def _listed(self) -> _Listing:
        return self._list() if self._listing is None else self._listing

    def _list(self) -> _Listing:
        """What lies there now; what is new is given a UID, and that is written down first."""
        if self._memory is None:
            self._listing = self._look(self._uids)[0]
            return self._listing
        with told(f"what is remembered in {self._memory}"), locked(self._memory, self._interruption):
            uids = read_list(self._memory)
            listing, lines, mark = self._look(uids)
            present = {name for name, uid in uids.uids.items() if uid in listing.files}
            save(self._memory, uids, lines, mark, present)
        self._listing = listing
        return listing

    def _look(self, uids: UidList) -> tuple[_Listing, bytes, Mark | None]:
        """The files there, the lines for those that are new, and the mark if nothing can have slipped in meanwhile."""
        times = self._times()
        with told(str(self._path)):
            found: dict[bytes, tuple[str, bytes]] = {}
            for directory in _DIRECTORIES:
                self._interruption.check()
                found.update(_files_in(self._path, directory))
            ages = {name: _age(self._path / found[name][0]) for name in found if name not in uids.uids}
        lines = uids.give(sorted(ages, key=lambda name: (ages[name], name)))
        files = {uids.uids[name]: place for name, place in found.items()}
        is_settled = times == self._times() and _is_settled(times)
        mark = Mark(uids.uidnext, len(files), times) if is_settled else None
        return _Listing(uids, files), lines, mark

    def _times(self) -> tuple[int, int]:
        """When the directories changed last; 0 for one that is not there, as long as the other one is."""
        with told(str(self._path)):
            cur, new = (_changed_at(self._path / name) for name in ("cur", "new"))
            if not cur and not new:
                raise FileNotFoundError(self._path)
        return cur, new


def _is_settled(times: tuple[int, int]) -> bool:
    """Whether the next change will show another time for certain."""
    return max(times) < time.time_ns() - _NANOSECONDS_OF_DOUBT


def _changed_at(directory: Path) -> int:
    try:
        return directory.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _files_in(folder: Path, directory: str) -> Iterator[tuple[bytes, tuple[str, bytes]]]:
    """Unique names, each with the place of its file below the folder and its flags."""
    if not (folder / directory).is_dir():
        return
    with os.scandir(folder / directory) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and _is_file(entry):
                name = os.fsencode(entry.name)
                match = _INFO.fullmatch(name)
                unique, flags = (match[1], match[3]) if match else (name, b"")
                yield unique, (f"{directory}/{entry.name}", flags)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False  # a symbolic link that leads round in a circle


def _age(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0  # renamed meanwhile; its place among the others is of no weight


def _moment(found: os.stat_result) -> datetime | None:
    """When a file was written, by the second as servers tell it."""
    try:
        return datetime.fromtimestamp(found.st_mtime // 1, UTC)
    except (ValueError, OverflowError, OSError):
        return None
