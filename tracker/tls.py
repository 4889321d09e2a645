"""TLS as a client that checks whom it talks to, the same for every protocol."""

from __future__ import annotations

import ipaddress
import ssl
from typing import TYPE_CHECKING

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def verifying_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that demands a certificate for the host, of a known authority or in `ca_file`. Raises `ConfigError`."""
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


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name; nothing is looked up, an answer could be forged."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
