"""The page on which a sign-in by browser ends: whatever connects, only the redirect counts, and nothing is said."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tracker.signin._loopback import Browsing

if TYPE_CHECKING:
    import pytest

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER (socket(7)) by which a close is a reset, as of a browser whose tab is gone."""


class Nobody:
    """A person without a keyboard, whose browser is the test."""

    def show(self, text: str) -> None:
        """Look away."""

    def browse(self, url: str) -> None:
        """Look away."""

    def pasted(self) -> None:
        """Nothing is typed."""


def hang_up(port: int, request: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(request)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def test_who_hangs_up_disturbs_neither_the_sign_in_nor_the_person(capfd: pytest.CaptureFixture[str]) -> None:
    with contextlib.closing(Browsing(Nobody(), "work", patience=20)) as browsing:
        found: list[dict[str, str]] = []
        waiting = threading.Thread(target=lambda: found.append(browsing.answer("https://example.org", "s1")))
        hang_up(browsing.port, b"GET / HTTP/1.1\r\n")
        hang_up(browsing.port, b"GET /favicon.ico HTTP/1.1\r\n\r\n")
        waiting.start()
        with urlopen(f"http://127.0.0.1:{browsing.port}/?state=s1&code=c1", timeout=20) as page:
            assert b"That was all" in page.read()
        waiting.join(20)
    assert found == [{"state": "s1", "code": "c1"}]
    assert capfd.readouterr() == ("", "")
