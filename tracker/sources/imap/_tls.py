"""How the line to a server is protected: TLS contexts, and where none may be missing."""

from __future__ import annotations

import ipaddress
import ssl
from typing import TYPE_CHECKING

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.sources import SourceSettings

TLS_CHOICES = ("implicit", "starttls", "none")


def context_for(settings: SourceSettings) -> ssl.SSLContext | None:
    """The TLS context for an account, None for a plain line. Raises `ConfigError`.

    Plain is for this machine alone: nobody sits between.
    """
    if settings.tls not in TLS_CHOICES:
        raise ConfigError(f"tls = {settings.tls!r} is not known", hint=f"choose one of: {', '.join(TLS_CHOICES)}")
    if settings.tls != "none":
        return _verifying(settings.ca_file)
    if not is_loopback(settings.host):
        raise ConfigError(
            f"account {settings.account}: a connection to {settings.host} without TLS would show the password to all",
            hint='set tls = "implicit" or tls = "starttls"; "none" is for servers on this machine only',
        )
    return None


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name; nothing is looked up, an answer could be forged."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _verifying(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        return context
    # A server's own certificate is no authority; with this flag it is enough that we were given it.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if not isinstance(error, ssl.SSLError) else "there is no certificate in it"
        raise ConfigError(
            f"ca_file {ca_file} cannot be used: {reason}", hint="name a readable file with a certificate in PEM format"
        ) from error
    return context
