"""A Maildir that a mail program changes: the mailbox machine's hand on an archive that is kept in step."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import partial
from os import utime
from pathlib import Path
from typing import TYPE_CHECKING

from imapclient.imap_utf7 import encode

from tests.machine.archives import opened
from tests.machine.mailbox_machine import FIXED, Place
from tracker.sources._files._memory import memory_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tracker.sources import Source

_NUMBERS = itertools.count(1)
_MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]+)>", re.MULTILINE)


@dataclass
class MaildirMailbox:
    """Folders as Maildir++ lays them. What stands for UIDs here are numbers of its own, not those of the program."""

    root: Path
    state: Path
    numbers: dict[str, int] = field(default_factory=dict)

    def directory(self, folder: str) -> Path:
        """Where a folder lies."""
        return self.root if folder == "INBOX" else self.root / f".{encode(folder).decode('ascii')}"

    def create(self, folder: str) -> None:
        for name in ("cur", "new", "tmp"):
            (self.directory(folder) / name).mkdir(parents=True)

    def rename(self, folder: str, name: str) -> None:
        self.directory(folder).rename(self.directory(name))

    def delete(self, folder: str) -> None:
        shutil.rmtree(self.directory(folder))

    def deliver(self, folder: str, message: bytes, received_at: datetime, /) -> None:
        name = f"{next(_NUMBERS):08d}.M1P2.host"
        fresh = self.directory(folder) / "tmp" / name
        fresh.write_bytes(message.replace(b"\r\n", b"\n"))
        utime(fresh, (received_at.timestamp(), received_at.timestamp()))
        fresh.rename(self.directory(folder) / "new" / name)

    def lying(self, folder: str) -> dict[int, str]:
        return {number: _message_id(file) for number, file in self._files(folder).items()}

    def move(self, folder: str, uids: Sequence[int], to: str) -> None:
        for file in self._chosen(folder, uids):
            file.rename(self.directory(to) / "cur" / f"{file.name.partition(':')[0]}:2,S")

    def copy(self, folder: str, uids: Sequence[int], to: str) -> None:
        for file in self._chosen(folder, uids):
            shutil.copy2(file, self.directory(to) / "cur" / f"{next(_NUMBERS):08d}.M1P2.host:2,")

    def expunge(self, folder: str, uids: Sequence[int]) -> None:
        for file in self._chosen(folder, uids):
            file.unlink()

    def reset_uidvalidity(self, folder: str) -> None:
        """The program's list of UIDs is lost."""
        list_of_uids = memory_of(self.state, folder, ".uids")
        assert list_of_uids is not None
        list_of_uids.unlink(missing_ok=True)  # before the first pass there is none

    def _files(self, folder: str) -> dict[int, Path]:
        found = sorted(file for name in ("cur", "new") for file in (self.directory(folder) / name).iterdir())
        return {self.numbers.setdefault(file.name.partition(":")[0], len(self.numbers) + 1): file for file in found}

    def _chosen(self, folder: str, uids: Sequence[int]) -> list[Path]:
        files = self._files(folder)
        return [files[uid] for uid in uids]


def _message_id(file: Path) -> str:
    match = _MESSAGE_ID.search(file.read_bytes())
    assert match is not None
    return match[1].decode()


@contextlib.contextmanager
def maildir_place() -> Iterator[Place]:
    """A fresh Maildir, and the program's way into it."""
    with tempfile.TemporaryDirectory() as name:
        mailbox = MaildirMailbox(Path(name) / "mail", Path(name) / "state")
        for folder in (*FIXED, "Drafts"):
            mailbox.create(folder)
        yield Place(mailbox, partial(_open, mailbox))


@contextlib.contextmanager
def _open(mailbox: MaildirMailbox) -> Iterator[Source]:
    source = opened("maildir", mailbox.root, state=mailbox.state)
    try:
        yield source
    finally:
        source.close()
