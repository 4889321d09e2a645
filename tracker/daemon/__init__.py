"""Sync on a schedule until told to stop; the only home of schedule.

`schedule` only ticks. What is due stands in the database, so that a restart forgets nothing; each account has its own
thread, so that a slow server keeps nobody waiting.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import schedule

from tracker.daemon._notify import notify, watchdog_interval
from tracker.daemon._worker import Worker
from tracker.service.standing import due_at, is_locked_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import FrameType

    from tracker.config import Config
    from tracker.storage import Store

TICK = 1
"""Seconds between two looks at what is due."""

GRACE = 4.0
"""Seconds that the workers have to end after SIGTERM; what they had not stored by then is read again."""

logger = logging.getLogger(__name__)


def serve(store: Store, config: Config, *, clock: Callable[[], datetime], is_verbose: bool = False) -> None:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if is_verbose else logging.INFO,
        format="%(levelname)s %(message)s",
        force=True,
    )
    for noisy in ("alembic", "imapclient", "schedule"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # at DEBUG they quote mail, or say nothing new every second
    Daemon(store, config, clock).run()


class Daemon:
    """The loop: wakes the workers whose account is due, tells systemd how things stand, ends when told to."""

    def __init__(self, store: Store, config: Config, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._config = config
        self._clock = clock
        self._started_at = clock()
        self._stop = threading.Event()
        self._workers = [Worker(store, config, account, clock, self._stop) for account in config.account]
        self._status = ""

    def run(self) -> None:
        """Tick until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        for worker in self._workers:
            worker.start()
        notify("READY=1")
        logger.info("watching %d account%s", len(self._workers), "" if len(self._workers) == 1 else "s")
        ticking = schedule.Scheduler()
        ticking.every(TICK).seconds.do(self._tick)
        self._tick()
        while not self._stop.wait(TICK):
            ticking.run_pending()
        self._end()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        logger.info("%s: stopping", signal.Signals(number).name)
        self._stop.set()

    def _tick(self) -> None:
        """One look at what is due. Whatever it meets is told and left to the next look: a job that raises stays due."""
        try:
            self._wake_due()
            self._tell()
        except Exception:  # the loop must outlive any error; the watchdog is not fed, so systemd will see it last
            logger.exception("cannot look at what is due")
            return
        if watchdog_interval() and all(worker.is_moving for worker in self._workers):
            notify("WATCHDOG=1")

    def _wake_due(self) -> None:
        states = {state.name: state for state in self._store.accounts()}
        now = self._clock()
        for worker in self._workers:
            state = states.get(worker.account.name)
            if state is None:
                worker.wake()
                continue
            resting = is_locked_out(state) and state.failed_at is not None and state.failed_at >= self._started_at
            due = due_at(state, self._config.sync.every)
            if not resting and (due is None or due <= now):
                worker.wake()

    def _tell(self) -> None:
        """Say in systemd's STATUS how many accounts there are, how many are in trouble, and up to when all is read."""
        names = [worker.account.name for worker in self._workers]
        states = [state for state in self._store.accounts() if state.name in names]
        trouble = sum(state.failures > 0 for state in states)
        stamps = [state.synced_at for state in states if state.synced_at is not None]
        is_read = len(stamps) == len(names) and bool(stamps)
        read = f"read to {min(stamps):%H:%M} UTC" if is_read else "not everything is read yet"
        status = f"{len(names)} accounts, {trouble} in trouble, {read}"
        if status != self._status:
            self._status = status
            notify(f"STATUS={status}")

    def _end(self) -> None:
        notify("STOPPING=1")
        deadline = time.monotonic() + GRACE
        for worker in self._workers:
            worker.abort()
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        late = [worker.account.name for worker in self._workers if worker.is_alive()]
        if late:
            logger.warning("still in a call: %s; what it was reading will be read again", ", ".join(late))
        logger.info("stopped")
