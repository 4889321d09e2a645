"""An account that is open for reading: the source contract over one connection."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tracker.domain.fields import HEADER_FIELDS
from tracker.domain.folder import FolderStatus
from tracker.errors import BadServerReply, Unreachable
from tracker.sources.imap._client import Refused
from tracker.sources.imap._failures import bad_reply, is_passing, refused, translated
from tracker.sources.imap._folders import choose
from tracker.sources.imap._names import listed_folders, on_the_wire
from tracker.sources.imap._replies import fetched, fetched_uids, search_date, searched, sections, status_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.folder import Folder
    from tracker.domain.message import RawMessage
    from tracker.sources import SourceSettings
    from tracker.sources.imap._client import Client, Data, Opened

T = TypeVar("T")

Answer = tuple[dict[int, T], str | None]
"""What came by UIDs, and the server's words if it said NO."""

_HEADER = f"BODY.PEEK[HEADER.FIELDS ({' '.join(HEADER_FIELDS)})]"
_RECEIVED = "(UID BODY.PEEK[HEADER.FIELDS (Received)])"

# Which capability gives threads a name, and the item that asks for it: Gmail's own, and RFC 8474, 5.2.
_THREAD_ITEMS = (("X-GM-EXT-1", "X-GM-THRID "), ("OBJECTID", "THREADID "))

FETCH_AT_ONCE = 500
"""Messages a command: what a server has to hold, and what is asked for again when it hangs up."""

_SEARCH_AT_ONCE = 500_000
"""UIDs that one reply may name: at most 5.5 MB."""

_GREATEST_UID = 2**32 - 1
_ZONES = timedelta(days=1)  # SEARCH compares days in the server's own zone
_INBOX = b"INBOX"


