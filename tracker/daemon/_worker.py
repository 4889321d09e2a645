"""One thread an account: sleeps until woken, makes a pass, pairs what is new, sleeps again."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from tracker.errors import TrackerError
from tracker.sanitizer import one_line
from tracker.service.access import open_account
from tracker.service.judging import keep_paired
from tracker.service.syncing import sync_account

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.config import AccountConfig, Config
    from tracker.sources import Source
    from tracker.storage import Store

STUCK = 300.0
"""Seconds without a stored batch after which a pass counts as stuck: every call to a server ends after 60."""

logger = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Reads one account whenever it is woken."""

    def __init__(
        self,
        store: Store,
        config: Config,
        account: AccountConfig,
        clock: Callable[[], datetime],
        stop: threading.Event,
    ) -> None:
        super().__init__(name=f"account {account.name}", daemon=True)
        self.account = account
        self._store = store
        self._config = config
        self._clock = clock
        self._stop_event = stop
        self._woken = threading.Event()
        self._source: Source | None = None
        self._moved_at: float | None = None

    def wake(self) -> None:
        """Let the next pass begin, unless one is under way."""
        self._woken.set()

    def abort(self) -> None:
        """Cut the pass that is under way and let the thread end."""
        self._woken.set()
        source = self._source
        if source is not None:
            source.abort()

    @property
    def is_moving(self) -> bool:
        """Whether the thread lives, and its pass, if one is under way, stored something lately."""
        moved_at = self._moved_at
        return self.is_alive() and (moved_at is None or time.monotonic() - moved_at < STUCK)

    def run(self) -> None:
        """Wait to be woken, make a pass, until told to stop."""
        while True:
            self._woken.wait()
            if self._stop_event.is_set():
                return
            self._moved_at = time.monotonic()
            self._pass()
            self._moved_at = None
            self._woken.clear()

    def _pass(self) -> None:
        name = self.account.name
        try:
            synced = sync_account(
                self._store,
                self.account,
                self._config,
                clock=self._clock,
                progress=self,
                connect=self._connect,
                is_stopped=self._stop_event.is_set,
            )
            if synced.new and not self._stop_event.is_set():
                keep_paired(self._store, self._config)
        except TrackerError as error:
            if not self._stop_event.is_set():
                logger.warning("%s; %s", one_line(error.message), one_line(error.hint))
        except (
            Exception
        ):  # a bug in one account's mail must not end the others' watch; the trace is what a report needs
            logger.exception("%s: a bug; the pass is given up", name)
            self._store.fail_pass(name, self._clock(), "a bug; see the log", login_refused=False)
        else:
            if synced.new or synced.unreadable:
                logger.info("%s: %d new messages, %d unreadable", name, synced.new, synced.unreadable)
        finally:
            self._source = None

    def _connect(self, account: AccountConfig) -> Source:
        self._source = open_account(account)
        return self._source

    def begin(self, account: str, messages: int) -> None:
        """A pass knows how much there is to read."""
        self._moved_at = time.monotonic()
        logger.debug("%s: %d messages to read", account, messages)

    def advance(self, account: str, messages: int) -> None:
        """A batch is stored."""
        self._moved_at = time.monotonic()
        logger.debug("%s: %d messages stored", account, messages)
