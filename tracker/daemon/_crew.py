"""The workers and the chores of one configuration, and what becomes of them when it is another."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from tracker.daemon import _events as events
from tracker.daemon._chore import ChoreThread
from tracker.daemon._events import about
from tracker.daemon._metrics import MetricsThread, Passes
from tracker.daemon._worker import PAIRING, Worker
from tracker.service.syncing import SINCE_REMEDY, since_to_come

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from tracker.config import Config
    from tracker.daemon._chore import Chore
    from tracker.storage import Store

GRACE = 4.0
"""Seconds that the workers have to end after SIGTERM; what they had not stored by then is read again."""

CHORE_GRACE = 0.5
"""Seconds of these that the chores have: what they were at is done again, and no stop waits for them."""

WRITER = PAIRING
"""Seconds after which one statement of a transaction that writes counts as stuck; those of the pairing take longest."""

logger = logging.getLogger(__name__)


class Crew:
    """One thread an account, one a chore."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], elapsed: Callable[[], float], chores: Sequence[Chore]
    ) -> None:
        self.workers: list[Worker] = []
        self._store = store
        self._clock = clock
        self._elapsed = elapsed
        self._stop = threading.Event()
        self._chore_table = chores
        self._chores: list[ChoreThread] = []
        self._stuck: set[str] = set()
        self._metrics: MetricsThread | None = None

    def start(self, config: Config) -> None:
        """Begin to watch."""
        self._chores = [ChoreThread(self._store, config, chore, self._clock, self._stop) for chore in self._chore_table]
        for chore in self._chores:
            chore.start()
        self._metrics = MetricsThread(self._store, config, self._passes, self._stop)
        self._metrics.start()
        self.reload(config)

    def reload(self, config: Config) -> None:
        """Another configuration: accounts that are the same in it go on, the others end, new ones begin."""
        if words := since_to_come(config, self._clock()):
            logger.warning("%s; %s", words, SINCE_REMEDY, extra=about(events.NOTED))
        wanted = {account.name: account for account in config.account}
        ending = [worker for worker in self.workers if wanted.get(worker.account.name) != worker.account]
        for worker in ending:
            worker.end()
        _join(ending, GRACE)
        self.workers = [worker for worker in self.workers if worker not in ending]
        for worker in self.workers:
            worker.reload(config)
        for thread in (*self._chores, self._metrics):
            if thread is not None:
                thread.reload(config)
        watched = {worker.account.name for worker in self.workers}
        for account in config.account:
            if account.name not in watched:
                worker = Worker(self._store, config, account, self._clock, self._elapsed, threading.Event())
                worker.start()
                self.workers.append(worker)

    def _passes(self) -> Passes:
        return {
            (worker.account.name, result): count
            for worker in self.workers
            for result, count in worker.passes.copy().items()
        }

    def renew(self, was_set: timedelta) -> None:
        """Take new connections and read everything again from the beginning of a pass; the clock was set by that."""
        for worker in self.workers:
            worker.renew(was_set)

    def silence(self) -> float:
        """For how many seconds somebody, a worker or the writer, made no progress who should have; 0 if all did.

        Who is stuck is told, once.
        """
        silent = {f"account {worker.account.name}": worker.silence for worker in self.workers}
        writing = self._store.writing_for
        silent["the database's writer"] = writing if writing > WRITER else 0.0
        stuck = {name for name, seconds in silent.items() if seconds}
        for name in sorted(stuck - self._stuck):
            said = about(events.STUCK, name.removeprefix("account ") if name.startswith("account ") else "")
            logger.error("%s makes no progress any more; without a watchdog nothing restarts it", name, extra=said)
        self._stuck = stuck
        return max(silent.values())

    def end(self) -> None:
        """Cut whatever is under way, and wait a little."""
        self._stop.set()
        deadline = time.monotonic() + GRACE
        for worker in self.workers:
            worker.end()
        _join(self.workers, GRACE)
        _join(self._chores, min(CHORE_GRACE, max(0.0, deadline - time.monotonic())))
        late = [worker.account.name for worker in self.workers if worker.is_alive()]
        if late:
            logger.warning("still in a call: %s; what it was reading will be read again", ", ".join(late))
        unfinished = [chore.name for chore in self._chores if chore.is_alive()]
        if unfinished:
            logger.warning("still busy: %s; it will be done again", ", ".join(unfinished))


def _join(threads: Sequence[threading.Thread], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
