"""Poll after poll of an account in which nothing happens: nothing grows, neither memory nor threads nor files."""

from __future__ import annotations

import gc
import re
import threading
import tracemalloc
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.letters import NOW
from tests.faults.rig import IS_SLOW, Rig
from tests.machine.accounts import letter, minutes, on_dovecot, opened
from tracker.service.judging import keep_paired
from tracker.service.syncing import sync_account
from tracker.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.dovecot import Dovecot
    from tracker.config import AccountConfig
    from tracker.sources import Source

MESSAGES = 100_000 if IS_SLOW else 2_000
POLLS = 1_000 if IS_SLOW else 100
WARM_UP = 30
MOST_GROWTH = 256 * 1024
"""Bytes; what caches of libraries may still take after the warm-up, whatever the number of polls."""


@pytest.fixture(scope="module")
def polled(dovecot: Dovecot, rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    """An account with many messages, all of which are read."""
    user = dovecot.user()
    for number in range(MESSAGES):
        user.mailbox.deliver("INBOX", letter(number), minutes(number % 40_000))
    return Rig(dovecot, user, rig.line, tmp_path_factory.mktemp("soak"))


def usage(store_file: Path) -> dict[str, int]:
    """What this process and the database take at this moment."""
    re.purge()  # imaplib compiles a pattern for each connection; re keeps the last 512 of them
    gc.collect()
    status = Path("/proc/self/status").read_text("utf-8")
    return {
        "traced": tracemalloc.get_traced_memory()[0],
        "resident": 1024 * int(status.partition("VmRSS:")[2].split()[0]),
        "threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "database": sum(file.stat().st_size for file in store_file.parent.glob(store_file.name + "*")),
    }


@pytest.mark.parametrize("is_held", [True, False], ids=["over one connection", "over fresh ones"])
def test_a_poll_leaves_nothing_behind(polled: Rig, is_held: bool) -> None:
    path = Path(polled.fresh().removeprefix("sqlite:///"))
    account = on_dovecot(polled.server, polled.user, tls="none", port=polled.server.port)
    with open_store(f"sqlite:///{path}") as store, opened(account) if is_held else nullcontext() as held:

        @contextmanager
        def line(_account: AccountConfig) -> Iterator[Source]:
            with nullcontext(held) if held is not None else opened(account) as source:
                yield source

        def poll() -> int:
            synced = sync_account(store, polled.config.account[0], polled.config, clock=lambda: NOW, connect=line)
            keep_paired(store, polled.config)
            return synced.read

        assert poll() == MESSAGES
        tracemalloc.start()
        try:
            for _ in range(WARM_UP):
                assert poll() == 0
            before = usage(path)
            for _ in range(POLLS):
                assert poll() == 0
            after = usage(path)
        finally:
            tracemalloc.stop()
    grown = {name: after[name] - before[name] for name in before}
    print(f"{POLLS} polls of {MESSAGES} messages: before {before}, grown by {grown}")  # noqa: T201 - figures to read
    assert grown["traced"] < MOST_GROWTH, grown
    assert grown["resident"] < 32 * MOST_GROWTH, grown
    assert grown["threads"] <= 0, grown
    assert grown["descriptors"] <= 0, grown
    assert grown["database"] <= 1024 * 1024, grown
