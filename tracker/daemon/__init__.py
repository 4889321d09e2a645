"""Sync on a schedule until told to stop; the only home of schedule.

`schedule` only ticks. What is due stands in the database, so that a restart forgets nothing; each account has its own
thread, so that a slow server keeps nobody waiting.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
import time
from typing import TYPE_CHECKING

import schedule

from tracker.daemon._chore import ChoreThread
from tracker.daemon._chores import CHORES
from tracker.daemon._log import start_log
from tracker.daemon._notify import notify, watchdog_interval
from tracker.daemon._worker import Worker
from tracker.errors import ConfigError, TrackerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.config import Config
    from tracker.storage import AccountState, Store

TICK = 1
"""Seconds between two looks at what is due."""

GRACE = 4.0
"""Seconds that the workers have to end after SIGTERM; what they had not stored by then is read again."""

CHORE_GRACE = 1.0
"""Seconds of these that the chores have: what they were at is done again, and no stop waits for them."""

JUMP = 60.0
"""Seconds by which the clock and the time that passed disagree after a suspend, or when somebody set the clock."""

logger = logging.getLogger(__name__)


def serve(store: Store, config: Config, *, clock: Callable[[], datetime], is_verbose: bool = False) -> None:
    """Run until SIGTERM or SIGINT. Raises `ConfigError` if there is no account to watch, or one that cannot be."""
    if not config.account:
        raise ConfigError("no account is configured, so there is nothing to watch", hint="tracker init adds one")
    if ringing := [account.name for account in config.account if account.keyring]:
        raise ConfigError(
            f"keyring = true ({', '.join(ringing)}) is for a desktop; a service has no keyring that is unlocked",
            hint="use credential, password_file or password_command",
        )
    # schedule counts in local time, which stands still for an hour at the end of summer.
    os.environ["TZ"] = "UTC"
    time.tzset()
    start_log(is_verbose=is_verbose)
    Daemon(store, config, clock).run()


class Daemon:
    """The loop: wakes the workers whose account is due, tells systemd how things stand, ends when told to."""

    def __init__(self, store: Store, config: Config, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._workers = [Worker(store, config, account, clock, self._stop) for account in config.account]
        self._chores = [ChoreThread(store, config, chore, clock, self._stop) for chore in CHORES]
        self._told = ""
        self._offset = self._clock_offset()

    def run(self) -> None:
        """Tick until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            # Of all that a handler could call, this put alone is safe while its own get is under way.
            signal.signal(number, lambda number, _frame: self._signals.put(number))
        for thread in (*self._workers, *self._chores):
            thread.start()
        notify("READY=1")
        logger.info("watching %d account%s", len(self._workers), "" if len(self._workers) == 1 else "s")
        ticking = self._ticking()
        self._tick()
        while (told := self._next_signal()) is None:
            if self._has_jumped():
                ticking = self._ticking()
                for worker in self._workers:
                    worker.renew()
            ticking.run_pending()
        logger.info("%s: stopping", signal.Signals(told).name)
        self._end()

    def _ticking(self) -> schedule.Scheduler:
        """A schedule that begins now: one made before the clock was set back would wait for the old time."""
        ticking = schedule.Scheduler()
        ticking.every(TICK).seconds.do(self._tick)
        return ticking

    def _next_signal(self) -> int | None:
        try:
            return self._signals.get(timeout=TICK)
        except queue.Empty:
            return None

    def _clock_offset(self) -> float:
        return self._clock().timestamp() - time.monotonic()

    def _has_jumped(self) -> bool:
        before, self._offset = self._offset, self._clock_offset()
        return abs(self._offset - before) > JUMP

    def _tick(self) -> None:
        """One look at what is due. Whatever it meets is told and left to the next look: a job that raises stays due."""
        try:
            states = {state.name: state for state in self._store.accounts()}
            for worker in self._workers:
                if worker.seconds_left(states.get(worker.account.name)) == 0:
                    worker.wake()
            self._tell(self._status([state for worker in self._workers if (state := states.get(worker.account.name))]))
        except TrackerError as error:
            if self._tell(error.message):
                logger.warning("%s; %s", error.message, error.hint)
        except Exception:  # the loop must outlive any error; the watchdog is not fed, so systemd will see it last
            logger.exception("cannot look at what is due")
            return
        if watchdog_interval() and all(worker.is_moving for worker in self._workers):
            notify("WATCHDOG=1")

    def _status(self, states: list[AccountState]) -> str:
        """How many accounts there are, how many are in trouble, and up to when all is read."""
        trouble = sum(state.failures > 0 for state in states)
        stamps = [state.synced_at for state in states if state.synced_at is not None]
        is_read = len(stamps) == len(self._workers)
        read = f"read to {min(stamps):%H:%M} UTC" if is_read else "not everything is read yet"
        return f"{len(self._workers)} accounts, {trouble} in trouble, {read}"

    def _tell(self, status: str) -> bool:
        """Show this as systemd's STATUS; whether it is news."""
        if status == self._told:
            return False
        self._told = status
        notify(f"STATUS={status}")
        return True

    def _end(self) -> None:
        notify("STOPPING=1")
        self._stop.set()
        deadline = time.monotonic() + GRACE
        for worker in self._workers:
            worker.abort()
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        deadline = min(deadline, time.monotonic() + CHORE_GRACE)
        for chore in self._chores:
            chore.join(max(0.0, deadline - time.monotonic()))
        late = [worker.account.name for worker in self._workers if worker.is_alive()]
        if late:
            logger.warning("still in a call: %s; what it was reading will be read again", ", ".join(late))
        unfinished = [chore.name for chore in self._chores if chore.is_alive()]
        if unfinished:
            logger.warning("still busy: %s; it will be done again", ", ".join(unfinished))
        logger.info("stopped")
