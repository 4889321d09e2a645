"""How the daemon stands, in a file for Prometheus' node exporter; the only home of prometheus_client."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.daemon import _events as events
from tracker.daemon._events import about
from tracker.errors import MissingExtra, TrackerError
from tracker.sanitizer import one_line
from tracker.service import copying
from tracker.service.access import database_file
from tracker.service.granting import needs_sign_in
from tracker.service.standing import coverage_of, is_locked_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracker.config import Config
    from tracker.storage import AccountState, Store

PERIOD = 15.0
"""Seconds between two writings: Prometheus asks about as often."""

Passes = dict[tuple[str, str], int]
"""How many passes over an account came to which result."""

logger = logging.getLogger(__name__)


def demand_metrics(config: Config) -> None:
    """Raises `MissingExtra` if metrics are wanted and cannot be made."""
    if config.metrics.textfile:
        try:
            import prometheus_client  # noqa: F401 - whether it is there is the question
        except ImportError:
            raise MissingExtra("[metrics]", "metrics") from None


class MetricsThread(threading.Thread):
    """Writes the file now and then; a failure delays nobody."""

    def __init__(self, store: Store, config: Config, passes: Callable[[], Passes], stop: threading.Event) -> None:
        super().__init__(name="metrics", daemon=True)
        self._store = store
        self._config = config
        self._passes = passes
        self._stop_event = stop
        self._told = ""

    def reload(self, config: Config) -> None:
        """From the next writing on another configuration holds."""
        self._config = config

    def run(self) -> None:
        """Write until told to stop. No error ends the thread."""
        pause = 1.0
        while not self._stop_event.wait(pause):
            pause = PERIOD
            self.look()

    def look(self) -> None:
        """Write the file, if one is wanted. What is wrong is told once, and again only when all was well between."""
        config, told = self._config, self._told
        self._told = ""
        if not config.metrics.textfile:
            return
        try:
            write(Path(config.metrics.textfile), text(self._store, config, self._passes()))
        except TrackerError as error:
            self._told = f"{error.message}; {error.hint}"
        except OSError as error:
            # Not in the error's own words, in which the file beside ours has another name each time.
            self._told = f"{error.strerror}; see that the service may write {config.metrics.textfile}"
        except Exception as error:  # a bug here must not leave the figures as they are for good; the trace tells of it
            self._told = f"a bug: {error!r}"
            if self._told != told:
                logger.exception("the metrics: a bug", extra=about(events.BUG))
            return
        if self._told not in {"", told}:
            logger.warning("the metrics cannot be written: %s", one_line(self._told))


def text(store: Store, config: Config, passes: Mapping[tuple[str, str], int]) -> bytes:
    """All metrics in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, words: str, values: Mapping[str, float]) -> None:
        made = Gauge(name, words, ["account"], registry=registry)
        for account, value in values.items():
            made.labels(account).set(value)

    polled = {account.name for account in config.account}
    states = [state for state in store.accounts() if state.name in polled]
    synced = {state.name: state.synced_at.timestamp() for state in states if state.synced_at is not None}
    unreadable = {account.name: float(account.unreadable) for account in coverage_of(store, config).accounts}
    gauge("tracker_last_sync_timestamp_seconds", "When the last complete pass began.", synced)
    gauge("tracker_sign_in_needed", "Whether it rests until somebody looks.", _flags(config, states))
    gauge("tracker_unreadable_messages", "Messages that could not be read.", unreadable)
    counter = Counter("tracker_syncs", "Passes since the start.", ["account", "result"], registry=registry)
    for (account, result), count in passes.items():
        counter.labels(account, result).inc(count)
    file, backup = database_file(config), store.chore_ran_at(copying.CHORE)
    if file is not None:
        Gauge("tracker_database_size_bytes", "The database.", registry=registry).set(file.stat().st_size)
    if backup is not None:
        name = "tracker_last_backup_timestamp_seconds"
        Gauge(name, "When the last backup began.", registry=registry).set(backup.timestamp())
    return bytes(generate_latest(registry))


def write(path: Path, content: bytes) -> None:
    """Put the file into its place at once and whole, readable to whoever collects it. Raises `OSError`."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _flags(config: Config, states: list[AccountState]) -> dict[str, float]:
    lapsed = {account.name for account in config.account if needs_sign_in(account)}
    return {state.name: float(is_locked_out(state) or state.name in lapsed) for state in states}
