"""Whose turn it is to write: one at a time, and who waits for it long says that he lives."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.liveness import watch
from tracker.storage import open_store

if TYPE_CHECKING:
    from tests.machine.postgresql import Server
    from tracker.storage import Store


def test_one_writes_after_the_other(store: Store) -> None:
    begun, order = threading.Event(), []

    def write() -> None:
        begun.set()
        store.begin_pass("work", datetime.now(UTC))
        order.append("second")

    with store.pairing("a fingerprint"):
        second = threading.Thread(target=write)
        second.start()
        begun.wait()
        time.sleep(0.3)
        order.append("first")
    second.join(20)
    assert order == ["first", "second"]


def test_who_waits_for_postgresqls_lock_lives(postgresql: Server) -> None:
    """SQLite's own wait gives no sign, and ends by itself within a minute."""
    signs: list[float] = []

    def write() -> None:
        watch(lambda: signs.append(time.monotonic()))
        store.begin_pass("work", datetime.now(UTC))

    with postgresql.fresh_database() as url, open_store(url) as store:
        with store.pairing("a fingerprint"):
            waiting = threading.Thread(target=write)
            waiting.start()
            time.sleep(0.5)
            until = time.monotonic() + 1.0
            time.sleep(1.0)
            assert sum(until - 1.0 < at < until for at in signs) >= 5
            assert store.writing_for > 1.0, "who waits does not write"
        waiting.join(20)
        assert [state.name for state in store.accounts()] == ["work"]
