"""Names that servers usually bear, tried out: only one that greets under a valid certificate counts."""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING

from tracker.discovery._limits import side_by_side
from tracker.discovery._values import Found, NothingFound, Query, Server
from tracker.tls import verifying_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

SECONDS = 5.0
"""For all names together."""

_STEP = 3.0
_PREFIXES = ("imap.", "mail.", "")
_LONGEST_GREETING = 8192


def by_guess(query: Query) -> Found:
    """imap.DOMAIN, mail.DOMAIN, DOMAIN: TLS from the start (993), else STARTTLS (143). Raises `NothingFound`."""
    hosts = [prefix + query.domain for prefix in _PREFIXES]
    ways: list[tuple[str, int, str, Callable[[str], None]]] = [
        *((host, 993, "implicit", _greets_under_tls) for host in hosts),
        *((host, 143, "starttls", _offers_tls) for host in hosts),
    ]
    answers = side_by_side(SECONDS, [partial(way, host) for host, _, _, way in ways])
    for (host, port, tls, _), answer in zip(ways, answers, strict=True):
        try:
            answer()
        except (OSError, ValueError):  # TimeoutError and ssl.SSLError are OSErrors
            continue
        return Found(Server(host, port, tls, query.address), f"a guess: {host} answers")
    raise NothingFound("finds no server that answers under a valid certificate")


def _greets_under_tls(host: str) -> None:
    with socket.create_connection((host, 993), _STEP) as line, _protected(line, host) as encrypted:
        _demand(_line(encrypted), b"* OK")


def _offers_tls(host: str) -> None:
    with socket.create_connection((host, 143), _STEP) as line:
        _demand(_line(line), b"* OK")
        line.sendall(b"a STARTTLS\r\n")
        _demand(_line(line), b"a OK")
        _protected(line, host).close()


def _protected(line: socket.socket, host: str) -> ssl.SSLSocket:
    return verifying_context(None).wrap_socket(line, server_hostname=host)


def _line(line: socket.socket) -> bytes:
    """Byte by byte: what comes after the line belongs to TLS."""
    text = b""
    while not text.endswith(b"\n") and len(text) < _LONGEST_GREETING and (byte := line.recv(1)):
        text += byte
    return text


def _demand(reply: bytes, beginning: bytes) -> None:
    if not reply.upper().startswith(beginning.upper()):
        raise ValueError(reply[:80])
