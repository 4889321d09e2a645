"""Sync on a schedule until told to stop; the only home of schedule.

`schedule` only ticks. What is due stands in the database, so that a restart forgets nothing; each account has its own
thread, so that a slow server keeps nobody waiting.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import signal
import sys
import time
from typing import TYPE_CHECKING

import schedule

from tracker.daemon import _events as events
from tracker.daemon._chores import CHORES
from tracker.daemon._clocks import Reading, break_between, elapsed, read_clocks
from tracker.daemon._crew import Crew
from tracker.daemon._events import about, event_of
from tracker.daemon._log import start_log
from tracker.daemon._metrics import demand_metrics
from tracker.daemon._notify import more_time, notify, watchdog_interval
from tracker.daemon._opening import opened_patiently
from tracker.errors import TrackerError
from tracker.service.starting import demand_accounts, demand_secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.config import Config
    from tracker.storage import AccountState, Store

__all__ = ["CHORES", "Daemon", "opened_patiently", "serve", "start_log"]

TICK = 1
"""Seconds between two looks at what is due."""

logger = logging.getLogger(__name__)


def serve(
    store: Store,
    config: Config,
    *,
    clock: Callable[[], datetime],
    elapsed: Callable[[], float] = elapsed,
    is_verbose: bool = False,
    load: Callable[[], Config] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP reads the configuration again, by `load`.

    `clock` gives the moment, aware UTC; `elapsed` the seconds since some moment, by which an interval is counted.
    Raises `ConfigError` if there is no account to watch, or no secret for any.
    """
    demand_accounts(config)
    demand_metrics(config)
    # schedule counts in local time, which stands still for an hour at the end of summer.
    os.environ["TZ"] = "UTC"
    time.tzset()
    start_log(is_verbose=is_verbose)
    # systemd's watchdog ends a process by SIGABRT: where each thread stood is then in the journal.
    faulthandler.enable(sys.stderr, all_threads=True)
    Daemon(store, config, Crew(store, clock, elapsed, CHORES), load or (lambda: config)).run()


