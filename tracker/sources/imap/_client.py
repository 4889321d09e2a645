"""The one place that touches imapclient: a connection with typed commands, none of which can change a mailbox."""

from __future__ import annotations

import contextlib
import logging
import threading
from dataclasses import dataclass
from imaplib import IMAP4
from typing import TYPE_CHECKING, Any, cast

from imapclient import IMAPClient

from tracker.errors import BadServerReply, Unreachable
from tracker.sanitizer import one_line
from tracker.sources._names import readable
from tracker.sources.imap._connecting import Plain, encrypted

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Collection, Sequence

    from tracker.sources import SourceSettings
    from tracker.sources.imap._line import BoundedLine

    Data = Sequence[bytes | tuple[bytes, bytes] | None]
    """Untagged replies as imaplib gives them: text, or text up to a literal together with the literal."""

# At DEBUG these hold mail.
for _name in ("imapclient", "imapclient.imaplib", "imapclient.imapclient"):
    logging.getLogger(_name).setLevel(logging.INFO)


class Refused(IMAP4.error):
    """The server answered NO to a command."""

    def __init__(self, command: str, words: str) -> None:
        super().__init__(f"{command}: {words}")
        self.command = command
        self.words = words


@dataclass(frozen=True, slots=True)
class Opened:
    """What EXAMINE told: how many messages there are, and the rest; None for what the server did not say."""

    exists: int | None = None
    uidnext: int | None = None
    uidvalidity: int | None = None


class _NothingInjected:
    """A TLS context that refuses to begin when data came in after the reply to STARTTLS (CVE-2011-0411)."""

    def __init__(self, imap: BoundedLine, context: ssl.SSLContext) -> None:
        self._imap = imap
        self._context = context

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str) -> ssl.SSLSocket:
        if self._imap.has_unread_bytes():
            raise BadServerReply(
                "data came in between STARTTLS and TLS; somebody may sit on the line",
                hint='use tls = "implicit" (port 993) if the server offers it',
            )
        return self._context.wrap_socket(sock, server_hostname=server_hostname)


