"""One account's mail on a test server: filled straight through its Maildir, or over IMAP as another program would."""

from __future__ import annotations

import itertools
import os
from email.message import EmailMessage
from typing import TYPE_CHECKING

from tests.machine.mail_program import MailProgram, wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

_LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


class Mailbox(MailProgram):
    """The folders of one account. Names of folders are readable text with `/` between levels."""

    def __init__(self, home: Path, address: tuple[str, int], login: tuple[str, str], owner: tuple[int, int]) -> None:
        super().__init__(address, login)
        self.home = home
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
        return self.home / "mail" / wire(folder)

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

    def reset_uidvalidity(self, folder: str) -> None:
        """Make the server give out new UIDs under a new UIDVALIDITY, as after a restore from a backup."""
        directory = self.path(folder)
        uidlist = directory / "dovecot-uidlist"
        if not uidlist.exists():
            raise FileNotFoundError(f"{folder} was never opened, so that it has no UIDVALIDITY to reset")
        for path in directory.glob("dovecot*"):
            path.unlink()
        self.renew()

    def own(self, *paths: Path) -> None:
        """Give files to the user that the server reads mail as."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, *self._owner)
