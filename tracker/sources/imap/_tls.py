"""How the line to a server is protected: TLS contexts, and where none may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import ConfigError
from tracker.tls import is_loopback, verifying_context

if TYPE_CHECKING:
    import ssl

    from tracker.sources import SourceSettings

TLS_CHOICES = ("implicit", "starttls", "none")


def context_for(settings: SourceSettings) -> ssl.SSLContext | None:
    """The TLS context for an account, None for a plain line. Raises `ConfigError`.

    Plain is for this machine alone: nobody sits between.
    """
    if settings.tls not in TLS_CHOICES:
        raise ConfigError(f"tls = {settings.tls!r} is not known", hint=f"choose one of: {', '.join(TLS_CHOICES)}")
    if settings.tls != "none":
        return verifying_context(settings.ca_file)
    if not is_loopback(settings.host):
        raise ConfigError(
            f"a connection to {settings.host} without TLS would show the password to all",
            hint='set tls = "implicit" or tls = "starttls"; "none" is for servers on this machine only',
        )
    return None
