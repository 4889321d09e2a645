"""One account's mail, changed over IMAP as a mail program would; and what tests ask of every server and its users."""

from __future__ import annotations

import contextlib
import imaplib
import re
from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

from imapclient.imap_utf7 import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

FIXTURE = "test-fixture"
"""What connections of our own call themselves (RFC 2971), so that their commands are told apart."""


class MailProgram:
    """The folders of one account, reached over IMAP. Their names are readable text with `/` between levels."""

    def __init__(self, address: tuple[str, int], login: tuple[str, str]) -> None:
        self._address = address
        self._login = login
        self._held: imaplib.IMAP4 | None = None

    def deliver(
        self, folder: str, message: bytes | EmailMessage, received_at: datetime, flags: Sequence[str] = ()
    ) -> None:
        """Bring a message into a folder, as quickly as the server allows; `received_at` becomes its INTERNALDATE."""
        self.append(folder, message, received_at, flags)

    def append(
        self, folder: str, message: bytes | EmailMessage, received_at: datetime, flags: Sequence[str] = ()
    ) -> None:
        """APPEND a message."""
        content = message.as_bytes() if isinstance(message, EmailMessage) else message
        with self.connection() as imap:
            stamp = imaplib.Time2Internaldate(received_at)
            demand(imap.append(argument(folder), f"({' '.join(flags)})", stamp, content))

    def create(self, folder: str) -> None:
        """CREATE a folder."""
        with self.connection() as imap:
            demand(imap.create(argument(folder)))

    def rename(self, folder: str, name: str) -> None:
        """RENAME a folder."""
        with self.connection() as imap:
            demand(imap.rename(argument(folder), argument(name)))

    def delete(self, folder: str) -> None:
        """DELETE a folder."""
        with self.connection() as imap:
            demand(imap.delete(argument(folder)))

    def expunge(self, folder: str, uids: Sequence[int]) -> None:
        """Mark messages as deleted and EXPUNGE them."""
        with self._selected(folder) as imap:
            demand(imap.uid("STORE", ",".join(map(str, uids)), "+FLAGS", r"(\Deleted)"))
            demand(imap.expunge())

    def move(self, folder: str, uids: Sequence[int], to: str) -> None:
        """MOVE messages (RFC 6851)."""
        with self._selected(folder) as imap:
            demand(imap.uid("MOVE", ",".join(map(str, uids)), argument(to)))

    def copy(self, folder: str, uids: Sequence[int], to: str) -> None:
        """COPY messages."""
        with self._selected(folder) as imap:
            demand(imap.uid("COPY", ",".join(map(str, uids)), argument(to)))

    def folders(self) -> list[str]:
        """The names of all folders that can be opened."""
        with self.connection() as imap:
            answer = imap.list()
            demand(answer)
            lines = [line for line in answer[1] if isinstance(line, bytes) and b"\\Noselect" not in line]
            return [decode(re.sub(rb'^\(.*?\) "." ', b"", line).strip(b'"')) for line in lines]

    def lying(self, folder: str) -> dict[int, str]:
        """The Message-IDs, without their brackets, of all messages in a folder by their UIDs."""
        with self.connection() as imap:
            demand(imap.select(argument(folder), readonly=True))
            answer = imap.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
            demand(answer)
            imap.unselect()
        pairs = [part for part in answer[1] if isinstance(part, tuple)]
        return {int(_found(rb"UID (\d+)", text)): _found(rb"<(.*)>", header).decode() for text, header in pairs}

    def status(self, folder: str) -> dict[str, int]:
        """MESSAGES, UIDNEXT and UIDVALIDITY of a folder."""
        with self.connection() as imap:
            answer = imap.status(argument(folder), "(MESSAGES UIDNEXT UIDVALIDITY)")
            demand(answer)
            return {name: int(number) for name, number in re.findall(r"([A-Z]+) (\d+)", str(answer[1][0]))}

    def reset_uidvalidity(self, folder: str) -> None:
        """Make the server give out a new UIDVALIDITY, as after a restore from a backup."""
        raise NotImplementedError(f"{folder}: how this is done is a server's own matter")

    @contextlib.contextmanager
    def connection(self) -> Iterator[imaplib.IMAP4]:
        """A signed-in connection with everything that a mail program may do; the held one, if there is one."""
        if self._held is not None:
            yield self._held
            return
        imap = self._signed_in()
        try:
            yield imap
        finally:
            _sign_out(imap)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """One connection for everything that happens meanwhile: signing in is what costs most."""
        self._held = self._signed_in()
        try:
            yield
        finally:
            held, self._held = self._held, None
            _sign_out(held)

    def renew(self) -> None:
        """Sign in anew if a connection is held: the old one remembers a mailbox that is no more."""
        if self._held is not None:
            _sign_out(self._held)
            self._held = self._signed_in()

    def _signed_in(self) -> imaplib.IMAP4:
        imap = imaplib.IMAP4(*self._address, timeout=30)
        try:
            demand(imap.login(*self._login))
            imap.xatom("ID", f'("name" "{FIXTURE}")')
        except BaseException:
            imap.shutdown()
            raise
        return imap

    @contextlib.contextmanager
    def _selected(self, folder: str) -> Iterator[imaplib.IMAP4]:
        """A connection with a folder open for writing; left unselected, so that others may rename or delete it."""
        with self.connection() as imap:
            demand(imap.select(argument(folder)))
            yield imap
            imap.unselect()


class Account(Protocol):
    """An account on a server: its name and password, and its mailbox."""

    @property
    def name(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def mailbox(self) -> MailProgram: ...


class MailServer(Protocol):
    """A running server. `port` offers STARTTLS, `tls_port` speaks TLS from the start; both on `host`."""

    host: str
    port: int
    tls_port: int

    @property
    def ca_file(self) -> Path: ...

    @property
    def users(self) -> Sequence[Account]: ...

    def user(
        self, name: str | None = None, *, password: str | None = None, folders: Sequence[str] = ...
    ) -> Account: ...

    def commands(self, user: Account) -> list[str]: ...

    def log(self) -> str: ...


def _sign_out(imap: imaplib.IMAP4) -> None:
    with contextlib.suppress(imaplib.IMAP4.error, OSError):
        imap.logout()


def argument(folder: str) -> str:
    """A folder's name as a quoted string on the wire."""
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{wire(escaped)}"'


def wire(folder: str) -> str:
    """A folder's name in modified UTF-7 (RFC 3501, 5.1.3)."""
    encoded: bytes = encode(folder)
    return encoded.decode("ascii")


def _found(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"the test server says: {text!r}")
    return match[1]


def demand(answer: tuple[str, object]) -> None:
    """Go on only if the server said OK."""
    if answer[0] != "OK":
        raise RuntimeError(f"the test server refuses: {answer[1]}")
