"""The one place that touches imapclient: a connection with typed commands, none of which can change a mailbox."""

from __future__ import annotations

import contextlib
import logging
import ssl
from dataclasses import dataclass
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any, cast

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from tracker.errors import BadServerReply, Unreachable

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from io import BufferedReader

    from tracker.sources import SourceSettings

    Data = Sequence[bytes | tuple[bytes, bytes] | None]
    """Untagged replies as imaplib gives them: text, or text up to a literal together with the literal."""

# At DEBUG these hold mail.
for _name in ("imapclient", "imapclient.imaplib", "imapclient.imapclient"):
    logging.getLogger(_name).setLevel(logging.INFO)

_LONGEST_LINE = 16 * 1024 * 1024
"""Bytes; imaplib stops at a million, which a SEARCH in a mailbox of 100,000 messages passes."""


class _LongLines:
    """imaplib's reading of lines, with room for the replies of large mailboxes."""

    def readline(self) -> bytes:
        line = cast("BufferedReader", cast("IMAP4", self).file).readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise IMAP4.abort(f"a line of more than {_LONGEST_LINE} bytes")
        return line


class _Plain(_LongLines, IMAP4WithTimeout):  # type: ignore[misc] # imapclient ships no types
    pass


class _Encrypted(_LongLines, IMAP4_TLS):  # type: ignore[misc] # imapclient ships no types
    pass


class Refused(IMAP4.error):
    """The server answered NO to a command."""

    def __init__(self, command: str, words: str) -> None:
        super().__init__(f"{command}: {words}")
        self.command = command
        self.words = words


@dataclass(frozen=True, slots=True)
class Opened:
    """What EXAMINE told: how many messages there are, and the rest if the server said it."""

    exists: int
    uidnext: int | None
    uidvalidity: int | None


class _NothingInjected:
    """A TLS context that refuses to begin when data came in after the reply to STARTTLS (CVE-2011-0411)."""

    def __init__(self, imap: IMAP4, context: ssl.SSLContext) -> None:
        self._imap = imap
        self._context = context

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str) -> ssl.SSLSocket:
        if _peek(self._imap):
            raise BadServerReply(
                "data came in between STARTTLS and TLS; somebody may sit on the line",
                hint='use tls = "implicit" (port 993) if the server offers it',
            )
        return self._context.wrap_socket(sock, server_hostname=server_hostname)