class Client(IMAPClient):  # type: ignore[misc] # imapclient ships no types
    """A connection whose greeting was read and whose line is protected as the settings demand; not signed in yet.

    Raises whatever sockets, TLS and imaplib raise; the caller translates it. Names of folders are in their wire form.
    """

    _imap: BoundedLine

    def __init__(self, settings: SourceSettings, context: ssl.SSLContext | None) -> None:
        self.misbehaved: dict[str, str] = {}
        self.is_cut = threading.Event()
        self._without = {name.upper() for name in settings.without}
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

    def _create_IMAP4(self) -> BoundedLine:  # noqa: N802 # imapclient's name
        try:
            if self.ssl:
                return encrypted(self.host, self.port, self.ssl_context, self._timeout.connect)
            return Plain(self.host, self.port, self._timeout.connect)
        except IMAP4.error as error:
            raise _farewell(error) from error

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
        """Whether the server offers a capability at this moment, more once we are signed in, and we use it."""
        return capability not in self._without and self.announces(capability)

    def announces(self, capability: str) -> bool:
        """Whether the server offers a capability, be it one that we do not use."""
        return bool(self.has_capability(capability))

    def forgo(self, extension: str, misdeed: str) -> None:
        """Use an extension no more, for what it did."""
        self.misbehaved.setdefault(extension, misdeed)
        self._without.add(extension)

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
        """ID (RFC 2971)."""
        _demand_ok("ID", *self._imap.xatom("ID", '("name" "tracker")'))

    def listed(self, *options: str) -> tuple[Data, Data]:
        """The LIST replies for all folders, and the STATUS replies if the return `options` (RFC 5258) ask for them."""
        wanted = ["RETURN", f"({' '.join(options)})"] if options else []
        for name in ("LIST", "STATUS"):
            self._imap.response(name)
        _demand_ok("LIST", *self._imap.xatom("LIST", '""', '"*"', *wanted))
        listed, told = (cast("Data", self._imap.response(name)[1]) for name in ("LIST", "STATUS"))
        return listed, told

    def status_of(self, folder: bytes, items: str) -> Data:
        """The STATUS replies for one folder."""
        self._imap.response("STATUS")
        _demand_ok(f"STATUS of {_shown(folder)}", *self._imap.xatom("STATUS", _argument(folder), f"({items})"))
        return cast("Data", self._imap.response("STATUS")[1])

    def examine(self, folder: bytes) -> Opened:
        """EXAMINE: open a folder for reading only."""
        typ, data = self._imap.select(_argument(folder), readonly=True)
        _demand_ok(f"EXAMINE of {_shown(folder)}", typ, data)
        exists, uidnext, uidvalidity = (
            _number(self._imap.response(name)[1]) for name in ("EXISTS", "UIDNEXT", "UIDVALIDITY")
        )
        return Opened(exists, uidnext, uidvalidity)

    def uid_search(self, *criteria: str) -> Data:
        """The SEARCH replies to UID SEARCH in the open folder."""
        self._imap.response("SEARCH")
        typ, data = self._imap.uid("SEARCH", *criteria)
        _demand_ok("SEARCH", typ, data)
        return cast("Data", data)

    def uid_fetch(self, uid_set: str, items: str) -> tuple[Data, str | None]:
        """The FETCH replies to UID FETCH in the open folder, and the server's words if it said NO after them."""
        typ, data = self._imap.fetch_by_uid(uid_set, items)
        if typ == "OK":
            return cast("Data", data), None
        return cast("Data", self._imap.response("FETCH")[1]), _words(data)

    def ask_ahead(self, uids: Collection[int], uid_set: str, items: str) -> None:
        """Send what the next `uid_fetch` is to ask for, so that the server works meanwhile. Never raises.

        A line on which this cannot be said is closed, and the next command finds it so.
        """
        try:
            self._imap.ask_ahead(uids, uid_set, items)
        except (IMAP4.error, OSError):
            self.hang_up()

    def idle_until(self, await_bytes: Callable[[], None]) -> bool:
        """IDLE (RFC 2177) until something comes in or `await_bytes` returns; whether new messages were announced.

        Not by imapclient's `idle`, which takes news before the server's consent for an error.
        """
        self._imap.response("EXISTS")
        try:
            refusal = self._imap.begin_idle()
        except TimeoutError:
            self.forgo("IDLE", "no answer came")  # the line lives: it was spoken on just before
            raise
        if refusal is not None:
            _demand_ok("IDLE", *refusal)
        else:
            if not self._imap.has_unread_bytes() and "EXISTS" not in self._imap.untagged_responses:
                await_bytes()
            self._imap.send(b"DONE\r\n")
            _demand_ok("IDLE", *self._imap.end_idle())
        return self._announces_messages()

    def noop_announces(self) -> bool:
        """NOOP, which fails on a dead line; whether it brought news of new messages."""
        self._imap.response("EXISTS")
        _demand_ok("NOOP", *self._imap.noop())
        return self._announces_messages()

    def hang_up(self) -> None:
        """Close the line without a goodbye. Never raises."""
        with contextlib.suppress(OSError, ValueError):
            self._imap.shutdown()

    def say_goodbye(self) -> None:
        """LOGOUT, and close the line."""
        self._imap.logout()

    def _announces_messages(self) -> bool:
        return self._imap.response("EXISTS")[1] != [None]


def _farewell(error: IMAP4.error) -> IMAP4.error:
    """A BYE in place of a greeting (RFC 9051, 7.1.5), which imaplib takes for nonsense."""
    words = error.args[0] if error.args else b""
    is_farewell = isinstance(words, bytes) and words.upper().startswith(b"* BYE")
    return IMAP4.abort(words[len("* BYE") :].decode("utf-8", "replace").strip()) if is_farewell else error


def _argument(folder: bytes) -> str:
    """A folder's wire name as a quoted string (RFC 9051, 4.3). imaplib takes bytes; its stubs know of str only."""
    return cast("str", b'"' + folder.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"')


def _shown(folder: bytes) -> str:
    return repr(one_line(readable(folder)))


def _demand_ok(command: str, typ: str, data: Sequence[Any]) -> None:
    if typ != "OK":
        raise Refused(command, _words(data))


def _words(data: Sequence[Any]) -> str:
    return b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace")


def _number(data: Sequence[Any]) -> int | None:
    last = data[-1] if data else None
    return int(last) if isinstance(last, bytes) and last.strip().isdigit() else None
