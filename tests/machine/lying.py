"""A mailbox that is served by a script, honestly but for one lie."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.machine.scripted import Reply

    Lie = Callable[[str, bytes], Reply]
    """A command and the honest reply to it: what is said instead, None to hang up."""

OK = b"TAG OK done\r\n"
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"')
_STAMP = b'"01-Mar-2026 10:00:00 +0000"'


@dataclass
class Shelf:
    """A folder: its messages by UID, its attributes, and how LIST writes its name if not as a quoted string."""

    messages: dict[int, bytes] = field(default_factory=dict)
    attributes: bytes = b""
    listed_as: bytes = b""
    uidvalidity: int = 7

    @property
    def uidnext(self) -> int:
        """The next UID."""
        return max(self.messages, default=0) + 1

    @property
    def status(self) -> bytes:
        """What STATUS tells."""
        return b"(MESSAGES %d UIDNEXT %d UIDVALIDITY %d)" % (len(self.messages), self.uidnext, self.uidvalidity)


@dataclass
class LyingMailbox:
    """Folders by their wire names, what the server offers, and its lie; no client should send what is in `odd`."""

    shelves: Mapping[bytes, Shelf]
    offered: str = ""
    lie: Lie | None = None
    odd: list[str] = field(default_factory=list)
    _open: Shelf = field(default_factory=Shelf)

    def replies(self) -> dict[str, Any]:
        """The script, in which an underscore stands for a blank."""
        honest: dict[str, Callable[[str], bytes]] = {
            "CAPABILITY": lambda _: f"* CAPABILITY IMAP4rev1 {self.offered}\r\n".encode() + OK,
            "LOGIN": lambda _: OK,
            "ID": lambda _: OK,
            "LIST": self._list,
            "STATUS": self._status,
            "EXAMINE": self._examine,
            "UID_SEARCH": self._search,
            "UID_FETCH": self._fetch,
        }
        return {name: partial(self._told, answer) for name, answer in honest.items()}

    def _told(self, honest: Callable[[str], bytes], command: str) -> Reply:
        return honest(command) if self.lie is None else self.lie(command, honest(command))

    def _list(self, command: str) -> bytes:
        lines = [
            b'* LIST (%s) "/" %s\r\n' % (shelf.attributes, shelf.listed_as or _quoted(wire))
            for wire, shelf in self.shelves.items()
        ]
        if "STATUS (" in command:
            lines += [b"* STATUS %s %s\r\n" % (_quoted(wire), shelf.status) for wire, shelf in self.shelves.items()]
        return b"".join(lines) + OK

    def _status(self, command: str) -> bytes:
        wire = _wire(command)
        return b"* STATUS %s %s\r\n" % (_quoted(wire), self.shelves[wire].status) + OK

    def _examine(self, command: str) -> bytes:
        shelf = self._open = self.shelves[_wire(command)]
        told = (len(shelf.messages), shelf.uidvalidity, shelf.uidnext)
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x\r\n" % told + OK

    def _search(self, command: str) -> bytes:
        found = self._named(command, command.split(" ")[3])
        return b"* SEARCH" + b"".join(b" %d" % uid for uid in found) + b"\r\n" + OK

    def _fetch(self, command: str) -> bytes:
        _, _, uids, items = command.split(" ", 3)
        order = sorted(self._open.messages)
        replies = [
            b"* %d FETCH (%s)\r\n" % (order.index(uid) + 1, _items(uid, self._open.messages[uid], items))
            for uid in self._named(command, uids)
        ]
        return b"".join(replies) + OK

    def _named(self, command: str, uids: str) -> list[int]:
        """The UIDs of a sequence-set that exist; one that is open or descends is taken down."""
        found: set[int] = set()
        for piece in uids.split(","):
            first, _, last = piece.partition(":")
            if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
                self.odd.append(command)
                continue
            found.update(uid for uid in self._open.messages if int(first) <= uid <= int(last or first))
        return sorted(found)


def _items(uid: int, message: bytes, asked: str) -> bytes:
    told = b"UID %d" % uid
    if "FLAGS" in asked:
        told += b" FLAGS () INTERNALDATE %s RFC822.SIZE %d" % (_STAMP, len(message))
    if "X-GM-THRID" in asked:
        told += b" X-GM-THRID %d X-GM-LABELS ()" % uid
    elif "THREADID" in asked:
        told += b" THREADID (T%d)" % uid
    section = asked.partition("BODY.PEEK[")[2].partition("]")[0]
    if "BODY" not in asked:
        return told
    content = b"\r\n" if section.endswith("(Received)") else message
    return told + b" BODY[%s] {%d}\r\n%s" % (section.encode(), len(content), content)


def _wire(command: str) -> bytes:
    match = _NAME.search(command)
    return re.sub(r"\\(.)", r"\1", match[1] if match else "").encode("latin-1")


def _quoted(wire: bytes) -> bytes:
    return b'"' + wire.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
