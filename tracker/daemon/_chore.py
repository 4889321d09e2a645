"""A chore: what the daemon does now and then beside reading mail, in a thread of its own so that it delays no sync."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.daemon import _events as events
from tracker.daemon._events import about
from tracker.errors import TrackerError
from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from tracker.config import Config
    from tracker.storage import Store

LOOK = 1.0
"""Seconds between two looks at whether it is due; none of them touches the database until it is."""

FIRST_RETRY = 60.0
"""Seconds until a chore that failed is tried again; doubled each time it fails once more."""

LAST_RETRY = 3600.0
"""The longest such wait, in seconds."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a chore is given for one run. One that takes long asks `is_stopped` between its steps and ends early.

    Only one transaction writes at a time, so a chore that writes much does it in small ones.
    """

    store: Store
    config: Config
    now: datetime
    is_stopped: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Chore:
    """A chore by its name, which must never change: under it the database remembers the last run.

    `next_due(config, now, last)` is pure: the moment at which the next run is due (at once if it is not after `now`),
    None while the configuration wants none; `last` is when the last successful run began, None before the first.
    `run(errand)` does it and returns a line for the log, "" to say nothing, None if it was told to stop on the way and
    must be done again; it raises `TrackerError` if it fails.
    """

    name: str
    next_due: Callable[[Config, datetime, datetime | None], datetime | None]
    run: Callable[[Errand], str | None]


def due_every(period: timedelta, now: datetime, last: datetime | None) -> datetime:
    """When something is due that is done once a period; at once if the clock was set back behind the last run."""
    return now if last is None or last > now else last + period


def retry_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(LAST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 10)))


class ChoreThread(threading.Thread):
    """Looks whether a chore is due, runs it, remembers when; a failure is told in one line and tried again later."""

    def __init__(
        self, store: Store, config: Config, chore: Chore, clock: Callable[[], datetime], stop: threading.Event
    ) -> None:
        super().__init__(name=f"chore {chore.name}", daemon=True)
        self._store = store
        self._config = config
        self._chore = chore
        self._clock = clock
        self._stop_event = stop
        self._last: datetime | None = None
        self._failures = 0
        self._not_before = 0.0

    def reload(self, config: Config) -> None:
        """From the next look on another configuration holds."""
        self._config = config

    def run(self) -> None:
        """Look until told to stop. No error ends the thread."""
        while not self._stop_event.wait(LOOK):
            try:
                self._look()
            except TrackerError as error:
                words = (self._chore.name, error.message, error.hint, self._retry_later())
                logger.warning("%s: %s; %s; %s", *words, extra=about(events.CHORE_FAILED))
            except Exception:  # a bug in one chore must not end the others; the trace tells of it
                logger.exception("%s: a bug; %s", self._chore.name, self._retry_later(), extra=about(events.BUG))

    def _look(self) -> None:
        """Run the chore if it is due by what this process knows, and still is by what another may have done since."""
        config, now = self._config, self._clock()
        if time.monotonic() < self._not_before or not self._is_due(config, now):
            return
        self._last = self._store.chore_ran_at(self._chore.name)
        if not self._is_due(config, now):
            return
        said = self._chore.run(Errand(self._store, config, now, self._stop_event.is_set))
        if said is None:
            return
        self._store.note_chore(self._chore.name, now)
        self._last, self._failures = now, 0
        if said:
            logger.info("%s: %s", self._chore.name, one_line(said), extra=about(events.CHORE_DONE))

    def _is_due(self, config: Config, now: datetime) -> bool:
        due = self._chore.next_due(config, now, self._last)
        return due is not None and due <= now

    def _retry_later(self) -> str:
        self._failures += 1
        wait = retry_after(self._failures)
        self._not_before = time.monotonic() + wait
        return f"the next try is in {wait / 60:.0f} min"
