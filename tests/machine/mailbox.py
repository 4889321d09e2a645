"""One account's mail on a test server: filled straight through its Maildir, or over IMAP as another program would."""

from __future__ import annotations

import contextlib
import imaplib
import itertools
import os
from email.message import EmailMessage
from typing import TYPE_CHECKING

from imapclient.imap_utf7 import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

FIXTURE = "test-fixture"
"""What connections of our own call themselves (RFC 2971), so that their commands are told apart."""

_LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


class Mailbox:
    """The folders of one account. Names of folders are readable text with `/` between levels."""

    def __init__(self, home: Path, address: tuple[str, int], login: tuple[str, str], owner: tuple[int, int]) -> None:
        self.home = home
        self._address = address
        self._login = login
        self._owner = owner
        self._numbers = itertools.count(1)

    def make(self, folder: str) -> Path:
        """Make a folder by making its directories; in a moment, and unknown to connected clients at first."""
        directory = self.path(folder)
        for part in (directory, directory / "cur", directory / "new", directory / "tmp"):
            part.mkdir(parents=True, exist_ok=True)
        above = [path for path in directory.parents if self.home in path.parents]
        self.own(*above, directory, directory / "cur", directory / "new", directory / "tmp")
        return directory

    def path(self, folder: str) -> Path:
        """Where a folder's Maildir lies."""
        if folder == "INBOX":
            return self.home / "inbox"
        return self.home / "mail" / _wire(folder)

    def deliver(
        self, folder: str, message: bytes | EmailMessage, received_at: datetime, flags: Sequence[str] = ()
    ) -> None:
        """Lay a message into a folder's Maildir; `received_at` becomes its INTERNALDATE. UIDs follow this order."""
        content = message.as_bytes() if isinstance(message, EmailMessage) else message
        lines = content.replace(b"\r\n", b"\n")
        letters = "".join(sorted(_LETTERS[flag] for flag in flags))
        size, size_on_the_wire = len(lines), len(lines) + lines.count(b"\n")
        name = f"{next(self._numbers):010d}.M0P1.test,S={size},W={size_on_the_wire}:2,{letters}"
        path = self.path(folder) / "cur" / name
        path.write_bytes(lines)
        os.utime(path, (received_at.timestamp(), received_at.timestamp()))
        self.own(path)

    def append(
        self, folder: str, message: bytes | EmailMessage, received_at: datetime, flags: Sequence[str] = ()
    ) -> None:
        """APPEND a message over IMAP."""
        content = message.as_bytes() if isinstance(message, EmailMessage) else message
        with self.connection() as imap:
            stamp = imaplib.Time2Internaldate(received_at)
            _demand(imap.append(_argument(folder), f"({' '.join(flags)})", stamp, content))

    def create(self, folder: str) -> None:
        """CREATE a folder over IMAP."""
        with self.connection() as imap:
            _demand(imap.create(_argument(folder)))

    def rename(self, folder: str, name: str) -> None:
        """RENAME a folder over IMAP."""
        with self.connection() as imap:
            _demand(imap.rename(_argument(folder), _argument(name)))

    def delete(self, folder: str) -> None:
        """DELETE a folder over IMAP."""
        with self.connection() as imap:
            _demand(imap.delete(_argument(folder)))

    def expunge(self, folder: str, uids: Sequence[int]) -> None:
        """Mark messages as deleted and EXPUNGE them over IMAP."""
        with self.connection() as imap:
            _demand(imap.select(_argument(folder)))
            _demand(imap.uid("STORE", ",".join(map(str, uids)), "+FLAGS", r"(\Deleted)"))
            _demand(imap.expunge())

    def move(self, folder: str, uids: Sequence[int], to: str) -> None:
        """MOVE messages (RFC 6851) over IMAP."""
        with self.connection() as imap:
            _demand(imap.select(_argument(folder)))
            _demand(imap.uid("MOVE", ",".join(map(str, uids)), _argument(to)))

    def reset_uidvalidity(self, folder: str) -> None:
        """Make the server give out new UIDs under a new UIDVALIDITY, as after a restore from a backup."""
        directory = self.path(folder)
        uidlist = directory / "dovecot-uidlist"
        if not uidlist.exists():
            raise FileNotFoundError(f"{folder} was never opened, so that it has no UIDVALIDITY to reset")
        for path in directory.glob("dovecot*"):
            path.unlink()

    @contextlib.contextmanager
    def connection(self) -> Iterator[imaplib.IMAP4]:
        """A signed-in connection with everything that a mail program may do."""
        imap = imaplib.IMAP4(*self._address, timeout=30)
        try:
            _demand(imap.login(*self._login))
            imap.xatom("ID", f'("name" "{FIXTURE}")')
            yield imap
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                imap.logout()

    def own(self, *paths: Path) -> None:
        """Give files to the user that the server reads mail as."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, *self._owner)


def _argument(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_wire(escaped)}"'


def _wire(folder: str) -> str:
    wire: bytes = encode(folder)
    return wire.decode("ascii")


def _demand(answer: tuple[str, object]) -> None:
    if answer[0] != "OK":
        raise RuntimeError(f"the test server refuses: {answer[1]}")