class Client(IMAPClient):  # type: ignore[misc] # imapclient ships no types
    """A connection whose greeting was read and whose line is protected as the settings demand; not signed in yet.

    Raises whatever sockets, TLS and imaplib raise; the caller translates it. Names of folders are in their wire form.
    """

    _imap: IMAP4

    def __init__(self, settings: SourceSettings, context: ssl.SSLContext | None) -> None:
        super().__init__(
            settings.host.strip("[]"),
            settings.port,
            ssl=settings.tls == "implicit",
            ssl_context=context,
            timeout=settings.timeout,
        )
        self._imap.debug = 0  # imapclient sets 5, at which imaplib formats every line for a log that nobody reads
        self.normalise_times = False
        try:
            self._protect(settings, context)
        except BaseException:
            self.hang_up()
            raise

    def _create_IMAP4(self) -> IMAP4:  # noqa: N802 # imapclient's name
        if self.ssl:
            return _Encrypted(self.host, self.port, self.ssl_context, self._timeout.connect)
        return _Plain(self.host, self.port, self._timeout.connect)

    def _protect(self, settings: SourceSettings, context: ssl.SSLContext | None) -> None:
        if self._imap.state != "NONAUTH":
            raise BadServerReply(
                "the server takes us for somebody before we signed in (PREAUTH)",
                hint="check host and port; a connection that is signed in by others cannot be protected",
            )
        if settings.tls != "starttls" or context is None:
            return
        if not self.offers("STARTTLS"):
            raise Unreachable(
                f"{settings.host} port {settings.port} does not offer STARTTLS; the password was not sent",
                hint='set tls = "implicit" and port = 993 if the server has it',
            )
        self.starttls(_NothingInjected(self._imap, context))

    def offers(self, capability: str) -> bool:
        """Whether the server offers a capability at this moment; many offer more once we are signed in."""
        return bool(self.has_capability(capability))

    def log_in(self, user: str, password: str) -> None:
        """LOGIN (RFC 9051, 6.2.3). imaplib quotes the password only."""
        quoted_user = '"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"'
        self._imap.login(quoted_user, password)
        self._cached_capabilities = None

    def authenticate(self, mechanism: str, respond: Callable[[bytes], bytes]) -> None:
        """AUTHENTICATE (RFC 9051, 6.2.2) with a SASL mechanism; `respond` answers each challenge.

        Not by imapclient's `sasl_login`, which makes a refused login out of a line that was cut.
        """
        self._imap.authenticate(mechanism, respond)
        self._cached_capabilities = None

    def introduce(self) -> None:
        """ID (RFC 2971), without which NetEase opens no folder. A refusal is no harm."""
        if not self.offers("ID"):
            return
        try:
            self.id_({"name": "tracker"})
        except IMAP4.abort:
            raise
        except (IMAP4.error, ValueError, LookupError):
            return

    def listed(self) -> Data:
        """The LIST replies for all folders, with their special uses (RFC 6154) where the server tells them."""
        wanted = ["RETURN", "(SPECIAL-USE)"] if self.offers("SPECIAL-USE") and self.offers("LIST-EXTENDED") else []
        return self._replies("LIST", self._imap.xatom("LIST", '""', '"*"', *wanted))

    def status_of(self, folder: bytes) -> Data:
        """The STATUS replies for one folder."""
        return self._replies("STATUS", self._imap.xatom("STATUS", _argument(folder), "(MESSAGES UIDNEXT UIDVALIDITY)"))

    def examine(self, folder: bytes) -> Opened:
        """EXAMINE: open a folder for reading only."""
        typ, data = self._imap.select(_argument(folder), readonly=True)
        _demand_ok("EXAMINE", typ, data)
        exists, uidnext, uidvalidity = (
            _number(self._imap.response(name)[1]) for name in ("EXISTS", "UIDNEXT", "UIDVALIDITY")
        )
        return Opened(exists or 0, uidnext, uidvalidity)

    def uid_search(self, *criteria: str) -> Data:
        """The SEARCH replies to UID SEARCH in the open folder."""
        self._imap.response("SEARCH")
        typ, data = self._imap.uid("SEARCH", *criteria)
        _demand_ok("SEARCH", typ, data)
        return cast("Data", data)

    def uid_fetch(self, uid_set: str, items: str) -> tuple[Data, str | None]:
        """The FETCH replies to UID FETCH in the open folder, and the server's words if it said NO after them."""
        typ, data = self._imap.uid("FETCH", uid_set, items)
        if typ == "OK":
            return cast("Data", data), None
        return cast("Data", self._imap.response("FETCH")[1]), _words(data)

    def idle_until(self, await_bytes: Callable[[], None]) -> bool:
        """IDLE (RFC 2177) until something comes in or `await_bytes` returns; whether new messages were announced.

        What came in the same packet as the server's consent is seen by `idle_done` only.
        """
        self.idle()
        if not self._has_unread_bytes():
            await_bytes()
        return _announces_messages(self.idle_done()[1])

    def noop_announces(self) -> bool:
        """NOOP, which fails on a dead line; whether it brought news of new messages."""
        return _announces_messages(self.noop()[1])

    def hang_up(self) -> None:
        """Close the line without a goodbye. Never raises."""
        with contextlib.suppress(OSError, ValueError):
            self._imap.shutdown()

    def say_goodbye(self) -> None:
        """LOGOUT, and close the line."""
        self._imap.logout()

    def _replies(self, name: str, answer: tuple[str, list[Any]]) -> Data:
        _demand_ok(name, *answer)
        return cast("Data", self._imap.response(name)[1])

    def _has_unread_bytes(self) -> bool:
        """Whether something lies in a buffer above the socket, where no poll sees it."""
        return _peek(self._imap)


def _peek(imap: IMAP4) -> bool:
    timeout = imap.sock.gettimeout()
    imap.sock.settimeout(0)
    try:
        return bool(cast("BufferedReader", imap.file).peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        imap.sock.settimeout(timeout)


def _argument(folder: bytes) -> str:
    """A folder's wire name as a quoted string (RFC 9051, 4.3). imaplib takes bytes; its stubs know of str only."""
    return cast("str", b'"' + folder.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"')


def _demand_ok(command: str, typ: str, data: Sequence[Any]) -> None:
    if typ != "OK":
        raise Refused(command, _words(data))


def _words(data: Sequence[Any]) -> str:
    return b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")


def _number(data: Sequence[Any]) -> int | None:
    last = data[-1] if data else None
    return int(last) if isinstance(last, bytes) and last.strip().isdigit() else None


def _announces_messages(responses: Sequence[Any]) -> bool:
    return any(len(response) > 1 and response[1] == b"EXISTS" for response in responses)
