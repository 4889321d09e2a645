"""What every server of ours needs: free ports, a greeting to wait for, and an end with the test run."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time

HOST = "127.0.0.1"

_PATIENCE = 10.0


def leash() -> list[str]:
    """The start of a command line that ends with the test run even if that is killed, where util-linux is there."""
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig", "TERM", "--"]


def free_ports() -> tuple[int, int]:
    """Two ports on which nobody listens at this moment."""
    with socket.socket() as one, socket.socket() as other:
        one.bind((HOST, 0))
        other.bind((HOST, 0))
        return one.getsockname()[1], other.getsockname()[1]


def greets(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until an IMAP server greets there; false if it dies first or takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=5) as line:
            if line.recv(4) == b"* OK":
                return True
        time.sleep(0.02)
    return False


def ended(process: subprocess.Popen[bytes]) -> bytes:
    """End a server; its last words."""
    process.terminate()
    try:
        return process.communicate(timeout=_PATIENCE)[1] or b""
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1] or b""