class ImapSource:
    """One signed-in connection. Used by one thread, except for `abort`."""

    def __init__(self, client: Client, settings: SourceSettings) -> None:
        self._client = client
        self._settings = settings
        self._server = f"{settings.host} port {settings.port}"
        self._socket: socket.socket = client.socket()
        self._aborted = threading.Event()
        self._wires: dict[str, bytes] = {}
        self._known: dict[bytes, FolderStatus] = {}
        self._open: bytes | None = None
        self._misbehaved: dict[str, str] = {}

    @property
    def misbehaved(self) -> Mapping[str, str]:
        """Extensions of the server that did not do what they promise, and what they did instead."""
        return self._misbehaved

    def folders(self) -> list[Folder]:
        """What is to be read, the Sent folder among it, INBOX first. Raises `NoSuchFolder`."""
        with self._translated():
            listed = listed_folders(self._client.listed())
            is_gmail = self._client.offers("X-GM-EXT-1")
        choices = choose(listed, self._settings, is_gmail=is_gmail)
        self._wires = {choice.folder.name: choice.wire for choice in choices}
        return [choice.folder for choice in choices]

    def status(self, folder: Folder) -> FolderStatus:
        """How far the folder has come, without opening it; it is opened only if the server leaves UIDNEXT out."""
        wire = self._wire(folder)
        with self._translated():
            items = status_items(self._client.status_of(wire))
            if "UIDVALIDITY" not in items:
                raise BadServerReply(
                    f"{self._server} gives folder {folder.name!r} no UIDVALIDITY; nothing read from it would last",
                    hint="leave the folder out with `folders` in [[account]]",
                )
            uidnext = items.get("UIDNEXT") or self._uidnext(wire)
        self._known[wire] = FolderStatus(items["UIDVALIDITY"], uidnext, items.get("MESSAGES", 0))
        return self._known[wire]

    def uids(self, folder: Folder, first: int, last: int, since: date | None) -> list[int]:
        """The UIDs from `first` to `last` that exist, ascending.

        With `since` those that came in on that day or later, and some of the day before: zones differ.
        """
        if last < first:
            return []
        wire = self._wire(folder)
        with self._translated():
            return self._search(self._examine(wire), first, last, since)

    def fetch(self, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        """The header fields of these messages, as many as the server gives, in the order of their UIDs."""
        wire = self._wire(folder)
        found: dict[int, RawMessage] = {}
        with self._translated():
            if self._open != wire:
                self._examine(wire)
            for piece in _pieces(uids):
                found.update(self._fetch_piece(piece))
        return [found[uid] for uid in sorted(found)]

    def received(self, folder: Folder, uids: Sequence[int]) -> dict[int, bytes]:
        """The Received fields (RFC 5321, 4.4) of these messages by their UIDs, as many as the server gives."""
        wire = self._wire(folder)
        found: dict[int, bytes] = {}
        with self._translated():
            if self._open != wire:
                self._examine(wire)
            for piece in _pieces(uids):
                found.update(self._bisected(piece, partial(self._sections, items=_RECEIVED))[0])
        return found

    def body(self, folder: Folder, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message with its header; empty if the server does not give it."""
        wire = self._wire(folder)
        with self._translated():
            if self._open != wire:
                self._examine(wire)
            found, _ = self._sections([uid], items=f"(UID BODY.PEEK[]<0.{limit}>)")
        return found.get(uid, b"")[:limit]

    def wait(self, seconds: float) -> bool:
        """Wait until new mail is announced in INBOX, at most `seconds`; whether it was.

        Without IDLE (RFC 2177) on the server this sleeps and asks once. Every wait ends with a NOOP: on a dead line
        it raises `Unreachable` where an IDLE alone would stay silent for ever.
        """
        deadline = time.monotonic() + seconds
        with self._translated():
            opened = self._examine(_INBOX)
            known = self._known.get(_INBOX)
            if known is not None and opened.uidnext is not None and opened.uidnext > known.uidnext:
                return True
            has_idle = self._client.offers("IDLE")
            is_new = False
            while not is_new and (left := deadline - time.monotonic()) > 0:
                if has_idle:
                    is_new = self._client.idle_until(partial(self._await_bytes, left))
                else:
                    self._aborted.wait(left)
            return self._client.noop_announces() or is_new

    def abort(self) -> None:
        """Cut the line from another thread: whatever call is under way raises `Unreachable` at once."""
        self._aborted.set()
        with contextlib.suppress(OSError):
            # Not SSLSocket's own, which takes the TLS state away from under the other thread.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye. Never raises."""
        try:
            with self._translated():
                if not self._aborted.is_set():
                    self._socket.settimeout(min(5.0, self._settings.timeout))
                    self._client.say_goodbye()
        except Unreachable:
            pass
        finally:
            self._client.hang_up()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated(self._server):
                try:
                    yield
                except Refused as error:
                    raise refused(self._server, error.command, error.words) from error
        except Unreachable as error:
            if self._aborted.is_set():
                raise Unreachable(f"the connection to {self._server} was cut", hint="this was on request") from error
            raise

    def _wire(self, folder: Folder) -> bytes:
        if folder.name in self._wires:
            return self._wires[folder.name]
        try:
            return on_the_wire(folder.name)
        except ValueError as error:
            raise bad_reply(self._server, error) from error

    def _examine(self, wire: bytes) -> Opened:
        """Open a folder. UIDs found under another UIDVALIDITY than was told must not be mixed with these."""
        self._open = None
        opened = self._client.examine(wire)
        known = self._known.get(wire)
        if known is not None and opened.uidvalidity not in {None, known.uidvalidity}:
            raise bad_reply(self._server, "UIDVALIDITY changed while a folder was read")
        self._open = wire
        return opened

    def _uidnext(self, wire: bytes) -> int:
        """UIDNEXT where STATUS leaves it out: from EXAMINE, else the UID after the last."""
        self._known.pop(wire, None)
        opened = self._examine(wire)
        if opened.uidnext is not None:
            return opened.uidnext
        return max(self._search(opened, 1, _GREATEST_UID, None), default=0) + 1

    def _search(self, opened: Opened, first: int, last: int, since: date | None) -> list[int]:
        """UID SEARCH in the open folder, in closed ascending ranges: `*` names a message that is not asked for."""
        if opened.exists == 0:
            return []
        step = last - first + 1 if opened.exists <= _SEARCH_AT_ONCE else _SEARCH_AT_ONCE
        days = [] if since is None else ["SINCE", search_date(since - _ZONES)]
        found: set[int] = set()
        for start in range(first, last + 1, step):
            span = f"{start}:{min(start + step - 1, last)}"
            numbers = searched(self._client.uid_search("UID", span, *days))
            if numbers is None:
                # OK and no word about messages may mean none, or a server that lost the answer.
                numbers = fetched_uids(self._client.uid_fetch(span, "(UID)")[0])
            found.update(number for number in numbers if first <= number <= last)
        return sorted(found)

    def _fetch_piece(self, uids: Sequence[int]) -> dict[int, RawMessage]:
        """These messages, as far as the server gives them."""
        found, refusal = self._bisected(uids, self._messages)
        if refusal is not None and len(uids) > 1 and not found:
            # A server that refuses everything has no broken message but a bad day.
            raise refused(self._server, "FETCH", refusal)
        return found

    def _bisected(self, uids: Sequence[int], ask: Callable[[Sequence[int]], Answer[T]]) -> Answer[T]:
        """What `ask` gives; where the server refuses all for the sake of one, those around it are asked for again."""
        found, refusal = ask(uids)
        waiting = _halves([uid for uid in uids if uid not in found]) if refusal is not None and len(uids) > 1 else []
        while waiting:
            half = waiting.pop()
            more, reason = ask(half)
            found.update(more)
            if reason is not None and len(half) > 1:
                waiting.extend(_halves([uid for uid in half if uid not in more]))
        return found, refusal

    def _messages(self, uids: Sequence[int]) -> Answer[RawMessage]:
        thread = next((item for capability, item in _THREAD_ITEMS if self._client.offers(capability)), "")
        data, refusal = self._asked(uids, f"(UID FLAGS INTERNALDATE RFC822.SIZE {thread}{_HEADER})")
        asked = set(uids)
        return {raw.uid: self._in_account(raw) for raw in fetched(data) if raw.uid in asked}, refusal

    def _in_account(self, raw: RawMessage) -> RawMessage:
        """A thread's name means something in its own account only."""
        return replace(raw, thread_key=f"{self._settings.account} {raw.thread_key}") if raw.thread_key else raw

    def _sections(self, uids: Sequence[int], *, items: str) -> Answer[bytes]:
        data, refusal = self._asked(uids, items)
        asked = set(uids)
        return {uid: section for uid, section in sections(data) if uid in asked}, refusal

    def _asked(self, uids: Sequence[int], items: str) -> tuple[Data, str | None]:
        data, refusal = self._client.uid_fetch(uid_set(uids), items)
        if refusal is not None and is_passing(refusal):
            raise refused(self._server, "FETCH", refusal)
        return data, refusal

    def _await_bytes(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        poll.poll(seconds * 1000)


def _pieces(uids: Sequence[int]) -> list[Sequence[int]]:
    """Each UID once, ascending, as many together as one command asks for."""
    asked = sorted(set(uids))
    return [asked[start : start + FETCH_AT_ONCE] for start in range(0, len(asked), FETCH_AT_ONCE)]


def _halves(uids: Sequence[int]) -> list[Sequence[int]]:
    middle = (len(uids) + 1) // 2
    return [half for half in (uids[:middle], uids[middle:]) if half]


def uid_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as a sequence-set (RFC 9051, 9) with its runs drawn together."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)
