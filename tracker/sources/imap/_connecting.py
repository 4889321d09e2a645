"""A line to a server, in the clear or under TLS from the start, and how it shows that the other was meant."""

from __future__ import annotations

import ssl
from imaplib import IMAP4
from typing import TYPE_CHECKING, cast

from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from tracker.sources.imap._line import BoundedLine

if TYPE_CHECKING:
    from collections.abc import Callable

# What OpenSSL calls a first answer that is no TLS, such as a greeting; from 3.2 on the second.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"})


class NoGreeting(OSError):
    """A server took the connection and said nothing, as one does that waits for TLS to begin."""


class NotInTls(OSError):
    """A server answered in the clear where TLS was to begin."""


class Plain(BoundedLine, IMAP4WithTimeout):  # type: ignore[misc] # imapclient ships no types
    """A line in the clear. Raises `NoGreeting`."""

    def _connect(self) -> None:
        try:
            super()._connect()
        except (TimeoutError, IMAP4.abort) as error:
            if self.state == "LOGOUT" and not self._line_bytes:
                raise NoGreeting from error
            raise


class _Encrypted(BoundedLine, IMAP4_TLS):  # type: ignore[misc] # imapclient ships no types
    pass


def encrypted(host: str, port: int, context: ssl.SSLContext | None, timeout: float | None) -> BoundedLine:
    """A line under TLS from the start. Raises `NotInTls`."""
    connect = cast("Callable[..., BoundedLine]", _Encrypted)  # its untyped base takes a context
    try:
        return connect(host, port, context, timeout)
    except ssl.SSLError as error:
        if error.reason in _NO_TLS:
            raise NotInTls from error
        raise