class Daemon:
    """The loop: wakes the workers whose account is due, tells systemd how things stand, ends when told to."""

    def __init__(self, store: Store, config: Config, crew: Crew, load: Callable[[], Config]) -> None:
        self._store = store
        self._config = config
        self._load = load
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._crew = crew
        self._told = ""
        self._refusal = ""
        self._unclaimed = ""
        self._reading = read_clocks()
        self._is_stuck = False

    def run(self) -> None:
        """Tick until told to stop. Raises `ConfigError` if no account has its secret."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Of all that a handler could call, this put alone is safe while its own get is under way.
            signal.signal(number, lambda number, _frame: self._signals.put(number))
        self._demand_secrets(self._config)
        self._crew.start(self._config)
        notify("READY=1")
        logger.info("watching %s", _accounts(len(self._crew.workers)), extra=about(events.STARTED))
        self._tick()
        told = self._loop()
        logger.info("%s: stopping", signal.Signals(told).name)
        notify("STOPPING=1")
        with more_time():
            self._crew.end()
        logger.info("stopped", extra=about(events.STOPPED))

    def _loop(self) -> int:
        """Tick; the signal that ended it."""
        ticking = self._ticking()
        while True:
            try:
                told = self._signals.get(timeout=TICK)
            except queue.Empty:
                pass
            else:
                if told != signal.SIGHUP:
                    return told
                self._reload()
            if self._has_clock_changed():
                ticking = self._ticking()
            ticking.run_pending()

    def _ticking(self) -> schedule.Scheduler:
        """A schedule that begins now: one made before the clock was set back would wait for the old time."""
        ticking = schedule.Scheduler()
        ticking.every(TICK).seconds.do(self._tick)
        return ticking

    def _has_clock_changed(self) -> bool:
        """Whether the time was set by a second or more. After a suspend, or if it was set by much, all begins anew."""
        before, self._reading = self._reading, read_clocks()
        broken = break_between(before, self._reading)
        if broken is not None:
            logger.warning("%s: every account is read anew", broken, extra=about(events.CLOCK_BROKE))
            self._crew.renew(broken.was_set)
        return broken is not None or _is_set(before, self._reading)

    def _tick(self) -> None:
        """One look at what is due. Whatever it meets is told and left to the next look: a job that raises stays due."""
        try:
            states = {state.name: state for state in self._store.accounts()}
            for worker in self._crew.workers:
                if worker.seconds_left(states.get(worker.account.name)) == 0:
                    worker.wake()
            self._renew_claim()
            self._tell(self._status(states))
        except TrackerError as error:
            if self._tell(error.message):
                logger.warning("%s; %s", error.message, error.hint, extra=about(event_of(error)))
        except Exception:  # the loop must outlive any error; the watchdog is not fed, so systemd will see it last
            logger.exception("cannot look at what is due", extra=about(events.BUG))
            return
        self._feed_watchdog(self._crew.silence())

    def _renew_claim(self) -> None:
        """See that no other daemon works on the database; if that does not hold any longer, it is told and no more."""
        before, self._unclaimed = self._unclaimed, self._store.renew_claim()
        if self._unclaimed not in {"", before}:
            logger.warning("%s", self._unclaimed, extra=about(events.NOT_ALONE))

    def _feed_watchdog(self, silence: float) -> None:
        """Feed it while nobody is stuck. Who is, and was so at the last look, has the watchdog's patience in all.

        Without the second half of this, the patience would begin only where the bound of what he was at ends.
        """
        patience, was_stuck = watchdog_interval(), self._is_stuck
        self._is_stuck = silence > 0
        if patience and not self._is_stuck:
            notify("WATCHDOG=1")
        elif patience and was_stuck and silence > patience:
            notify("WATCHDOG=trigger")

    def _status(self, known: dict[str, AccountState]) -> str:
        """How many accounts there are, how many are in trouble, and up to when all is read."""
        workers = self._crew.workers
        states = [state for worker in workers if (state := known.get(worker.account.name)) is not None]
        # Of a database that cannot be written its workers alone know.
        failing = {state.name for state in states if state.failures} | {w.account.name for w in workers if w.has_failed}
        stamps = [state.synced_at for state in states if state.synced_at is not None]
        is_read = len(stamps) == len(workers)
        read = f"read to {min(stamps):%H:%M} UTC" if is_read else "not everything is read yet"
        return f"{len(workers)} accounts, {len(failing)} in trouble, {read}{self._refusal}"

    def _tell(self, status: str) -> bool:
        """Show this as systemd's STATUS; whether it is news."""
        if status == self._told:
            return False
        self._told = status
        notify(f"STATUS={status}")
        return True

    def _reload(self) -> None:
        """Take the configuration as it is now; one that cannot be used changes nothing, and is told."""
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._load()
            demand_accounts(config)
            demand_metrics(config)
            self._demand_secrets(config)
        except TrackerError as error:
            self._refusal = "; the new configuration is refused, the old one holds"
            said = about(events.CONFIG_REJECTED)
            logger.warning("%s; the old configuration holds; %s", error.message, error.hint, extra=said)
        else:
            self._refusal = ""
            if config.database != self._config.database:
                logger.warning("another [database] takes a restart", extra=about(events.CONFIG_REJECTED))
                # All of it: what is kept of the one that is open must not follow from what is said of another.
                config = config.model_copy(update={"database": self._config.database})
            self._config = config
            self._crew.reload(config)
            watched = _accounts(len(self._crew.workers))
            logger.info("the configuration is read again: watching %s", watched, extra=about(events.RELOADED))
        notify("READY=1")
        self._tick()

    def _demand_secrets(self, config: Config) -> None:
        for name, error in demand_secrets(config).items():
            said = about(events.SECRET_UNAVAILABLE, name)
            logger.warning("%s: %s; %s", name, error.message, error.hint, extra=said)


def _is_set(before: Reading, after: Reading) -> bool:
    return abs((after.realtime - before.realtime) - (after.boottime - before.boottime)) >= TICK


def _accounts(number: int) -> str:
    return f"{number} account{'' if number == 1 else 's'}"
