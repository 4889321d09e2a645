"""A user whose mailbox lies on a lying server, and what is stored of it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.machine.accounts import opened, settings
from tests.machine.lying import LyingMailbox, Shelf
from tests.machine.scripted import scripted
from tracker.config import parse_config
from tracker.domain.connection import Profile
from tracker.domain.message import AddrSpec
from tracker.service.syncing import left_alone, sync_account
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.machine.scripted import Scripted
    from tracker.config import AccountConfig
    from tracker.service.syncing import Synced
    from tracker.sources import Source, SourceSettings
    from tracker.storage import Store

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOB = AddrSpec("bob@example.org")
CONFIG = (
    '[me]\naddresses = ["ann@example.org"]\n[sync]\nsince = "2020-01-01"\n[[account]]\nname = "work"\n'
    'host = "localhost"\nuser = "x"\npassword_file = "x"\n'
)


def letter(name: str) -> bytes:
    """A message from Bob that is called `name`."""
    return (
        f"From: Bob <bob@example.org>\r\nTo: ann@example.org\r\nSubject: {name}\r\n"
        f"Date: Sun, 1 Mar 2026 10:00:00 +0000\r\nMessage-ID: <{name}@example.org>\r\n\r\n"
    ).encode()


def shelf(name: str, *uids: int, attributes: bytes = b"", listed_as: bytes = b"") -> Shelf:
    """A folder of messages with these UIDs, each called `name` and its UID."""
    return Shelf({uid: letter(f"{name}{uid}") for uid in uids}, attributes, listed_as)


def one_pass(store: Store, account: SourceSettings, now: datetime) -> Synced:
    """A pass over an account, whatever server it is on."""

    @contextlib.contextmanager
    def connect(_: AccountConfig) -> Iterator[Source]:
        without = left_alone(store, "work", now)
        with opened(replace(account, without=without)) as source:
            yield source

    config = parse_config(CONFIG, "here")
    return sync_account(store, config.account[0], config, clock=lambda: now, connect=connect)


@dataclass
class Reader:
    """A mailbox on a lying server, a store, and a clock that only the test moves."""

    mailbox: LyingMailbox
    server: Scripted
    store: Store
    now: datetime = START

    def sync(self) -> Synced:
        """A pass."""
        return one_pass(self.store, settings(self.server.port, timeout=30.0), self.now)

    def stored(self) -> list[str]:
        """The Message-IDs of all that is stored, in order, and so many times as it is stored."""
        person = self.store.connections()[0].id
        return sorted(str(message.message_id).partition("@")[0] for message in self.store.messages_of(person))

    def unreadable(self) -> int:
        """How many messages are told to be unreadable."""
        return sum(folder.unreadable for folder in self.store.folders("work"))

    def places(self) -> int:
        """In how many places messages lie, as far as it is known."""
        return sum(folder.messages for folder in self.store.folders("work"))

    @property
    def existing(self) -> list[str]:
        """What there is to read."""
        found = (
            re.search(rb"Message-ID: <(.*?)@", raw)
            for one in self.mailbox.shelves.values()
            for raw in one.messages.values()
        )
        return sorted(match[1].decode() for match in found if match)


@contextlib.contextmanager
def reading(mailbox: LyingMailbox, folder: Path) -> Iterator[Reader]:
    """The mailbox served, and a fresh store in `folder`."""
    with (
        scripted(**mailbox.replies()) as server,
        open_store(f"sqlite:///{folder}/tracker.db") as store,
    ):
        store.merge_profiles([Profile("bob", "Bob", addresses=(BOB,))], complete=True)
        yield Reader(mailbox, server, store)
