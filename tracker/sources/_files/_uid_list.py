"""Which UID was given to which message of a Maildir: a file of ours that only grows, like Dovecot's dovecot-uidlist.

    tracker-uids 1 UIDVALIDITY UIDNEXT          the first line
    UID NAME                                    one line a message, ascending; NAME is percent-encoded
    = UIDNEXT MESSAGES CUR NEW                  what a listing came to, and the times of the directories before it

A UID is on the disk before it is told to anybody. What a crash left of a last line is cut off. A list that is lost or
makes no sense is begun anew under another UIDVALIDITY.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tracker.sources._files._memory import replace_file, sync_directory, write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from tracker.sources._files._reading import Interruption

_TITLE = b"tracker-uids 1 "
_MARK = b"= "
_LONGEST_MARK = 256
_TRIES_A_SECOND = 20
_SPARE_LINES = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """What the last listing came to: UIDNEXT, how many messages, and the times of `cur` and `new`."""

    uidnext: int
    messages: int
    times: tuple[int, int]


@dataclass(slots=True)
class UidList:
    """The list as it is read. `size` is that of its whole lines."""

    uidvalidity: int
    uidnext: int = 1
    uids: dict[bytes, int] = field(default_factory=dict)
    size: int = 0
    lines: int = 0

    def give(self, names: Sequence[bytes]) -> bytes:
        """UIDs for new names in their order; the lines that say so."""
        lines: list[bytes] = []
        for name in names:
            self.uids[name] = self.uidnext
            lines.append(b"%d %s\n" % (self.uidnext, _encoded(name)))
            self.uidnext += 1
        self.lines += len(lines)
        return b"".join(lines)


def new_list() -> UidList:
    """A list of nothing under a UIDVALIDITY that nobody has seen."""
    return UidList(secrets.randbelow(2**31 - 1) + 1)


def read_list(path: Path) -> UidList:
    """The list at `path`; a new one if there is none or it makes no sense."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return new_list()
    content = content[: content.rfind(b"\n") + 1]
    title, _, rest = content.partition(b"\n")
    try:
        uidvalidity, uidnext = _title(title)
        found = UidList(uidvalidity, uidnext, size=len(content))
        for line in rest.splitlines():
            found.lines += 1
            if line.startswith(_MARK):
                found.uidnext = max(found.uidnext, _mark(line).uidnext)
                continue
            uid, name = line.split(b" ")
            found.uids[unquote_to_bytes(name)] = int(uid)
            found.uidnext = max(found.uidnext, int(uid) + 1)
    except ValueError:
        return new_list()
    return found


def peek(path: Path) -> tuple[int, Mark] | None:
    """UIDVALIDITY and the mark with which the list at `path` ends, without reading the list; None without one."""
    try:
        with path.open("rb") as file:
            title = file.readline(_LONGEST_MARK)
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _LONGEST_MARK))
            lines = file.read().split(b"\n")
        return _title(title.removesuffix(b"\n"))[0], _mark(lines[-2] if not lines[-1] else b"")
    except (FileNotFoundError, ValueError, IndexError):
        return None


def save(path: Path, found: UidList, fresh: bytes, mark: Mark | None, present: Collection[bytes]) -> None:
    """Write new lines and the mark down, so that they last. Raises OSError.

    The file is written anew if it is, or if most of its lines tell of what is not `present` any more.
    """
    ending = b"" if mark is None else b"= %d %d %d %d\n" % (mark.uidnext, mark.messages, *mark.times)
    if found.size and found.lines <= 2 * len(present) + _SPARE_LINES:
        if fresh or ending:
            _append(path, found, fresh + ending)
        return
    found.uids = {name: uid for name, uid in found.uids.items() if name in present}
    lines = [b"%s%d %d\n" % (_TITLE, found.uidvalidity, found.uidnext)]
    lines += [b"%d %s\n" % (uid, _encoded(name)) for name, uid in found.uids.items()]
    content = b"".join([*lines, ending])
    replace_file(path, content)
    found.size, found.lines = len(content), len(found.uids)


def _append(path: Path, found: UidList, lines: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.ftruncate(descriptor, found.size)
        os.lseek(descriptor, found.size, os.SEEK_SET)
        write_whole(descriptor, lines)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    found.size += len(lines)


@contextmanager
def locked(path: Path, interruption: Interruption) -> Iterator[None]:
    """Keep other runs of the program from giving out UIDs in the directory of `path`."""
    descriptor = os.open(path.parent / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                interruption.wait(1 / _TRIES_A_SECOND)
        sync_directory(path.parent)
        yield
    finally:
        os.close(descriptor)


def _title(line: bytes) -> tuple[int, int]:
    if not line.startswith(_TITLE):
        raise ValueError("no list of UIDs")
    uidvalidity, uidnext = line.removeprefix(_TITLE).split(b" ")
    return int(uidvalidity), int(uidnext)


def _mark(line: bytes) -> Mark:
    if not line.startswith(_MARK):
        raise ValueError("no mark")
    uidnext, messages, cur, new = map(int, line.removeprefix(_MARK).split(b" "))
    return Mark(uidnext, messages, (cur, new))


def _encoded(name: bytes) -> bytes:
    return quote_from_bytes(name, safe=",=+:!").encode("ascii")
