"""A visit to an account's server: one connection to look at it, another on which we sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import BadServerReply
from tracker.service.access import open_account, settings_of
from tracker.sources.imap import ImapSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.config import AccountConfig
    from tracker.domain.folder import Folder
    from tracker.sources import Source, SourceSettings
    from tracker.sources.imap import ServerLook

_SECONDS = 15.0
"""For each answer; a diagnosis has to come sooner than a sync gives up."""


class Visit:
    """What the checks of one account hand on to those after them."""

    def __init__(self, account: AccountConfig, clock: Callable[[], datetime]) -> None:
        self.account = account
        self.clock = clock
        self.now = clock()
        self.look: ServerLook | None = None
        self.folders: list[Folder] = []
        self._source: Source | None = None

    @property
    def settings(self) -> SourceSettings:
        """How the server is reached, without a password."""
        return settings_of(self.account, timeout=_SECONDS)

    def sign_in(self) -> None:
        """Open the account. Raises `Unreachable`, `LoginRejected`, `ConfigError`."""
        self._source = open_account(self.account)

    @property
    def source(self) -> Source:
        """The account, once it is open."""
        assert self._source is not None  # noqa: S101 # the checks that use it need the check that opens it
        return self._source

    @property
    def server(self) -> ImapSource:
        """The same, of an account on a server."""
        if not isinstance(self._source, ImapSource):
            raise BadServerReply(f"{self.account.name} is on no server", hint="nothing")
        return self._source

    def end(self) -> None:
        """Say goodbye. Never raises."""
        if self._source is not None:
            self._source.close()
