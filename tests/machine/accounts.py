"""Settings of accounts on test servers, and messages to lay there."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tracker.sources import SourceSettings
from tracker.sources.imap import ImapSource, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.machine.mail_program import Account, MailServer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def settings(port: int, /, **changes: Any) -> SourceSettings:  # noqa: ANN401 # any field of the settings
    """An account on a server of ours, in the clear unless changed."""
    values: dict[str, Any] = {
        "account": "work",
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "user": "ann",
        "password": lambda: "secret-word",
        "timeout": 5.0,
    }
    return SourceSettings(**(values | changes))


def on_server(server: MailServer, user: Account, **changes: Any) -> SourceSettings:  # noqa: ANN401 # as for its neighbour above: any field of the settings
    """The account of a user there, over implicit TLS unless changed."""
    here = {
        "tls": "implicit",
        "ca_file": server.ca_file,
        "user": user.name,
        "password": lambda: user.password,
        "timeout": 30.0,
    }
    return settings(changes.pop("port", server.tls_port), **(here | changes))


on_dovecot = on_server


@contextlib.contextmanager
def opened(account: SourceSettings) -> Iterator[ImapSource]:
    """The account, open for reading."""
    source = open_source(account)
    try:
        yield source
    finally:
        source.close()


def letter(number: int = 1, *, fields: str = "") -> bytes:
    """A short message."""
    return (
        f"From: Bob <bob@example.org>\r\nTo: ann@example.org\r\nSubject: letter {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\n{fields}\r\nHello.\r\n"
    ).encode()


def minutes(number: int) -> datetime:
    """A moment so many minutes after noon of 1 March 2026."""
    return NOON + timedelta(minutes=number)
