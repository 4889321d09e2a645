"""systemd's notification protocol (sd_notify(3)): one datagram a message, silent where nobody listens."""

from __future__ import annotations

import os
import socket

from tracker.sanitizer import one_line


def notify(message: str) -> None:
    """Tell the service manager something such as ``READY=1``; where none listens, nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(address)
            channel.sendall(one_line(message).encode())
    except OSError:
        return


def watchdog_interval() -> float:
    """Seconds within which the service manager wants a sign of life from this process; 0 if it wants none."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 if microseconds.isdigit() else 0.0
