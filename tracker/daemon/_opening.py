"""Opening the database before all else, and closing it after: a service waits for it, a person is told at once."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.daemon._events import about, event_of
from tracker.daemon._notify import is_managed, more_time, notify
from tracker.errors import AlreadyRunning, BackupFailed, DatabaseUnreachable
from tracker.service.access import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.config import Config
    from tracker.storage import Store

LONGEST_WAIT = 30.0
"""Seconds between two tries at most; the first wait is one second, each further one twice as long."""

MOMENT = 2.0
"""Seconds in which a server sees that a process on a machine that runs has ended."""

AGAIN = 0.5
"""Seconds between two tries to have the database for this daemon alone."""

logger = logging.getLogger(__name__)


@contextmanager
def opened_patiently(config: Config) -> Iterator[Store]:
    """The database, with its migrations done. Under a service manager it is waited for, since a restart costs more.

    No other daemon has it meanwhile. To close it takes a while, too, if what was written is still to be put into its
    place. Raises `AlreadyRunning`, `ConfigError`, and `DatabaseUnreachable` and `BackupFailed` where no service manager
    listens.
    """
    store = _awaited(config)
    try:
        yield store
    finally:
        with more_time():
            store.close()


def _claimed(config: Config) -> Store:
    """The database, claimed. Who seems to work on it may have ended; a person waits a moment to see that, no longer."""
    until: float | None = None
    while True:
        try:
            return open_database(config, claims=True)
        except AlreadyRunning as error:
            lingers = error.lingers.total_seconds()
            until = until or time.monotonic() + (lingers if is_managed() else min(lingers, MOMENT))
            if time.monotonic() >= until:
                raise
            notify(f"STATUS=waiting for the database: {error.message}")
        time.sleep(AGAIN)


def _awaited(config: Config) -> Store:
    wait, told = 1.0, ""
    with more_time():
        while True:
            try:
                return _claimed(config)
            except (DatabaseUnreachable, BackupFailed) as error:
                if not is_managed():
                    raise
                if error.message != told:
                    told = error.message
                    notify(f"STATUS=waiting for the database: {told}")
                    logger.warning("%s; waiting for it; %s", told, error.hint, extra=about(event_of(error)))
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
