"""An account that is open for reading: the source contract over one connection."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from array import array
from datetime import timedelta
from functools import partial
from itertools import islice
from operator import lt
from typing import TYPE_CHECKING

from tracker.domain.folder import FolderStatus
from tracker.errors import BadServerReply, Unreachable
from tracker.liveness import wait_alive
from tracker.sources._choosing import choose
from tracker.sources.imap._client import Opened, Refused
from tracker.sources.imap._extensions import attempt
from tracker.sources.imap._failures import bad_reply, refused, translated
from tracker.sources.imap._fetching import Fetching
from tracker.sources.imap._listing import listing, status
from tracker.sources.imap._looking import capabilities_of
from tracker.sources.imap._names import on_the_wire
from tracker.sources.imap._replies import fetched_uids, search_date, searched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.folder import Folder
    from tracker.domain.message import RawMessage
    from tracker.sources import SourceSettings
    from tracker.sources.imap._client import Client

_SEARCH_AT_ONCE = 500_000
"""UIDs that one reply may name: at most 5.5 MB."""

_FROZEN_MODSEQ = 1
"""What some servers tell of every folder for ever, as if nothing ever changed in it."""

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
        self._fetching = Fetching(client, self._server, settings.account)
        self._wires: dict[str, bytes] = {}
        self._told: dict[bytes, Mapping[str, int]] = {}
        self._known: dict[bytes, FolderStatus] = {}
        self._open: bytes | None = None
        self._opened = Opened()

    @property
    def misbehaved(self) -> Mapping[str, str]:
        """Extensions of the server that did not do what they promise, and what they did instead."""
        return self._client.misbehaved

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers to whoever is signed in, in capitals."""
        with self._translated():
            return capabilities_of(self._client)

    def folders(self) -> list[Folder]:
        """What is to be read, the Sent folder among it, INBOX first. Raises `NoSuchFolder`."""
        with self._translated():
            listed, told = listing(self._client)
            is_gmail = self._client.announces("X-GM-EXT-1")
            if not listed:
                raise bad_reply(self._server, "it lists no folder, not even INBOX")
        choices = choose(listed, self._settings, is_gmail=is_gmail)
        self._told = dict(told)
        self._wires = {choice.folder.name: choice.wire for choice in choices}
        return [choice.folder for choice in choices]

    def status(self, folder: Folder) -> FolderStatus:
        """How far the folder has come, without opening it; it is opened only if the server leaves UIDNEXT out.

        What came with the list of folders is used once; later calls ask the server.
        """
        wire = self._wire(folder)
        with self._translated():
            items = self._told.pop(wire, None) or status(self._client, wire)
            if "UIDVALIDITY" not in items:
                raise BadServerReply(
                    f"{self._server} gives folder {folder.name!r} no UIDVALIDITY; nothing read from it would last",
                    hint="leave the folder out with `folders` in [[account]]",
                )
            uidnext, messages = items.get("UIDNEXT", 0), items.get("MESSAGES", 0)
            if uidnext <= messages:  # which no honest UIDNEXT is (RFC 9051, 2.3.1.1)
                uidnext = self._uidnext(wire)
            modseq = items.get("HIGHESTMODSEQ", 0) if self._client.offers("CONDSTORE") else 0
        self._known[wire] = FolderStatus(
            items["UIDVALIDITY"], uidnext, messages, modseq if modseq > _FROZEN_MODSEQ else None
        )
        return self._known[wire]

    def uids(self, folder: Folder, first: int, last: int, since: date | None) -> Sequence[int]:
        """The UIDs from `first` to `last` that exist, ascending.

        With `since` those that came in on that day or later, and some of the day before: zones differ.

        An open folder is not opened again but asked for news, such as what was deleted, unless it may not know yet of
        all that STATUS tells of. It learns of messages in the order of their UIDs (RFC 9051, 2.3.1.2), so that one that
        knows the last knows all.
        """
        if last < first:
            return []
        wire = self._wire(folder)
        with self._translated():
            if self._is_still_open(wire):
                self._client.noop_announces()
                found = self._search(first, last, since)
                if last < (self._opened.uidnext or 0) or (found and found[-1] == last):
                    return found
            self._examine(wire)
            return self._search(first, last, since)

    def fetch(self, folder: Folder, uids: Sequence[int]) -> list[RawMessage]:
        """The header fields of these messages, as many as the server gives, in the order of their UIDs."""
        with self._translated():
            self._examine_once(folder)
            return self._fetching.messages(uids)

    def is_younger(self, folder: Folder, uid: int, seconds: int) -> bool | None:
        """Whether a message came in within the last `seconds` (at least 1) by the server's clock (RFC 5032).

        None where the server does not offer that.
        """
        with self._translated():
            if not self._client.offers("WITHIN"):
                return None
            self._examine_once(folder)
            return bool(searched(self._client.uid_search("UID", f"{uid}:{uid}", "YOUNGER", str(seconds))))

    def expect(self, folder: Folder, uids: Sequence[int]) -> None:
        """These messages will be fetched soon: the server may begin with them. Never raises."""
        if self._open == self._wire(folder):
            self._fetching.expect(uids)

    def expect_looks(self, folder: Folder, received: Sequence[int], bodies: Sequence[int], limit: int) -> None:
        """The same of what `received` will be asked for, and `body` with this limit. Never raises."""
        if self._open == self._wire(folder):
            self._fetching.expect_looks(received, bodies, limit)

    def received(self, folder: Folder, uids: Sequence[int]) -> dict[int, bytes]:
        """The Received fields (RFC 5321, 4.4) of these messages by their UIDs, as many as the server gives."""
        with self._translated():
            self._examine_once(folder)
            return self._fetching.received(uids)

    def body(self, folder: Folder, uid: int, limit: int) -> bytes:
        """The first `limit` bytes of a message with its header; empty if the server does not give it."""
        with self._translated():
            self._examine_once(folder)
            return self._fetching.beginning(uid, limit)

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
            is_new = False
            while not is_new and time.monotonic() < deadline:
                is_new = attempt(self._client, ("IDLE",), partial(self._pause, deadline))
            return self._client.noop_announces() or is_new

    def abort(self) -> None:
        """Cut the line from another thread: whatever call is under way raises `Unreachable` at once."""
        self._client.is_cut.set()
        self._told.clear()
        with contextlib.suppress(OSError):
            # Not SSLSocket's own, which takes the TLS state away from under the other thread.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye. Never raises."""
        try:
            with self._translated():
                if not self._client.is_cut.is_set():
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
            if self._client.is_cut.is_set():
                raise Unreachable(f"the connection to {self._server} was cut", hint="this was on request") from error
            raise

    def _wire(self, folder: Folder) -> bytes:
        if folder.name in self._wires:
            return self._wires[folder.name]
        try:
            return on_the_wire(folder.name)
        except ValueError as error:
            raise bad_reply(self._server, error) from error

    def _examine_once(self, folder: Folder) -> None:
        wire = self._wire(folder)
        if self._open != wire:
            self._examine(wire)

    def _is_still_open(self, wire: bytes) -> bool:
        """Whether a folder is open whose UIDs mean what was told of them since."""
        known = self._known.get(wire)
        uidvalidity = self._opened.uidvalidity
        return self._open == wire and uidvalidity is not None and (known is None or known.uidvalidity == uidvalidity)

    def _examine(self, wire: bytes) -> Opened:
        """Open a folder. UIDs found under another UIDVALIDITY than was told must not be mixed with these."""
        self._open = None
        opened = self._client.examine(wire)
        known = self._known.get(wire)
        if known is not None and opened.uidvalidity not in {None, known.uidvalidity}:
            raise bad_reply(self._server, "UIDVALIDITY changed while a folder was read")
        self._open, self._opened = wire, opened
        return opened

    def _uidnext(self, wire: bytes) -> int:
        """UIDNEXT where STATUS does not tell it: from EXAMINE, else the UID after the last."""
        self._known.pop(wire, None)
        opened = self._examine(wire)
        if opened.uidnext is not None and opened.uidnext > (opened.exists or 0):
            return opened.uidnext
        return max(self._search(1, _GREATEST_UID, None), default=0) + 1

    def _search(self, first: int, last: int, since: date | None) -> Sequence[int]:
        """UID SEARCH in the open folder, in closed ascending ranges: `*` names a message that is not asked for.

        Packed, for there may be millions.
        """
        known, exists = self._known.get(self._open or b""), self._opened.exists
        if exists == 0 and (known is None or known.messages == 0):
            return []
        step = last - first + 1 if (exists or 0) <= _SEARCH_AT_ONCE else _SEARCH_AT_ONCE
        days = [] if since is None else ["SINCE", search_date(since - _ZONES)]
        found = array("Q")
        for start in range(first, last + 1, step):
            span = f"{start}:{min(start + step - 1, last)}"
            numbers = searched(self._client.uid_search("UID", span, *days))
            if numbers is None:
                # OK and no word about messages may mean none, or a server that lost the answer.
                numbers = fetched_uids(self._client.uid_fetch(span, "(UID)")[0])
            found.extend(number for number in numbers if first <= number <= last)
        return found if all(map(lt, found, islice(found, 1, None))) else array("Q", sorted(set(found)))

    def _pause(self, deadline: float, used: Sequence[str]) -> bool:
        """Whether new mail was announced meanwhile, which needs IDLE."""
        left = max(0.0, deadline - time.monotonic())
        if used:
            return self._client.idle_until(partial(self._await_bytes, left))
        wait_alive(self._client.is_cut.wait, left)
        return False

    def _await_bytes(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._socket.fileno(), select.POLLIN)
        wait_alive(lambda piece: poll.poll(piece * 1000), seconds)
