"""A look at a server before anyone signs in: its certificate, and what it offers."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from tracker.errors import ConfigError
from tracker.sources.imap._client import Client
from tracker.sources.imap._failures import quoted, translated
from tracker.sources.imap._tls import context_for
from tracker.tls import is_loopback

if TYPE_CHECKING:
    from tracker.sources import SourceSettings

_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python has no name for."""

_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a server's certificate is for, who issued it, and the moment at which it ends."""

    names: tuple[str, ...]
    issuer: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ServerLook:
    """A server that greeted us: its certificate and the version of TLS (none on a plain line), and its capabilities."""

    certificate: Certificate | None
    protocol: str
    capabilities: frozenset[str]


def look_at(settings: SourceSettings) -> ServerLook:
    """Connect as for signing in, and hang up. Raises `Unreachable`, `ConfigError`."""
    return _look(settings, context_for(settings))


def look_past_dates_and_names(settings: SourceSettings) -> ServerLook:
    """The same for a server whose certificate is out of date or for another host, to tell which. Nobody signs in."""
    context = context_for(settings)
    if context is not None:
        context.check_hostname = False
        context.verify_flags |= _NO_CHECK_TIME
    return _look(settings, context)


def own_certificate(settings: SourceSettings) -> tuple[str, str]:
    """The certificate of a server on this machine in PEM format, not verified, and its SHA-256 fingerprint.

    For pinning a program that makes its own. Raises `ConfigError` for any other host, where somebody may sit between;
    `Unreachable`.
    """
    if not is_loopback(settings.host):
        raise ConfigError(f"{settings.host} is not this machine", hint="name its certificate with ca_file")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with translated(f"{settings.host} port {settings.port}"):
        client = Client(settings, context)
        try:
            content = cast("ssl.SSLSocket", client.socket()).getpeercert(binary_form=True) or b""
        finally:
            client.hang_up()
    return ssl.DER_cert_to_PEM_cert(content), sha256(content).hexdigest()


def _look(settings: SourceSettings, context: ssl.SSLContext | None) -> ServerLook:
    with translated(f"{settings.host} port {settings.port}"):
        client = Client(settings, context)
        try:
            line = client.socket()
            is_encrypted = isinstance(line, ssl.SSLSocket)
            return ServerLook(
                certificate=_certificate(line.getpeercert()) if is_encrypted else None,
                protocol=str(line.version()) if is_encrypted else "",
                capabilities=capabilities_of(client),
            )
        finally:
            client.hang_up()


def capabilities_of(client: Client) -> frozenset[str]:
    """What the server offers at this moment, in capitals."""
    return frozenset(quoted(name).upper() for name in client.capabilities())


def _certificate(told: dict[str, Any] | None) -> Certificate | None:
    if not told:
        return None
    names = [quoted(name) for kind, name in told.get("subjectAltName", ()) if kind in {"DNS", "IP Address"}]
    issuer = {key: quoted(value) for part in told.get("issuer", ()) for key, value in part}
    return Certificate(
        names=tuple(names[:_MOST_NAMES]),
        issuer=issuer.get("organizationName") or issuer.get("commonName", ""),
        ends_at=datetime.fromtimestamp(ssl.cert_time_to_seconds(told["notAfter"]), UTC),
    )
