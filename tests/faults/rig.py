"""One account behind a line that can break, and a sync of it within this process."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.dump import Dump, dump
from tests.faults.letters import NOW, PEOPLE
from tests.machine.accounts import on_dovecot, opened
from tracker.config import parse_config
from tracker.errors import TrackerError
from tracker.service.judging import keep_paired
from tracker.service.syncing import sync_account
from tracker.storage import open_store

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.faults.line import Fault, Line
    from tests.machine.dovecot import Dovecot, User
    from tracker.config import AccountConfig
    from tracker.sources import Source
    from tracker.storage import Store

IS_SLOW = os.environ.get("TRACKER_SLOW", "") == "1"
"""Whether the tests of this folder run in their long form."""

MESSAGES = 2_500
"""Messages of the larger mailbox, which make five batches."""

_CONFIG = """
[me]
addresses = ["ann@example.org"]
[[account]]
name = "work"
host = "127.0.0.1"
port = 143
tls = "none"
user = "ann"
password_command = ["true"]
"""


@dataclass
class Rig:
    """An account whose mail comes through `line`; databases are made in `folder`."""

    server: Dovecot
    user: User
    line: Line
    folder: Path
    timeout: float = 30.0

    def __post_init__(self) -> None:
        self.config = parse_config(_CONFIG, "test")
        self._template = self.folder / "empty.db"
        with open_store(f"sqlite:///{self._template}") as store:
            store.merge_profiles(PEOPLE, complete=True)

    def fresh(self) -> str:
        """The URL of a database that knows the people and has read nothing, in place of the one before."""
        path = self.folder / "tracker.db"
        for old in self.folder.glob("tracker.db*"):
            old.unlink()
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def sync(self, url: str, fault: Fault | None = None) -> TrackerError | None:
        """One pass over a line with this fault, and its pairing; the error that it ended with. A bug comes through."""
        self.line.break_at(fault)
        with open_store(url) as store:
            try:
                self._pass(store)
            except TrackerError as error:
                return error
            finally:
                keep_paired(store, self.config)
        return None

    def _pass(self, store: Store) -> None:
        sync_account(store, self.config.account[0], self.config, clock=lambda: NOW, connect=self._connected)

    def _connected(self, _account: AccountConfig) -> AbstractContextManager[Source]:
        changes = {"tls": "none", "port": self.line.port, "timeout": self.timeout}
        return opened(on_dovecot(self.server, self.user, **changes))

    def whole(self) -> Dump:
        """What is remembered after a pass that nothing disturbs."""
        url = self.fresh()
        assert self.sync(url) is None
        return dump(url)
