"""One thread an account: sleeps until a pass is due or the server announces mail, makes the pass, pairs what is new."""

from __future__ import annotations

import logging
import math
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.daemon import _events as events
from tracker.daemon._due import Countdown, Hold, seconds_left
from tracker.daemon._events import about, event_of
from tracker.daemon._signs import Signs
from tracker.errors import DatabaseUnreachable, SignInNeeded, TrackerError, Unreachable
from tracker.liveness import alive, watch
from tracker.sanitizer import one_line
from tracker.service.access import open_account
from tracker.service.granting import grant_of, needs_sign_in
from tracker.service.judging import keep_paired
from tracker.service.syncing import left_alone, sync_account
from tracker.storage import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, timedelta

    from tracker.config import AccountConfig, Config
    from tracker.service.syncing import Synced
    from tracker.sources import Source
    from tracker.storage import AccountState, Store

RESTING = 15.0
"""Seconds without a sign of life after which a thread that rests counts as stuck: it gives one every few seconds."""

STUCK = 90.0
"""The same while it reads or waits for mail: a call to a server, or for another writer, ends by itself after 60."""

SIGNING_IN = 600.0
"""The same until a line is open: each of a server's addresses, and of a provider's, may take a minute to fail."""

PAIRING = 600.0
"""The same in the pairing: its longest statement takes seconds for a million messages, on a slow disk minutes."""

RENEWAL = 9 * 60.0
"""Seconds that one IDLE lasts: some routers forget a silent connection after ten minutes."""

