"""Mail from an IMAP server (RFC 9051), read without ever changing anything: EXAMINE and BODY.PEEK only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.sources.imap._client import Client
from tracker.sources.imap._extensions import introduce
from tracker.sources.imap._failures import translated
from tracker.sources.imap._looking import ServerLook, look_at, look_past_dates_and_names, own_certificate
from tracker.sources.imap._session import ImapSource
from tracker.sources.imap._sign_in import sign_in
from tracker.sources.imap._tls import context_for

if TYPE_CHECKING:
    from tracker.sources import SourceSettings

__all__ = [
    "IS_ARCHIVE",
    "ImapSource",
    "ServerLook",
    "look_at",
    "look_past_dates_and_names",
    "open_source",
    "own_certificate",
]

IS_ARCHIVE = False


def open_source(settings: SourceSettings) -> ImapSource:
    """Connect and sign in. Raises `Unreachable`, `LoginRejected`, `ConfigError`."""
    context = context_for(settings)
    with translated(f"{settings.host} port {settings.port}"):
        client = Client(settings, context)
        try:
            sign_in(client, settings)
            introduce(client)
            return ImapSource(client, settings)
        except BaseException:
            client.hang_up()
            raise
