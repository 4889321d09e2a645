"""systemd's notification protocol (sd_notify(3)): one datagram a message, silent where nobody listens."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.sanitizer import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSION = 30.0
"""Seconds for which the service manager is asked to be patient, again and again while something long goes on."""

SHORT = 2.0
"""Seconds that go without asking: less than a stop may take, and than any unit's own bound."""

LONGEST = 3600.0
"""Seconds after which it is asked no more: whatever takes so long does not end by itself."""


def is_managed() -> bool:
    """Whether a service manager listens."""
    return os.environ.get("NOTIFY_SOCKET", "").startswith(("/", "@"))


def notify(*assignments: str) -> None:
    """Tell the service manager something such as ``READY=1``; where none listens, nothing happens."""
    if not is_managed():
        return
    address = os.environ["NOTIFY_SOCKET"]
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(address)
            channel.sendall("\n".join(map(one_line, assignments)).encode())
    except OSError:
        return


@contextmanager
def more_time() -> Iterator[None]:
    """Ask for patience, again and again, if the block takes longer than a moment, as a migration may."""
    if not is_managed():
        yield
        return
    is_done = threading.Event()

    def ask() -> None:
        pause, until = SHORT, time.monotonic() + LONGEST
        while not is_done.wait(pause) and time.monotonic() < until:
            notify(f"EXTEND_TIMEOUT_USEC={EXTENSION * 1_000_000:.0f}")
            pause = EXTENSION / 2

    asking = threading.Thread(target=ask, name="more time", daemon=True)
    asking.start()
    try:
        yield
    finally:
        is_done.set()
        asking.join()


def watchdog_interval() -> float:
    """Seconds within which the service manager wants a sign of life from this process; 0 if it wants none."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 if microseconds.isdigit() else 0.0