logger = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Reads one account, over one connection at a time: whenever it is due, and whenever mail is announced."""

    def __init__(
        self,
        store: Store,
        config: Config,
        account: AccountConfig,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float],
        stop: threading.Event,
    ) -> None:
        super().__init__(name=f"account {account.name}", daemon=True)
        self.account = account
        self._store = store
        self._config = config
        self._clock = clock
        self._started_at = clock()
        self._countdown = Countdown(elapsed)
        self._hold = Hold(elapsed)
        self._stop_event = stop
        self._woken = threading.Event()
        self._source: Source | None = None
        self._is_renewing = threading.Event()
        self._is_overdue = False
        self.has_failed = False
        self.passes: Counter[str] = Counter()
        self._signs = Signs(SIGNING_IN)
        self._grant = grant_of(account)
        self._lapsed: tuple[int, int] | None = None

    # ---- what other threads call

    def wake(self) -> None:
        """Let the thread look whether a pass is due; one that is under way is not followed by another for this."""
        self._woken.set()

    def abort(self) -> None:
        """Cut whatever is under way; with the stop event set, the thread ends."""
        self._woken.set()
        source = self._source
        if source is not None:
            source.abort()

    def renew(self, was_set: timedelta) -> None:
        """Drop the line, and begin again whatever is under way: after a suspend nobody knows whether it still lives.

        What a pass that began before has read stays; it covers nothing, for its start may be told by a wrong clock,
        as may that of the daemon, which `was_set` puts right.
        """
        source = self._source  # the one of now: the thread may already have taken another when it is cut
        self._started_at += was_set
        self._is_renewing.set()
        self._woken.set()
        if source is not None:
            source.abort()

    def reload(self, config: Config) -> None:
        """From the next look on another configuration holds; the account itself must be the same in it."""
        self._config = config

    def end(self) -> None:
        """Cut whatever is under way and end the thread."""
        self._stop_event.set()
        self.abort()

    def seconds_left(self, state: AccountState | None) -> float:
        """Seconds until the account is due; infinity while it rests, be it until somebody has signed in."""
        if self._grant is not None and self._lapsed is not None:
            return math.inf if self._grant.stamp() == self._lapsed else 0.0
        if held := self._hold.left():
            return held
        every = self._config.sync.every

        def decide() -> float:
            return seconds_left(state, every, now=self._clock(), started_at=self._started_at)

        left = self._countdown.left((state, every), decide)
        return 0.0 if self._is_overdue and left < math.inf else left

    @property
    def silence(self) -> float:
        """Seconds for which the thread gave no sign of life, if that is more than what it is at may take; else 0."""
        return self._signs.silence(is_alive=self.is_alive())

    # ---- the thread

    def run(self) -> None:
        """Look, read, wait, until told to stop. No error ends the thread: the next look may go better."""
        watch(self._signs.move)
        while not self._stop_event.is_set():
            if self._source is None:
                self._rest()
            self._woken.clear()  # before the look, so that whoever wakes from now on is heard
            self._begin_again()
            self._signs.begin(STUCK)
            try:
                self._look()
            except TrackerError as error:
                self._hang_up()
                if isinstance(error, SignInNeeded):
                    self._rest_until_signed_in()
                if not self._must_stop():
                    self._fail(error)
            except Exception:  # a bug in one account's mail must not end the others' watch; the trace tells of it
                said = about(events.BUG, self.account.name)
                logger.exception("%s: a bug; the pass is given up", self.account.name, extra=said)
                self._hang_up()
                self._record_bug()
        self._hang_up()

    def _rest(self) -> None:
        """Sleep until woken."""
        self._signs.begin(RESTING)
        while not self._woken.wait(RESTING / 3):
            alive()

    def _begin_again(self) -> None:
        """If the line was cut for that: take another, and read at once, whatever was due when."""
        if self._is_renewing.is_set():
            self._is_renewing.clear()
            self._hang_up()
            self._is_overdue = True

    def _look(self) -> None:
        """Make a pass if one is due or mail is announced. Raises what the pass raises."""
        if self._stop_event.is_set():
            return
        states = {state.name: state for state in self._store.accounts()}
        left = self.seconds_left(states.get(self.account.name))
        if left == 0:
            self._make_pass()
        elif self._source is not None and self._is_announced(self._source, min(left, RENEWAL)):
            synced = self._make_pass()
            if not synced.read:
                # An announcement without mail comes again; polling stays calm.
                self._hang_up()

    def _is_announced(self, source: Source, seconds: float) -> bool:
        """Wait for new mail on the open line. A line that fails is given up until the next pass."""
        try:
            return source.wait(seconds)
        except Unreachable as error:
            logger.debug("%s: %s; polling until the next pass", self.account.name, error.message)
            self._hang_up()
            return False

    def _make_pass(self) -> Synced:
        self._lapsed = None
        self._is_overdue = False
        synced = sync_account(
            self._store,
            self.account,
            self._config,
            clock=self._clock,
            progress=self,
            connect=self._line,
            is_stopped=self._must_stop,
        )
        if not self._must_stop():
            self._signs.begin(PAIRING)
            keep_paired(self._store, self._config)
            self._signs.begin(STUCK)
        self._report(synced)
        return synced

    def _report(self, synced: Synced) -> None:
        name = self.account.name
        self._hold.end()
        self.passes["complete" if synced.is_complete else "cut"] += 1
        for note in synced.notes:
            logger.info("%s: %s", name, one_line(note), extra=about(events.NOTED, name))
        if synced.new or synced.unreadable:
            said = about(events.READ, name)
            logger.info("%s: %d new messages, %d unreadable", name, synced.new, synced.unreadable, extra=said)
        if synced.is_complete and self.has_failed:
            self.has_failed = False
            logger.info("%s: read to the end again", name, extra=about(events.RECOVERED, name))

    @contextmanager
    def _line(self, account: AccountConfig) -> Iterator[Source]:
        """The line that waited, or a new one; it stays open for the waiting that follows, if that is wanted."""
        source = self._source
        if source is None:
            without = left_alone(self._store, account.name, self._clock())
            self._signs.begin(SIGNING_IN)
            source = self._source = open_account(account, without=without)
            self._signs.begin(STUCK)
            if self._must_stop():
                source.abort()  # who aborted while we signed in found nothing to cut
        try:
            yield source
        except BaseException:
            self._hang_up()
            raise
        if not self._config.sync.idle:
            self._hang_up()

    def _hang_up(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _rest_until_signed_in(self) -> None:
        """Try nothing until the token file changes, which it may have done just now."""
        stamp = None if self._grant is None else self._grant.stamp()
        if needs_sign_in(self.account):
            self._lapsed = stamp

    def _fail(self, error: TrackerError) -> None:
        """Tell of a failed pass. One of the database leaves no trace in it: it is told once, and the wait is ours."""
        self._count_failure()
        if not isinstance(error, DatabaseUnreachable) or self._hold.begin(error.message):
            logger.warning("%s; %s", error.message, error.hint, extra=about(event_of(error), self.account.name))

    def _record_bug(self) -> None:
        self._count_failure()
        try:
            self._store.fail_pass(self.account.name, Failure(self._clock(), "a bug; see the log"))
        except Exception:  # noqa: BLE001 - the bug is told; if it is in the storing, it must not come every second
            self._hold.begin("")

    def _count_failure(self) -> None:
        self.has_failed = True
        self.passes["failed"] += 1

    # ---- what the pass calls

    def _must_stop(self) -> bool:
        """Asked by the pass between its steps."""
        alive()
        return self._stop_event.is_set() or self._is_renewing.is_set()

    def begin(self, account: str, messages: int) -> None:
        """A pass knows how much there is to read."""
        logger.debug("%s: %d messages to read", account, messages)

    def advance(self, account: str, messages: int) -> None:
        """A batch is stored."""
        logger.debug("%s: %d messages stored", account, messages)
